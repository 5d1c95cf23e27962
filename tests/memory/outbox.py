"""The relay's outbox in memory, and a broker that is a list: for tests only."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from procurement.kernel.errors import Unavailable
from procurement.platform.delivery import Claimed, Delivery, Refused, Unconfirmed
from procurement.platform.outbox import SLOTS, slot_of
from procurement.platform.slots import Tenure


@dataclass
class Parked:
    slot: int
    position: int
    attempts: int
    retry_at: float
    dead: bool = False


@dataclass
class Store:
    """What the tables hold, for all workers."""

    pending: dict[int, Claimed] = field(default_factory=dict)
    last: int = 0
    parked: dict[str, Parked] = field(default_factory=dict)
    alive: dict[UUID, float] = field(default_factory=dict)
    owners: dict[int, UUID | None] = field(default_factory=lambda: dict.fromkeys(range(SLOTS)))
    epochs: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(SLOTS), 0))

    def add(self, aggregate: UUID, topic: str, payload: bytes) -> None:
        position = self.last = self.last + 1
        slot, key = slot_of(aggregate), str(aggregate)
        self.pending[position] = Claimed(slot, position, key, topic, "[]", payload, parked=False)


@dataclass
class MemoryRelayOutbox:
    store: Store
    lease: float = 1.5
    attempts: int = 3
    pause: float = 0.0
    worker: UUID = field(default_factory=uuid4)

    async def beat(self, give_back: Sequence[int]) -> Tenure:
        store, now = self.store, time.monotonic()
        store.alive[self.worker] = now + self.lease
        store.alive = {worker: until for worker, until in store.alive.items() if until >= now}
        for slot, owner in store.owners.items():
            if owner not in store.alive or (owner == self.worker and slot in give_back):
                store.owners[slot] = None
        share = math.ceil(SLOTS / len(store.alive))
        mine = [slot for slot, owner in store.owners.items() if owner == self.worker]
        free = [slot for slot, owner in store.owners.items() if owner is None and slot not in give_back]
        for slot in free[: max(0, share - len(mine))]:
            store.owners[slot] = self.worker
            store.epochs[slot] += 1
            mine.append(slot)
        return Tenure({slot: store.epochs[slot] for slot in mine}, share, self.lease)

    async def leave(self) -> None:
        self.store.alive.pop(self.worker, None)

    async def claim(self, slots: Sequence[int], limit: int) -> Sequence[Claimed]:
        events = []
        for slot in sorted(slots):
            here = sorted(
                (e for e in self.store.pending.values() if e.slot == slot), key=lambda e: e.position
            )
            events += [event._replace(parked=event.key in self.store.parked) for event in here[:limit]]
        return events

    async def due(self, epochs: Mapping[int, int], limit: int) -> Sequence[Claimed]:
        now, events = time.monotonic(), []
        for key, parked in list(self.store.parked.items())[:limit]:
            if parked.slot not in epochs or parked.dead or parked.retry_at > now:
                continue
            waiting = [e for e in self.store.pending.values() if e.key == key and e.slot < 0]
            if not waiting:
                del self.store.parked[key]
            events += [event._replace(parked=True) for event in waiting]
        return sorted(events, key=lambda event: (event.slot, event.position))

    async def delete(self, events: Sequence[Claimed]) -> None:
        for event in events:
            self.store.pending.pop(event.position, None)

    async def park(
        self, epochs: Mapping[int, int], refused: Sequence[Refused], behind: Sequence[Claimed]
    ) -> int:
        died = 0
        for event in [each.event for each in refused]:
            if self._held(event, epochs):
                known = self.store.parked.get(event.key)
                attempts = 1 + (known.attempts if known and known.position == event.position else 0)
                dead = attempts >= self.attempts
                retry_at = time.monotonic() + self.pause
                self.store.parked[event.key] = Parked(event.home, event.position, attempts, retry_at, dead)
                died += dead
        for event in behind:
            if self._held(event, epochs) and event.position in self.store.pending:
                self.store.parked.setdefault(event.key, Parked(event.home, 0, 0, 0.0))
                self.store.pending[event.position] = event._replace(slot=-1 - event.home)
        return died

    def _held(self, event: Claimed, epochs: Mapping[int, int]) -> bool:
        slot = event.home
        return self.store.owners[slot] == self.worker and self.store.epochs[slot] == epochs.get(slot)


@dataclass
class BrokerLog:
    """What any number of relays published, in the order it was stored."""

    stored: list[tuple[str, bytes]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    tried: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    down: bool = False
    forgets_to_answer: bool = False
    delay: float = 0.001

    async def publish(self, events: Sequence[Claimed]) -> Delivery:
        await asyncio.sleep(self.delay)
        if self.down:
            raise Unavailable("down")
        stored, refused, stuck = [], [], set[str]()
        for event in events:
            if event.key in stuck:
                continue
            if event.key in self.refuses:
                stuck.add(event.key)
                self.tried[event.key] += 1
                refused.append(Refused(event, "no"))
            else:
                self.stored.append((event.key, event.payload))
                stored.append(event)
        await asyncio.sleep(0)
        if self.forgets_to_answer:
            raise Unconfirmed(Delivery())
        return Delivery(stored, refused)

    def versions(self) -> dict[str, list[int]]:
        by_key = defaultdict[str, list[int]](list)
        for key, payload in self.stored:
            by_key[key].append(int(payload))
        return by_key


@dataclass
class CountingMeter:
    counted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    slots: int = 0

    def published(self, topic: str, count: int) -> None:
        self.counted["published"] += count

    def refused(self, topic: str) -> None:
        self.counted["refused"] += 1

    def died(self, count: int) -> None:
        self.counted["died"] += count

    def broker_failed(self, code: str) -> None:
        self.counted["broker_failed"] += 1

    def holds(self, slots: int) -> None:
        self.slots = slots

    def took(self, seconds: float) -> None:
        self.counted["took"] += 1


def assert_first_occurrences_are_in_order(versions: Mapping[str, Sequence[int]]) -> None:
    """And without gaps, from 1 on."""
    for key, seen in versions.items():
        firsts = list(dict.fromkeys(seen))
        assert firsts == list(range(1, len(firsts) + 1)), (key, seen)
