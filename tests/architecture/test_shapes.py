"""What import rules cannot say: values are frozen, ports are async, the domain has no clock and no dice."""

import ast
import importlib
import inspect
import pkgutil
from dataclasses import is_dataclass
from pathlib import Path

import pytest
from typing_extensions import get_protocol_members, is_protocol

import procurement
from procurement.kernel.aggregate import Aggregate

MODULES = [module.name for module in pkgutil.walk_packages(procurement.__path__, "procurement.")]
PURE = [name for name in MODULES if ".domain" in name or name.startswith("procurement.kernel")]
PORTS = [name for name in MODULES if name.endswith("app.ports")]
NONDETERMINISTIC = {"now", "utcnow", "today", "uuid1", "uuid4", "uuid7", "random", "time", "monotonic"}


def classes(names: list[str]) -> list[type]:
    found = (c for n in names for _, c in inspect.getmembers(importlib.import_module(n), inspect.isclass))
    return sorted({c for c in found if c.__module__ in names}, key=str)


def source(module: str) -> ast.Module:
    return ast.parse(Path(importlib.import_module(module).__file__ or "").read_text())


@pytest.mark.parametrize("value", [c for c in classes(PURE) if is_dataclass(c)])
def test_values_are_frozen_and_only_aggregates_change(value: type) -> None:
    assert issubclass(value, Aggregate) or value.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert hasattr(value, "__slots__")


@pytest.mark.parametrize("port", [c for c in classes(PORTS) if is_protocol(c)])
def test_every_operation_of_a_port_is_async(port: type) -> None:
    assert all(inspect.iscoroutinefunction(getattr(port, name)) for name in get_protocol_members(port))


@pytest.mark.parametrize("module", PURE)
def test_the_domain_has_no_clock_and_no_dice(module: str) -> None:
    calls = [node.func for node in ast.walk(source(module)) if isinstance(node, ast.Call)]
    called = {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in calls}
    assert not called & NONDETERMINISTIC


@pytest.mark.parametrize("module", PURE)
def test_the_domain_is_not_async(module: str) -> None:
    assert not [
        node for node in ast.walk(source(module)) if isinstance(node, ast.AsyncFunctionDef | ast.Await)
    ]
