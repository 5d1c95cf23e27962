"""What a real Postgres does to statements, and what the caller is told."""

import asyncio
from collections.abc import AsyncGenerator

import psycopg
import psycopg.errors
import pytest

from procurement.kernel.errors import Interrupted, Stale, Unavailable
from procurement.platform.postgres import connections
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import PoolOptions, open_engine
from procurement.platform.postgres.errors import LockHeld, PoolBusy, TimedOut

pytestmark = pytest.mark.anyio
SUICIDE = "SELECT pg_terminate_backend(pg_backend_pid())"


@pytest.fixture
async def other(postgres_url: str) -> AsyncGenerator[psycopg.AsyncConnection]:
    """Somebody else, with his own connection, and a table to quarrel about."""
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        await connection.execute("CREATE TABLE quarrel (a int CONSTRAINT only_one PRIMARY KEY, b int)")
        await connection.execute("INSERT INTO quarrel VALUES (1, 0)")
        yield connection
        await connection.execute("DROP TABLE quarrel")


@pytest.fixture
async def database(postgres_url: str, other: psycopg.AsyncConnection) -> AsyncGenerator[Database]:
    options = PoolOptions(size=1, acquire_timeout=0.1, statement_timeout=0.3, lock_timeout=0.1)
    engine = open_engine(postgres_url, role="none", application="test", options=options)
    yield Database(engine)
    await engine.dispose()


async def test_a_migration_under_a_prepared_statement_costs_one_repetition_and_no_failure(
    database: Database, other: psycopg.AsyncConnection
) -> None:
    for _ in range(3):
        await database.fetch("SELECT * FROM quarrel", {})
    await other.execute("ALTER TABLE quarrel ADD c int")
    for _ in range(3):
        assert await database.fetch("SELECT * FROM quarrel", {}) == [(1, 0, None)]


async def test_a_prepared_statement_that_a_pooler_lost_is_prepared_anew(
    database: Database, other: psycopg.AsyncConnection
) -> None:
    for _ in range(3):
        await database.write("SELECT a FROM quarrel", {})
    await other.execute(
        "CREATE FUNCTION forget() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DEALLOCATE ALL; RETURN 1; END $$"
    )
    await database.write("SELECT forget()", {})
    await other.execute("DROP FUNCTION forget")
    for _ in range(3):
        assert await database.write("SELECT a FROM quarrel", {}) == [(1,)]


async def test_a_statement_that_takes_too_long_is_timed_out_and_the_connection_lives(
    database: Database,
) -> None:
    with pytest.raises(TimedOut):
        await database.write("SELECT pg_sleep(5)", {})
    assert await database.fetch("SELECT 1", {}) == [(1,)]


async def test_a_lock_that_somebody_holds_is_waited_for_only_so_long(
    database: Database, other: psycopg.AsyncConnection
) -> None:
    async with other.transaction():
        await other.execute("SELECT * FROM quarrel FOR UPDATE")
        with pytest.raises(LockHeld):
            await database.write("UPDATE quarrel SET b = 1 RETURNING a", {})
    assert await database.write("UPDATE quarrel SET b = 1 RETURNING a", {}) == [(1,)]


async def test_a_session_that_is_ended_under_a_write_is_interrupted_and_under_a_read_unavailable(
    database: Database,
) -> None:
    with pytest.raises(Interrupted):
        await database.write(SUICIDE, {})
    with pytest.raises(Unavailable):
        await database.fetch(SUICIDE, {})
    assert await database.fetch("SELECT 1", {}) == [(1,)]


async def test_a_constraint_with_a_name_in_the_trade_is_said_in_its_words(database: Database) -> None:
    insert = "INSERT INTO quarrel VALUES (1, 1) RETURNING a"
    with pytest.raises(Stale, match="only_one holds"):
        await database.write(insert, {}, {"only_one": Stale})
    with pytest.raises(psycopg.errors.UniqueViolation):
        await database.write(insert, {})


