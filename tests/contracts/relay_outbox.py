"""What every outbox promises the relay, whatever it is made of."""

import asyncio
from typing import Protocol
from uuid import UUID, uuid4

import pytest

from procurement.platform.delivery import Claimed, Refused
from procurement.platform.outbox import SLOTS, slot_of
from procurement.platform.relay import RelayOutbox

pytestmark = pytest.mark.anyio

LEASE = 0.3
ATTEMPTS = 3
ALL = range(SLOTS)


class Stage(Protocol):
    """Leases of LEASE seconds, ATTEMPTS attempts, no pause between them."""

    def worker(self) -> RelayOutbox: ...
    async def write(self, aggregate: UUID, *versions: int) -> None: ...
    async def pending(self) -> int: ...


def versions(events: list[Claimed] | tuple[Claimed, ...]) -> list[int]:
    return [int(event.payload) for event in events]


class RelayOutboxContract:
    async def test_a_lone_worker_holds_every_slot(self, stage: Stage) -> None:
        tenure = await stage.worker().beat([])
        assert sorted(tenure.epochs) == list(ALL)
        assert tenure.share == SLOTS

    async def test_workers_share_the_slots_fairly_and_none_twice(self, stage: Stage) -> None:
        first, second = stage.worker(), stage.worker()
        held = await first.beat([])
        assert not (await second.beat([])).epochs
        surplus = list(held.epochs)[: SLOTS // 2]
        assert (await first.beat(surplus)).share == SLOTS // 2
        assert sorted((await second.beat([])).epochs) == sorted(surplus)

    async def test_the_slots_of_a_worker_that_left_are_free(self, stage: Stage) -> None:
        first, second = stage.worker(), stage.worker()
        await first.beat([])
        await first.leave()
        assert len((await second.beat([])).epochs) == SLOTS

    async def test_the_slots_of_a_silent_worker_are_taken_under_a_new_epoch(self, stage: Stage) -> None:
        first, second = stage.worker(), stage.worker()
        before = await first.beat([])
        await asyncio.sleep(LEASE * 1.2)
        after = await second.beat([])
        assert len(after.epochs) == SLOTS
        assert all(after.epochs[slot] > before.epochs[slot] for slot in ALL)
        assert not (await first.beat([])).epochs

    async def test_a_claim_is_in_order_and_takes_nothing_away(self, stage: Stage) -> None:
        worker, aggregate = stage.worker(), uuid4()
        await stage.write(aggregate, 1, 2, 3)
        for _ in range(2):
            events = await worker.claim(list(ALL), 2)
            assert versions(list(events)) == [1, 2]
            assert {event.key for event in events} == {str(aggregate)}

    async def test_what_was_deleted_is_gone_and_what_came_later_is_found(self, stage: Stage) -> None:
        worker, aggregate = stage.worker(), uuid4()
        await stage.write(aggregate, 1, 2)
        await worker.delete((await worker.claim(list(ALL), 1))[:1])
        await stage.write(aggregate, 3)
        assert versions(list(await worker.claim(list(ALL), 10))) == [2, 3]

    async def test_a_refused_event_parks_its_aggregate_and_no_other(self, stage: Stage) -> None:
        worker, poison, good = stage.worker(), uuid4(), uuid4()
        tenure = await worker.beat([])
        await stage.write(poison, 1, 2)
        await stage.write(good, 1)
        events = [e for e in await worker.claim(list(ALL), 10) if e.key == str(poison)]
        await worker.park(tenure.epochs, [Refused(events[0], "no")], events)
        assert [e.key for e in await worker.claim(list(ALL), 10)] == [str(good)]
        await stage.write(poison, 3)
        late = [e for e in await worker.claim(list(ALL), 10) if e.key == str(poison)]
        assert [(e.parked, int(e.payload)) for e in late] == [(True, 3)]
        await worker.park(tenure.epochs, [], late)
        assert versions(list(await worker.due(tenure.epochs, 10))) == [1, 2, 3]

    async def test_it_dies_after_exactly_so_many_attempts(self, stage: Stage) -> None:
        worker, aggregate = stage.worker(), uuid4()
        tenure = await worker.beat([])
        await stage.write(aggregate, 1)
        (event,) = await worker.claim(list(ALL), 10)
        died = [await worker.park(tenure.epochs, [Refused(event, "no")], [event])]
        while due := await worker.due(tenure.epochs, 10):
            died.append(await worker.park(tenure.epochs, [Refused(due[0], "no")], []))
        assert died == [0] * (ATTEMPTS - 1) + [1]
        assert await stage.pending() == 1

    async def test_attempts_are_counted_anew_for_the_next_event(self, stage: Stage) -> None:
        worker, aggregate = stage.worker(), uuid4()
        tenure = await worker.beat([])
        await stage.write(aggregate, 1, 2)
        first, second = await worker.claim(list(ALL), 10)
        for _ in range(ATTEMPTS - 1):
            await worker.park(tenure.epochs, [Refused(first, "no")], [first, second])
        first, second = await worker.due(tenure.epochs, 10)
        await worker.delete([first])
        assert await worker.park(tenure.epochs, [Refused(second, "no")], []) == 0

    async def test_an_aggregate_that_has_nothing_left_to_wait_for_is_parked_no_longer(
        self, stage: Stage
    ) -> None:
        worker, aggregate = stage.worker(), uuid4()
        tenure = await worker.beat([])
        await stage.write(aggregate, 1)
        (event,) = await worker.claim(list(ALL), 10)
        await worker.park(tenure.epochs, [Refused(event, "no")], [event])
        await worker.delete(await worker.due(tenure.epochs, 10))
        assert not await worker.due(tenure.epochs, 10)
        await stage.write(aggregate, 2)
        assert [e.parked for e in await worker.claim(list(ALL), 10)] == [False]

    async def test_the_verdict_of_yesterdays_owner_has_no_effect(self, stage: Stage) -> None:
        zombie, successor, aggregate = stage.worker(), stage.worker(), uuid4()
        tenure = await zombie.beat([])
        await stage.write(aggregate, 1)
        (event,) = await zombie.claim(list(ALL), 10)
        await asyncio.sleep(LEASE * 1.2)
        await successor.beat([])
        assert await zombie.park(tenure.epochs, [Refused(event, "no")], [event]) == 0
        (same,) = await successor.claim([slot_of(aggregate)], 10)
        assert same.slot >= 0
        assert not same.parked
