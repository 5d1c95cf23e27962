"""Remembered commands, and what is forgotten with time."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from procurement.kernel.act import Act, Answer, Answered, CommandId, CommandReused
from procurement.kernel.actor import Actor, Role
from procurement.kernel.ids import TenantId
from procurement.platform.postgres.commands import PostgresCommandMemory
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.record import TwinCameFirst
from procurement.platform.postgres.retention import Retention
from tests.integration.relay.stage import PostgresStage

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)


def an_act(**changes: object) -> Act:
    act = Act(
        tenant=TenantId(uuid4()),
        actor=Actor("ann", frozenset({Role.BUYER})),
        at=NOW,
        command=CommandId("http:test:POST /v1/orders", str(uuid4())),
        fingerprint=b"f",
        answer=lambda _: Answer(b"no"),
        correlation_id="c",
    )
    return replace(act, **changes)  # type: ignore[arg-type]


async def test_what_was_remembered_is_answered_byte_for_byte(app: Database) -> None:
    memory, act = PostgresCommandMemory(app), an_act()
    await memory.recall(act)
    await memory.remember(act)
    with pytest.raises(Answered) as before:
        await memory.recall(act)
    assert before.value.answer == b"no"
    with pytest.raises(CommandReused):
        await memory.recall(replace(act, fingerprint=b"other"))
    await memory.recall(replace(act, tenant=TenantId(uuid4())))


async def test_of_two_that_remember_at_once_the_second_is_told(app: Database) -> None:
    memory, act = PostgresCommandMemory(app), an_act()
    results = await asyncio.gather(memory.remember(act), memory.remember(act), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", TwinCameFirst.__name__]


async def test_commands_are_forgotten_after_thirty_days_in_batches(
    app: Database, relay_database: Database
) -> None:
    memory = PostgresCommandMemory(app)
    old, young = an_act(at=NOW - timedelta(days=31)), an_act(at=NOW - timedelta(days=29))
    for _ in range(7):
        await memory.remember(replace(old, command=CommandId("s", str(uuid4()))))
    await memory.remember(young)
    retention = Retention(database=relay_database, clock=lambda: NOW, batch=3)
    assert await retention.forget(asyncio.Event()) == 7
    with pytest.raises(Answered):
        await memory.recall(young)


async def test_partitions_are_made_ahead_and_dropped_when_old_unless_something_still_waits(
    stage: PostgresStage, relay_database: Database
) -> None:
    async def days() -> list[str]:
        rows = await relay_database.fetch(
            "SELECT right(c.relname, 8) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'platform.outbox'::regclass AND c.relname ~ '[0-9]{8}$' ORDER BY 1",
            {},
        )
        return [day for (day,) in rows]

    def as_of(day: date) -> Retention:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        return Retention(database=relay_database, clock=lambda: noon, outbox_days=2, days_ahead=3)

    today = NOW.date()
    await stage.write(uuid4(), 1)
    await as_of(today + timedelta(days=10)).roll()
    assert (await days())[0] == f"{today:%Y%m%d}"
    assert (await days())[-1] == f"{today + timedelta(days=13):%Y%m%d}"
    await relay_database.write("DELETE FROM platform.outbox_pending RETURNING 1", {})
    await as_of(today + timedelta(days=10)).roll()
    assert (await days())[0] == f"{today + timedelta(days=10):%Y%m%d}"
    assert await as_of(today + timedelta(days=10)).roll() == 0
