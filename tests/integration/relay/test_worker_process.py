"""Workers that are killed or frozen at the worst moment, with a real Kafka behind them."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.integration.relay.kafka_log import a_topic, everything_in, versions
from tests.integration.relay.stage import PostgresStage, eventually, write
from tests.memory.outbox import assert_first_occurrences_are_in_order

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def a_worker(url: str, brokers: str, fault: str = "none") -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.integration.relay.worker_process",
        url,
        brokers,
        fault,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        await asyncio.wait_for(process.communicate(), 30)


async def test_a_worker_killed_between_publishing_and_deleting_is_replaced_and_its_batch_repeated(
    stage: PostgresStage, postgres_url: str, kafka_brokers: str
) -> None:
    topic, aggregates = await a_topic(kafka_brokers), [uuid4() for _ in range(10)]
    for aggregate in aggregates:
        await write(stage.app, aggregate, 1, 2, topic=topic)
    async with a_worker(postgres_url, kafka_brokers, "die") as doomed:
        assert await asyncio.wait_for(doomed.wait(), 30) == -signal.SIGKILL
    assert await stage.pending() == 20
    async with a_worker(postgres_url, kafka_brokers):
        for aggregate in aggregates:
            await write(stage.app, aggregate, 3, topic=topic)
        await eventually(stage.drained)
    seen = versions(await everything_in(kafka_brokers, topic))
    assert seen.keys() == {str(aggregate) for aggregate in aggregates}
    told = sorted(seen.values())
    assert [1, 2, 1, 2, 3] in told, "nothing was repeated, so nothing was published before the kill"
    # what other lanes held came once
    assert all(versions in ([1, 2, 3], [1, 2, 1, 2, 3]) for versions in told)


async def test_the_slots_of_a_frozen_worker_are_served_within_two_seconds_and_it_can_only_repeat(
    stage: PostgresStage, postgres_url: str, kafka_brokers: str
) -> None:
    topic, aggregates = await a_topic(kafka_brokers), [uuid4() for _ in range(10)]
    async with a_worker(postgres_url, kafka_brokers) as successor:
        await eventually(lambda: _owned(stage, 16))
        async with a_worker(postgres_url, kafka_brokers, "freeze") as zombie:
            await eventually(lambda: _workers_with_slots(stage, 2))
            for aggregate in aggregates:
                await write(stage.app, aggregate, 1, 2, topic=topic)
            assert zombie.stdout is not None
            assert await asyncio.wait_for(zombie.stdout.readline(), 30) == b"frozen\n"
            assert await eventually(stage.drained) < 2.5
            for aggregate in aggregates:
                await write(stage.app, aggregate, 3, topic=topic)
            await eventually(stage.drained)
            zombie.send_signal(signal.SIGCONT)
            await asyncio.sleep(1)
        assert successor.returncode is None
    seen = versions(await everything_in(kafka_brokers, topic))
    assert_first_occurrences_are_in_order(seen)
    assert all(set(versions) == {1, 2, 3} for versions in seen.values())
    assert len(seen) == 10


async def _owned(stage: PostgresStage, slots: int) -> bool:
    count = "SELECT count(owner) FROM platform.outbox_slots"
    return await stage.relay.fetch(count, {}) == [(slots,)]


async def _workers_with_slots(stage: PostgresStage, workers: int) -> bool:
    count = "SELECT count(DISTINCT owner) FROM platform.outbox_slots"
    return await stage.relay.fetch(count, {}) == [(workers,)]
