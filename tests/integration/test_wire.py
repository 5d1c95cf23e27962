"""How a statement travels: parameters, plans, and callers who go away."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest

from procurement.kernel.errors import Interrupted, Stale, Unavailable
from procurement.platform.postgres import wire
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import PoolOptions, open_engine
from procurement.platform.postgres.errors import TimedOut

pytestmark = pytest.mark.anyio
PREPARED = "SELECT count(*)::int FROM pg_prepared_statements"
WHO = "SELECT pg_backend_pid()"


@pytest.fixture
def options() -> PoolOptions:
    return PoolOptions(size=1)


@pytest.fixture
async def database(postgres_url: str, options: PoolOptions) -> AsyncGenerator[Database]:
    engine = open_engine(postgres_url, role="none", application="wired", options=options)
    yield Database(engine)
    await engine.dispose()


@pytest.fixture
async def other(postgres_url: str) -> AsyncGenerator[psycopg.AsyncConnection]:
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        yield connection


async def _runs(other: psycopg.AsyncConnection, what: str) -> bool:
    found = await other.execute(
        "SELECT 1 FROM pg_stat_activity"
        " WHERE application_name = 'wired' AND state = 'active' AND query LIKE %s",
        [what],
    )
    return await found.fetchone() is not None


async def _until_it_runs(other: psycopg.AsyncConnection, what: str) -> None:
    for _ in range(500):
        if await _runs(other, what):
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"{what} does not run")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uuid", UUID("01920000-0000-7000-8000-000000000001")),
        ("text", "Bürste 'n\" %s %(kind)s \\"),
        ("numeric", Decimal("386.5200000001")),
        ("timestamptz", datetime(2026, 11, 22, 7, 30, tzinfo=UTC)),
        ("date", date(2026, 11, 22)),
        ("int", 7),
        ("bigint", 2**40),
        ("bool", True),
        ("bytea", b"\x00\xff"),
        ("text[]", ["a", None, "b,c"]),
        ("uuid[]", [UUID("01920000-0000-7000-8000-000000000001")]),
        ("text", None),
    ],
)
@pytest.mark.parametrize("binary", [False, True])
async def test_what_is_sent_comes_back(database: Database, kind: str, value: Any, binary: bool) -> None:
    asked = f"SELECT %(value)s::{kind}, %(other)s::text, %(value)s::{kind}"
    for _ in range(2):
        rows = await database.fetch(asked, {"value": value, "other": "o", "unused": 1}, binary=binary)
        assert rows == [(value, "o", value)]


async def test_a_value_may_be_larger_than_what_the_socket_takes_at_once(database: Database) -> None:
    content = bytes(range(256)) * 2**16
    asked = "SELECT %(content)s::bytea, %(content)s::bytea"
    assert await database.fetch(asked, {"content": content}, binary=True) == [(content, content)]


async def test_a_statement_is_prepared_once_for_each_way_of_filling_it(database: Database) -> None:
    for number in (1, 2, 2**20, None, 3):
        await database.fetch("SELECT %(number)s::bigint", {"number": number})
    assert await database.fetch(PREPARED, {}) == [(4,)]  # small, large, none, and this one


async def test_a_connection_keeps_a_hundred_plans_and_not_one_more(database: Database) -> None:
    for turn in range(2):
        for number in range(wire._MOST + 20):
            assert await database.fetch(f"SELECT {number}", {}) == [(number,)], turn
    assert await database.fetch(PREPARED, {}) == [(wire._MOST,)]


async def test_a_plan_outlives_the_moment_that_its_connection_was_borrowed_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("procurement.platform.postgres.connections.MOMENT", 0.0)
    for _ in range(3):
        assert await database.fetch(PREPARED, {}) == [(1,)]


@pytest.mark.parametrize("options", [PoolOptions(size=1, prepare=False)])
async def test_behind_some_poolers_nothing_is_prepared(database: Database) -> None:
    for number in (1, 2):
        assert await database.fetch("SELECT %(number)s::int", {"number": number}) == [(number,)]
    async with database.transaction() as transaction:
        assert await transaction.fetch(PREPARED, {}) == [(0,)]


async def test_whoever_goes_away_ends_his_statement_and_leaves_the_connection_as_it_was(
    database: Database, other: psycopg.AsyncConnection
) -> None:
    ((backend,),) = await database.fetch(WHO, {})
    asking = asyncio.create_task(database.fetch("SELECT pg_sleep(4)", {}))
    await _until_it_runs(other, "SELECT pg_sleep%")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not await _runs(other, "SELECT pg_sleep%")
    assert await database.fetch(WHO, {}) == [(backend,)]


async def test_whoever_goes_away_inside_a_transaction_takes_it_back(
    database: Database, other: psycopg.AsyncConnection
) -> None:
    await other.execute("CREATE TABLE visit (a int)")

    async def visit() -> None:
        async with database.transaction() as transaction:
            await transaction.write("INSERT INTO visit VALUES (1)", {})
            await transaction.fetch("SELECT pg_sleep(4)", {})

    visiting = asyncio.create_task(visit())
    await _until_it_runs(other, "SELECT pg_sleep%")
    visiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await visiting
    assert await database.fetch("SELECT count(*)::int FROM visit", {}) == [(0,)]
    await other.execute("DROP TABLE visit")


async def test_a_statement_that_cannot_be_ended_costs_the_connection(
    database: Database, other: psycopg.AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that answers nothing any more, the cancellation neither."""
    monkeypatch.setattr(wire, "_PATIENCE", 0.1)
    monkeypatch.setattr(psycopg.AsyncConnection, "cancel_safe", _in_vain)
    ((backend,),) = await database.fetch(WHO, {})
    asking = asyncio.create_task(database.fetch("SELECT pg_sleep(2)", {}))
    await _until_it_runs(other, "SELECT pg_sleep%")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await database.fetch(WHO, {}) != [(backend,)]
    await other.execute("SELECT pg_terminate_backend(%s)", [backend])


