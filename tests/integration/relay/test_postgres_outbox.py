"""The relay's outbox on a real Postgres."""

import asyncio
from uuid import uuid4

import pytest

from procurement.platform.postgres.database import Database
from procurement.platform.postgres.low_water import LowWater
from procurement.platform.postgres.outbox import Patience, PostgresRelayOutbox
from tests.contracts.relay_outbox import ALL, ATTEMPTS, LEASE, RelayOutboxContract
from tests.integration.relay.stage import PostgresStage, write

pytestmark = pytest.mark.anyio


class TestPostgresRelayOutbox(RelayOutboxContract):
    @pytest.fixture
    def stage(self, stage: PostgresStage) -> PostgresStage:
        stage.lease, stage.patience = LEASE, Patience(attempts=ATTEMPTS, base=0.0)
        return stage


def settled(outbox: PostgresRelayOutbox) -> int:
    return outbox._water.settled


async def test_the_mark_waits_for_a_writer_that_drew_a_position_and_has_not_ended(
    app: Database, stage: PostgresStage
) -> None:
    worker = PostgresRelayOutbox(stage.relay, uuid4())
    early, late = uuid4(), uuid4()
    async with app.transaction() as open_transaction:
        await write(open_transaction, early, 1)
        await write(app, late, 1)
        for _ in range(5):
            await worker.beat([])
            await worker.claim(list(ALL), 10)
        ((drawn,),) = await stage.relay.fetch("SELECT min(position) FROM platform.outbox_pending", {})
        assert settled(worker) < drawn - 1
    assert len(await worker.claim(list(ALL), 10)) == 2
    for _ in range(5):
        await worker.beat([])
    assert settled(worker) >= drawn


async def test_nothing_below_a_mark_is_looked_at_until_the_next_sweep(stage: PostgresStage) -> None:
    worker = PostgresRelayOutbox(stage.relay, uuid4())
    await stage.write(uuid4(), 1)
    events = await worker.claim(list(ALL), 10)
    await worker.delete(events)
    for _ in range(5):
        await worker.beat([])
    assert not await worker.claim(list(ALL), 10)
    back_again = {"slot": events[0].slot, "position": events[0].position, "aggregate": events[0].key}
    await stage.relay.write(
        "INSERT INTO platform.outbox_pending SELECT %(slot)s, position, recorded_on, tenant_id, aggregateid"
        " FROM platform.outbox WHERE position = %(position)s RETURNING 1",
        back_again,
    )
    assert not await worker.claim(list(ALL), 10)
    await asyncio.sleep(1.1)
    assert len(await worker.claim(list(ALL), 10)) == 1


async def test_positions_are_drawn_one_by_one(stage: PostgresStage) -> None:
    """With a cached sequence a position could appear below the mark."""
    cached = "SELECT seqcache FROM pg_sequence WHERE seqrelid = 'platform.outbox_position'::regclass"
    assert await stage.relay.fetch(cached, {}) == [(1,)]


def test_a_candidate_settles_when_none_of_the_writers_seen_after_it_is_left() -> None:
    water = LowWater()
    water.looked(10, ["a", "b"])  # 10 may be held back by a and b, and by c, who is not seen yet
    water.looked(20, ["b", "c"])
    water.looked(30, ["c"])
    assert water.settled == 0
    water.looked(40, ["c"])
    assert water.settled == 0
    water.looked(50, ["d"])  # of those seen after 20 was read none is left
    assert water.settled == 20


async def test_the_claim_reads_its_index_and_never_a_whole_table(
    stage: PostgresStage, relay_database: Database
) -> None:
    from procurement.platform.postgres.outbox import CLAIM  # noqa: PLC0415

    for _ in range(20):
        await write(stage.app, uuid4(), 1, 2, 3)
    plan = await relay_database.fetch(
        f"EXPLAIN {CLAIM}",
        {"slots": list(ALL), "marks": [0] * len(ALL), "limit": 100},
    )
    text = "\n".join(line for (line,) in plan)
    assert "outbox_pending_pkey" in text
    assert "Seq Scan on outbox_pending" not in text
