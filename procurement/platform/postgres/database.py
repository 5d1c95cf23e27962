"""Postgres as the adapters see it: statements that are atomic by themselves, or several in one transaction.

SQLAlchemy owns the pool; the SQL runs as prepared text on its psycopg connection, because that costs a third
of the CPU of the same SQL through the expression language (docs/adr/0002-sql-text.md).
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString, Protocol, TypeAlias

import psycopg

from procurement.platform.postgres.connections import Connections
from procurement.platform.postgres.engine import Engine
from procurement.platform.postgres.errors import Constraints, translated, working
from procurement.platform.postgres.wire import Wire

Row: TypeAlias = tuple[Any, ...]
Parameters: TypeAlias = Mapping[str, Any]

_LARGE = 1 << 20


class Statements(Protocol):
    """Where an adapter's SQL runs: alone, or inside the transaction somebody else opened."""

    async def fetch(self, statement: str, parameters: Parameters) -> Sequence[Row]:
        """For statements that only read. Raise Unavailable when Postgres did not answer."""
        ...

    async def write(
        self, statement: str, parameters: Parameters, constraints: Constraints | None = None
    ) -> Sequence[Row]:
        """For statements that change something. Raise Interrupted when nobody knows whether they did."""
        ...


def scoped(select: LiteralString) -> LiteralString:
    """Run a SELECT for one tenant: it may use `scope.tenant_id`, and row-level security sees the same tenant.

    The two OFFSET 0 and LATERAL keep the planner from touching a table before the tenant is set.
    """
    return (
        "SELECT found.* FROM"
        " (SELECT set_config('app.tenant', %(tenant)s, true)::uuid AS tenant_id OFFSET 0) scope"
        f" CROSS JOIN LATERAL ({select} OFFSET 0) found"
    )


SCOPE: LiteralString = (
    "WITH scope AS MATERIALIZED (SELECT set_config('app.tenant', %(tenant)s, true)::uuid AS tenant_id)"
)
"""How every writing statement begins; what it inserts is SELECTed FROM scope, so the tenant is set first."""


WHOLE: LiteralString = "greatest(least(floor(%(after)s::numeric), 9e18), -9e18)::bigint"
"""Of the total after which a list goes on, what the columns `whole_total` have: an index can be searched for
it, as it cannot for numerics under row-level security."""


class Database:
    """Each statement on a connection of its own, committed when it returns."""

    def __init__(self, engine: Engine, waited: Callable[[float], None] = lambda _: None) -> None:
        """`waited` is told the seconds that each caller waited for a connection."""
        self.connections = Connections(engine, waited)

    async def fetch(self, statement: str, parameters: Parameters, *, binary: bool = False) -> Sequence[Row]:
        """`binary` asks for the results in that format, which pays for much bytea."""
        return await self._run(statement, parameters, {}, writing=False, binary=binary)

    async def write(
        self, statement: str, parameters: Parameters, constraints: Constraints | None = None
    ) -> Sequence[Row]:
        return await self._run(statement, parameters, constraints or {}, writing=True, binary=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator["Transaction"]:
        """READ COMMITTED. A clean exit commits; anything else rolls back."""
        borrowed = await self.connections.take()
        try:
            with working({}, writing=False):
                await borrowed.wire.run("BEGIN", {})
            yield Transaction(borrowed.wire)
            with working({}, writing=True):
                await borrowed.wire.run("COMMIT", {})
        finally:
            await self.connections.give_back(borrowed)

    async def _run(
        self,
        statement: str,
        parameters: Parameters,
        constraints: Constraints,
        *,
        writing: bool,
        binary: bool,
    ) -> Sequence[Row]:
        borrowed = await self.connections.take()
        try:
            return await borrowed.wire.run(statement, parameters, binary=binary)
        except psycopg.Error as error:
            if (said := translated(error, constraints, writing=writing)) is None:
                raise
            raise said from error
        finally:
            used_up = borrowed.wire.sent > _LARGE and writing and _has_large(parameters)
            await self.connections.give_back(borrowed, used_up=used_up)


def _has_large(parameters: Parameters) -> bool:
    """A connection keeps the memory that it once needed to send something: a few of them, too much."""
    return any(type(value) is bytes and len(value) > _LARGE for value in parameters.values())


class Transaction:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def fetch(self, statement: str, parameters: Parameters) -> Sequence[Row]:
        return await self.write(statement, parameters)

    async def write(
        self, statement: str, parameters: Parameters, constraints: Constraints | None = None
    ) -> Sequence[Row]:
        with working(constraints or {}, writing=True):
            return await self._wire.run(statement, parameters)
