"""How long a relay waits before it looks by itself."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest

from procurement.platform.bell import Bell
from procurement.platform.delivery import Claimed, Delivery
from procurement.platform.relay import Relay, RelayOptions
from tests.memory.outbox import BrokerLog, CountingMeter, MemoryRelayOutbox, Store

pytestmark = pytest.mark.anyio

OPTIONS = RelayOptions(lanes=1, beat=60.0, shortest_poll=2.0, longest_poll=8.0)
LOOKS = 6


class Watched(Bell):
    """No time passes: whoever waits is told at once that it is over, and finds an event or none."""

    def __init__(self, store: Store, stop: asyncio.Event, *, rings: bool, events: bool) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._store, self._stop, self._rings, self._events = store, stop, rings, events

    async def heard(self, timeout: float) -> None:  # noqa: ASYNC109 - as the bell has it
        self.waits.append(timeout)
        if self._events:
            self._store.add(uuid4(), "topic", b"1")
        self.ring() if self._rings else self.nudge()
        await super().heard(timeout)
        if len(self.waits) == LOOKS:
            self._stop.set()


@pytest.mark.parametrize(
    ("rings", "events", "waits"),
    [(False, False, [2, 4, 8, 8, 8, 8]), (False, True, [2] * LOOKS), (True, True, [2] + [8] * 5)],
    ids=["nothing to do", "work that nobody rang for", "work that somebody rang for"],
)
async def test_a_relay_looks_often_only_where_nobody_rings(
    rings: bool, events: bool, waits: list[float]
) -> None:
    """Under load it would otherwise be woken twice for every ring: by it, and by a poll just before it."""
    store, stop = Store(), asyncio.Event()
    bell = Watched(store, stop, rings=rings, events=events)
    await Relay(MemoryRelayOutbox(store), BrokerLog(delay=0), bell, CountingMeter(), OPTIONS).run(stop)
    assert bell.waits[:LOOKS] == waits


class OnceDown(BrokerLog):
    """The first batch meets a broker that is down."""

    async def publish(self, events: Sequence[Claimed]) -> Delivery:
        self.down = not self.tried
        self.tried["all"] += 1
        return await super().publish(events)


async def test_what_the_broker_did_not_take_is_tried_again_without_waiting_for_a_ring() -> None:
    """Whoever rang for it was heard already, and a poll is long where one rings."""
    store, stop, bell, broker = Store(), asyncio.Event(), Bell(), OnceDown(delay=0)
    options = RelayOptions(beat=60.0, shortest_poll=60.0, longest_poll=60.0, broker_backoff=0.0)
    store.add(uuid4(), "topic", b"1")
    relay = asyncio.create_task(
        Relay(MemoryRelayOutbox(store), broker, bell, CountingMeter(), options).run(stop)
    )
    try:
        async with asyncio.timeout(5.0):
            while store.pending:  # noqa: ASYNC110 - a relay tells nobody
                await asyncio.sleep(0.001)
    finally:
        stop.set()
        await relay
    assert broker.tried["all"] == 2
