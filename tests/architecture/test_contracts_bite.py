"""Every import contract must be breakable: a rule that cannot fail protects nothing."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
VIOLATIONS = [
    ("purchasing/app/service.py", "import procurement.supplier.app.ports", "top"),
    ("supplier/domain/supplier.py", "import procurement.purchasing.domain.order", "top"),
    ("receiving/adapters/inbound/kafka.py", "import procurement.purchasing.adapters.outbound.public", "top"),
    ("receiving/app/service.py", "import procurement.receiving.adapters.outbound.postgres", "hexagon"),
    ("kernel/money.py", "import procurement.platform.outbox", "top"),
    ("platform/outbox.py", "import procurement.purchasing.app.ports", "top"),
    ("platform/outbox.py", "import procurement.settings", "top"),
    ("purchasing/domain/order.py", "import procurement.purchasing.app.ports", "hexagon"),
    ("supplier/app/service.py", "import procurement.supplier.adapters.outbound.postgres", "hexagon"),
    (
        "purchasing/adapters/inbound/http.py",
        "import procurement.purchasing.adapters.outbound.postgres",
        "hexagon",
    ),
    ("purchasing/domain/order.py", "import time", "pure"),
    ("kernel/money.py", "import sqlalchemy", "pure"),
    ("supplier/domain/__init__.py", "import asyncio", "pure"),
    ("purchasing/app/service.py", "import sqlalchemy", "app"),
    ("supplier/app/ports.py", "import procurement.platform.outbox", "app"),
    ("platform/outbox.py", "import procurement.purchasing.adapters.outbound.postgres", "root"),
    ("settings/__init__.py", "import procurement.supplier.adapters.outbound.postgres", "root"),
    ("purchasing/adapters/outbound/events.py", "import aiokafka", "kafka"),
    ("entrypoints/api.py", "import aiokafka", "kafka"),
    ("platform/outbox.py", "import pydantic", "pydantic"),
    ("platform/outbox.py", "import sqlalchemy", "sql"),
    ("platform/embedded/postgres.py", "import psycopg", "sql"),
    ("entrypoints/migrate.py", "import alembic", "sql"),
]


def broken(tree: Path) -> list[str]:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "300", "PATH": "", "PYTHONPATH": str(tree)},
    )
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return re.findall(r"^(.*) BROKEN", done.stdout, re.MULTILINE)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "procurement", tmp_path / "procurement", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_tree_keeps_every_contract(tree: Path) -> None:
    assert broken(tree) == []


def test_every_contract_is_tried() -> None:
    assert {rule for _, _, rule in VIOLATIONS} == set(RULES)


@pytest.mark.parametrize(("module", "line", "rule"), VIOLATIONS)
def test_a_contract_bites(tree: Path, module: str, line: str, rule: str) -> None:
    path = tree / "procurement" / module
    path.write_text(f"{line}\n{path.read_text()}")
    assert RULES[rule] in broken(tree)