async def _in_vain(*_: Any, **__: Any) -> None: ...


async def test_the_reason_is_told_that_postgres_gave_before_it_hung_up(
    database: Database, other: psycopg.AsyncConnection
) -> None:
    ((backend,),) = await database.fetch(WHO, {})
    borrowed = await database.connections.take()
    try:
        asking = asyncio.create_task(borrowed.wire.run("SELECT pg_sleep(4)", {}))
        await _until_it_runs(other, "SELECT pg_sleep%")
        await other.execute("SELECT pg_terminate_backend(%s)", [backend])
        with pytest.raises(psycopg.errors.AdminShutdown):
            await asking
    finally:
        await database.connections.give_back(borrowed)
    assert await database.fetch("SELECT 1", {}) == [(1,)]


async def test_what_fails_only_when_it_is_committed_has_failed(
    database: Database, other: psycopg.AsyncConnection
) -> None:
    """Postgres tells the rows first, and then that there are none."""
    await other.execute("CREATE TABLE seat (a int CONSTRAINT one_each UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    await database.write("INSERT INTO seat VALUES (1) RETURNING a", {})
    with pytest.raises(Stale, match="one_each"):
        await database.write("INSERT INTO seat VALUES (1) RETURNING a", {}, {"one_each": Stale})
    assert await database.fetch("SELECT a FROM seat", {}) == [(1,)]
    await other.execute("DROP TABLE seat")


@pytest.mark.parametrize("how", [socket.SHUT_WR, socket.SHUT_RDWR])
async def test_a_line_that_is_dead_is_no_mistake_of_ours(database: Database, how: int) -> None:
    borrowed = await database.connections.take()
    with socket.socket(fileno=os.dup(borrowed.wire.connection.fileno())) as line:
        line.shutdown(how)
    await database.connections.give_back(borrowed)
    with pytest.raises(Interrupted):
        await database.write("SELECT 1", {})
    assert await database.write("SELECT 1", {}) == [(1,)]


@pytest.mark.parametrize("options", [PoolOptions(size=1, statement_timeout=0.2)])
async def test_a_failed_statement_says_where_it_stands_and_the_next_one_works(database: Database) -> None:
    with pytest.raises(psycopg.errors.UndefinedColumn, match="nothing"):
        await database.fetch("SELECT nothing", {})
    with pytest.raises(psycopg.errors.DivisionByZero):
        await database.fetch("SELECT 1 / %(zero)s::int", {"zero": 0})
    with pytest.raises(psycopg.DataError):
        await database.fetch("SELECT %(text)s::text", {"text": "a\0b"})
    with pytest.raises(TimedOut):
        await database.fetch("SELECT pg_sleep(2)", {})
    assert await database.fetch("SELECT 1", {}) == [(1,)]


async def test_a_session_that_is_ended_between_two_statements_is_unavailable_to_one(
    database: Database, other: psycopg.AsyncConnection
) -> None:
    ((backend,),) = await database.fetch(WHO, {})
    await other.execute("SELECT pg_terminate_backend(%s)", [backend])
    await asyncio.sleep(0.1)
    async with asyncio.timeout(2):
        with pytest.raises(Unavailable):
            await database.fetch("SELECT 1", {})
    assert await database.fetch("SELECT 1", {}) == [(1,)]
