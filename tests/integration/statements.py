"""Statements as a tired developer might have written them; found, not listed, so that none is left out."""

import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from procurement.kernel.ids import TenantId
from procurement.platform.postgres import audit, commands
from procurement.platform.postgres.database import Database, Row

_READS = re.compile(r"\b(?:FROM|JOIN)\s+(?:platform|purchasing|supplier|receiving|invoicing)\.\w+")
_OF_A_TENANT = re.compile(r"\w+\.tenant_id = \w+\.tenant_id")
_OF_EVERY_TENANT = {"deadlines.OVERDUE", "commands.PURGE"}
"""Run by the worker, in a role that may see so much of all of them."""


def without_tenant(statement: str) -> str:
    return _OF_A_TENANT.sub("true", statement)


class Forgetful(Database):
    """Forgets the tenant in every statement, but not to say whose turn it is."""

    def __init__(self, database: Database) -> None:
        self.connections = database.connections

    async def _run(self, statement: str, *arguments: Any, **more: Any) -> Sequence[Row]:
        return await super()._run(without_tenant(statement), *arguments, **more)


class OnForgetful:
    """Beside a contract: the same promises are kept by what forgets the tenant."""

    @pytest.fixture
    def database(self, database: Database) -> Database:
        return Forgetful(database)

    @pytest.fixture
    def ports(self, ports: Any) -> Any:
        return ports


def reads_of(adapters: ModuleType) -> dict[str, str]:
    """Every constant that is a whole statement and reads a table, by module and name. A part of a statement
    has a name that begins with an underscore, or begins in the middle of a SELECT. What saves is not among
    them: its answers tell nothing of what it read."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": value
        for module in (*_modules(adapters), audit, commands)
        for name, value in vars(module).items()
        if not name.startswith("_") and name != "SAVE" and _reads(value) and _is_own(module, name)
        if f"{module.__name__.rpartition('.')[2]}.{name}" not in _OF_EVERY_TENANT
    }


def _modules(adapters: ModuleType) -> Iterator[ModuleType]:
    yield adapters
    for found in pkgutil.iter_modules(getattr(adapters, "__path__", ())):
        yield import_module(f"{adapters.__name__}.{found.name}")


def _reads(value: object) -> bool:
    whole = isinstance(value, str) and value.lstrip().startswith(("SELECT", "WITH"))
    return whole and _READS.search(str(value)) is not None


def _is_own(module: ModuleType, name: str) -> bool:
    """Not imported."""
    return re.search(rf"^{name}\b[^\n=]*= ", inspect.getsource(module), re.MULTILINE) is not None


async def assert_nothing_foreign(
    database: Database, statement: str, asked: Mapping[str, Any], mine: TenantId, theirs: TenantId
) -> None:
    """`asked` is something that they have and I have not."""
    forgetful = without_tenant(statement)
    assert forgetful != statement
    found = await database.fetch(forgetful, {**asked, "tenant": str(mine)})
    assert [value for row in found for value in row if value] == [], "another tenant's row came along"
    own = await database.fetch(statement, {**asked, "tenant": str(theirs)})
    assert [value for row in own for value in row if value], "nothing was asked at all"
