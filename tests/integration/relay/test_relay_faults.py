"""Poison, outages, stops: what the relay does when something is wrong."""

import asyncio
import time
from collections.abc import Sequence
from uuid import uuid4

import pytest

from procurement.platform.delivery import Claimed, Delivery
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.outbox import Patience
from procurement.platform.relay import RelayOptions
from tests.integration.relay.stage import PostgresStage, eventually, write
from tests.memory.outbox import BrokerLog

pytestmark = pytest.mark.anyio

QUICK = Patience(attempts=3, base=0.05, cap=0.1)
EAGER = RelayOptions(retry_every=0.02, retries=500)


async def test_poison_at_the_head_stops_nobody_else_and_dies_after_exactly_so_many_attempts(
    stage: PostgresStage,
) -> None:
    stage.patience = QUICK
    poison, good = [uuid4() for _ in range(300)], [uuid4() for _ in range(100)]
    log = BrokerLog(refuses={str(each) for each in poison})
    for each in poison:
        await stage.write(each, 1, 2)
    for each in good:
        await stage.write(each, 1, 2, 3)
    async with stage.relaying(log, EAGER) as running:
        await eventually(lambda: _true(len(log.stored) == 300))
        await eventually(lambda: _all_dead(stage, 300), 60)
        await asyncio.sleep(0.3)
    assert log.versions() == {str(each): [1, 2, 3] for each in good}
    assert set(log.tried.values()) == {3}
    assert running.meter.counted["died"] == 300
    assert await stage.pending() == 600


async def test_an_aggregate_that_recovers_is_published_in_order_with_what_came_meanwhile(
    stage: PostgresStage,
) -> None:
    stage.patience = Patience(attempts=100, base=0.01, cap=0.05)
    sick = uuid4()
    log = BrokerLog(refuses={str(sick)})
    async with stage.relaying(log, EAGER):
        for version in range(1, 31):
            await stage.write(sick, version)
            if version == 15:
                log.refuses.clear()
            await asyncio.sleep(0.02)
        await eventually(stage.drained)
        await eventually(lambda: _nobody_parked(stage))
        await stage.write(sick, 31)
        await eventually(stage.drained)
    assert log.versions()[str(sick)] == list(range(1, 32))


async def test_an_outage_parks_nothing_charges_nothing_and_is_over_soon_after_it_ends(
    stage: PostgresStage,
) -> None:
    log = BrokerLog(down=True)
    async with stage.relaying(log, RelayOptions(longest_broker_backoff=0.3)) as running:
        for _ in range(20):
            await stage.write(uuid4(), 1, 2)
        await eventually(lambda: _true(running.meter.counted["broker_failed"] > 5))
        assert await stage.relay.fetch("SELECT * FROM platform.outbox_parked", {}) == []
        log.down = False
        await eventually(stage.drained)
    assert all(versions == [1, 2] for versions in log.versions().values())


async def test_what_was_not_acknowledged_is_published_again_in_order(stage: PostgresStage) -> None:
    aggregate, log = uuid4(), BrokerLog(forgets_to_answer=True)
    async with stage.relaying(log, RelayOptions(longest_broker_backoff=0.1)) as running:
        await stage.write(aggregate, 1, 2, 3)
        await eventually(lambda: _true(running.meter.counted["broker_failed"] > 2))
        log.forgets_to_answer = False
        await eventually(stage.drained)
    seen = log.versions()[str(aggregate)]
    assert seen == [1, 2, 3] * (len(seen) // 3)
    assert len(seen) > 3


async def test_a_stop_finishes_the_batch_at_hand_and_gives_the_slots_back(stage: PostgresStage) -> None:
    log = BrokerLog(delay=0.3)
    for _ in range(10):
        await stage.write(uuid4(), 1)
    async with stage.relaying(log):
        await asyncio.sleep(0.2)
        began = time.monotonic()
    assert time.monotonic() - began < 10
    assert len(log.stored) == 10
    assert await stage.drained()
    owners = "SELECT count(owner) FROM platform.outbox_slots"
    assert await stage.relay.fetch(owners, {}) == [(0,)]


async def test_a_stop_waits_for_no_broker_that_never_answers(stage: PostgresStage) -> None:
    log = BrokerLog(delay=3600)
    await stage.write(uuid4(), 1)
    async with stage.relaying(log):
        await asyncio.sleep(0.3)
        began = time.monotonic()
    assert time.monotonic() - began < 10
    assert await stage.pending() == 1


async def test_an_idle_relay_hardly_asks_the_database(stage: PostgresStage) -> None:
    asked: list[float] = []
    stage.relay = Database(stage.relay.connections._engine, asked.append)
    async with stage.relaying(BrokerLog()):
        await asyncio.sleep(2)
        asked.clear()
        await asyncio.sleep(2)
        assert 0 < len(asked) < 40


async def test_the_trace_and_the_headers_leave_as_they_were_stored(stage: PostgresStage) -> None:
    seen: list[list[tuple[str, bytes]]] = []

    class Headers(BrokerLog):
        async def publish(self, events: Sequence[Claimed]) -> Delivery:
            seen.extend(event.headers for event in events)
            return await super().publish(events)

    log = Headers()
    await write(stage.app, uuid4(), 1, headers='[["ce_id","ä"],["traceparent","00-1-2-00"]]')
    async with stage.relaying(log):
        await eventually(stage.drained)
    assert seen == [[("ce_id", "ä".encode()), ("traceparent", b"00-1-2-00")]]


async def _true(value: bool) -> bool:
    return value


async def _all_dead(stage: PostgresStage, count: int) -> bool:
    return await stage.dead() == count


async def _nobody_parked(stage: PostgresStage) -> bool:
    return not await stage.relay.fetch("SELECT 1 FROM platform.outbox_parked", {})