async def test_a_connection_that_ended_up_on_a_standby_is_not_used_again(database: Database) -> None:
    await database.fetch("SELECT set_config('default_transaction_read_only', 'on', false)", {})
    with pytest.raises(Unavailable):
        await database.write("UPDATE quarrel SET b = 2 RETURNING a", {})
    assert await database.write("UPDATE quarrel SET b = 2 RETURNING a", {}) == [(1,)]


async def test_who_finds_no_free_connection_is_told_so_in_time(database: Database) -> None:
    busy = asyncio.create_task(database.fetch("SELECT pg_sleep(0.2)", {}))
    await asyncio.sleep(0.05)
    with pytest.raises(PoolBusy):
        await database.fetch("SELECT 1", {})
    await busy


async def test_many_callers_take_turns_on_one_connection(database: Database) -> None:
    backends = await asyncio.gather(*(database.fetch("SELECT pg_backend_pid()", {}) for _ in range(20)))
    assert len({pid for ((pid,),) in backends}) == 1


async def test_a_connection_that_sent_a_megabyte_is_replaced(database: Database) -> None:
    """It would keep that much for good: libpq never shrinks its buffers."""

    async def backend(sent: int) -> int:
        asked = "SELECT pg_backend_pid() WHERE %(content)s::bytea IS NOT NULL"
        ((pid,),) = await database.write(asked, {"content": bytes(sent)})
        return int(pid)

    first = await backend(2**20)
    assert await backend(2**20 + 1) == first
    assert (second := await backend(1)) != first
    assert await backend(1) == second


async def test_a_caller_who_goes_away_while_he_waits_takes_nobodys_turn(database: Database) -> None:
    busy = asyncio.create_task(database.fetch("SELECT pg_sleep(0.05)", {}))
    await asyncio.sleep(0.02)
    waiting = asyncio.create_task(database.fetch("SELECT 1", {}))
    await asyncio.sleep(0)
    waiting.cancel()
    await busy
    assert await database.fetch("SELECT 2", {}) == [(2,)]


async def test_a_disposed_engine_leaves_no_session_behind(
    postgres_url: str, other: psycopg.AsyncConnection
) -> None:
    engine = open_engine(postgres_url, role="none", application="leaving", options=PoolOptions())
    database = Database(engine)
    await asyncio.gather(*(database.fetch("SELECT pg_sleep(0.01)", {}) for _ in range(3)))
    assert (database.connections.in_use(), database.connections.idle()) == (0, 3)
    await engine.dispose()
    for _ in range(50):
        left = await other.execute("SELECT 1 FROM pg_stat_activity WHERE application_name = 'leaving'")
        if not await left.fetchall():
            return
        await asyncio.sleep(0.05)
    pytest.fail("a session is still open")


async def test_a_connection_returns_to_the_pool_after_a_moment(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOMENT", 0.0)
    for _ in range(2):
        await database.fetch("SELECT 1", {})
    assert database.connections.idle() == 1


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    engine = open_engine(
        "postgresql://nobody@127.0.0.1:1/none", role="none", application="test", options=PoolOptions()
    )
    with pytest.raises(Unavailable):
        await Database(engine).fetch("SELECT 1", {})
    await engine.dispose()


async def test_the_victim_of_a_deadlock_lost_a_race(
    postgres_url: str, other: psycopg.AsyncConnection
) -> None:
    """Postgres looks for deadlocks when somebody has waited for a second, and he is the victim."""
    take = "UPDATE quarrel SET b = 1 WHERE a = %(a)s RETURNING a"
    engine = open_engine(postgres_url, role="none", application="test", options=PoolOptions(size=1))

    async def embrace() -> None:
        async with Database(engine).transaction() as ours:
            await ours.write(take, {"a": 1})
            waiting.set()
            await ours.write(take, {"a": 2})

    waiting = asyncio.Event()
    await other.execute("INSERT INTO quarrel VALUES (2, 0)")
    async with other.transaction(force_rollback=True):
        await other.execute(take, {"a": 2})
        victim = asyncio.create_task(embrace())
        await waiting.wait()
        await asyncio.sleep(0.1)
        await other.execute(take, {"a": 1})
        with pytest.raises(Stale):
            await victim
    await engine.dispose()
