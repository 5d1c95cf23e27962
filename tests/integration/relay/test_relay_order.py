"""Many writers, several relays: every committed event, once, in the order of its aggregate."""

import asyncio
import random
from uuid import UUID, uuid4

import psycopg
import pytest

from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import plain_url
from procurement.platform.relay import RelayOptions
from tests.integration.relay.stage import PostgresStage, eventually, write
from tests.memory.outbox import BrokerLog, assert_first_occurrences_are_in_order

pytestmark = pytest.mark.anyio

SMALL = RelayOptions(batch=64)


class GaveUp(Exception):
    pass


async def live(app: Database, aggregate: UUID, events: int, rng: random.Random) -> None:
    """Commit version after version, some in pairs, slowly or not at all: what was rolled back comes again."""
    version = 1
    while version <= events:
        together = min(rng.choice([1, 1, 2]), events - version + 1)
        try:
            async with app.transaction() as transaction:
                for v in range(version, version + together):
                    await write(transaction, aggregate, v)
                await asyncio.sleep(rng.choice([0, 0, 0.001, 0.02]))
                if rng.random() < 0.1:
                    raise GaveUp  # noqa: TRY301 - as any error in the middle would
        except GaveUp:
            continue
        version += together


@pytest.mark.parametrize("relays", [1, 3])
async def test_nothing_is_lost_repeated_or_out_of_order_while_writers_commit_as_they_please(
    stage: PostgresStage, relays: int
) -> None:
    log, rng = BrokerLog(), random.Random(relays)
    aggregates = [uuid4() for _ in range(60)]
    running = [stage.relaying(log, SMALL) for _ in range(relays)]
    for relay in running:
        await relay.__aenter__()
    await asyncio.gather(
        *(live(stage.app, aggregate, 20, random.Random(rng.random())) for aggregate in aggregates)
    )
    await eventually(stage.drained)
    for relay in running:
        await relay.__aexit__(None, None, None)
    assert log.versions() == {str(aggregate): list(range(1, 21)) for aggregate in aggregates}


async def test_a_late_relay_gets_its_share_and_a_leaving_one_leaves_nothing_behind(
    stage: PostgresStage,
) -> None:
    log = BrokerLog()
    async with stage.relaying(log, SMALL) as first:
        await eventually(lambda: _true(first.meter.slots == 16))
        async with stage.relaying(log, SMALL) as second:
            await eventually(lambda: _true(first.meter.slots == 8 and second.meter.slots == 8), 3)
        taken_over = await eventually(lambda: _true(first.meter.slots == 16), 3)
        assert taken_over < 1.0
        await stage.write(uuid4(), 1)
        await eventually(stage.drained)


async def test_an_old_open_transaction_elsewhere_holds_nothing_back(
    stage: PostgresStage, postgres_url: str
) -> None:
    """Neither one that wrote to another table of this database, nor one that only reads."""
    log = BrokerLog()
    async with await psycopg.AsyncConnection.connect(plain_url(postgres_url)) as other:
        await other.execute("CREATE TABLE IF NOT EXISTS public.elsewhere (n integer)")
        await other.execute("INSERT INTO public.elsewhere VALUES (1)")
        async with stage.relaying(log, SMALL):
            for _ in range(5):
                await stage.write(uuid4(), 1, 2)
                await asyncio.sleep(0.3)
            await eventually(stage.drained, 2)
        await other.rollback()
    assert len(log.stored) == 10


async def test_an_open_writer_of_the_outbox_holds_back_only_itself(
    app: Database, stage: PostgresStage
) -> None:
    log, slow = BrokerLog(), uuid4()
    async with stage.relaying(log, SMALL):
        async with app.transaction() as transaction:
            await write(transaction, slow, 1)
            for _ in range(8):
                await stage.write(uuid4(), 1)
                await asyncio.sleep(0.25)
            await eventually(stage.drained, 2)
            assert len(log.stored) == 8
        await stage.write(slow, 2)
        await eventually(stage.drained, 2)
    assert log.versions()[str(slow)] == [1, 2]


async def test_a_batch_larger_than_the_limit_is_drained_whole(stage: PostgresStage) -> None:
    log, aggregate = BrokerLog(), uuid4()
    for start in range(1, 2001, 200):
        await stage.write(aggregate, *range(start, start + 200))
    async with stage.relaying(log, SMALL):
        await eventually(stage.drained)
    assert log.versions()[str(aggregate)] == list(range(1, 2001))
    assert_first_occurrences_are_in_order(log.versions())


async def _true(value: bool) -> bool:
    return value
