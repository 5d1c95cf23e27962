"""Drain the outbox to the broker: claim, publish, delete; at least once, in order per aggregate.

Why a zombie can only repeat, never reorder. Let event k+1 of an aggregate reach the log for the first time
from some relay P. P claimed it in position order, which is version order, because a writer draws the position
only after the version check let him pass. So when P claimed k+1, event k was committed, and either
- its pending row was gone: somebody had its acknowledgement, it is in the log; or
- its row was there: P claimed it before k+1 or together with it, and the broker port sends a key's next event
  only behind an acknowledged one or inside the same record batch; or
- it stood parked: then the claim said so of k+1 as well, and P did not publish it.
In each case the first k stands before the first k+1. Nothing here depends on who else publishes the same
slot, so a relay that was frozen, lost its slots and wakes up with a claimed batch sends copies of what its
successor sends too. It deletes only what was acknowledged, and its verdicts about parking are fenced by the
slot's epoch. Leases keep repeats rare; order does not rest on them.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from procurement.kernel.errors import Failure, Stale
from procurement.platform.bell import Bell
from procurement.platform.delivery import Broker, Claimed, Delivery, Refused, Unconfirmed
from procurement.platform.outbox import SLOTS
from procurement.platform.slots import Slots, Tenure

_log = structlog.get_logger()


class RelayOutbox(Protocol):
    async def beat(self, give_back: Sequence[int]) -> Tenure:
        """Be alive for another while, and say which slots are this worker's and what its fair share is."""
        ...

    async def leave(self) -> None: ...

    async def claim(self, slots: Sequence[int], limit: int) -> Sequence[Claimed]:
        """The oldest pending events of each slot, at most `limit` of a slot, in order of (slot, position)."""
        ...

    async def due(self, epochs: Mapping[int, int], limit: int) -> Sequence[Claimed]:
        """The waiting events of up to `limit` parked aggregates that are to be tried again now."""
        ...

    async def delete(self, events: Sequence[Claimed]) -> None: ...

    async def park(
        self, epochs: Mapping[int, int], refused: Sequence[Refused], behind: Sequence[Claimed]
    ) -> int:
        """Charge the refused an attempt and set their aggregates aside, with the events behind them; return
        how many aggregates died of it. Without effect for slots that are no longer held under that epoch."""
        ...


class RelayMeter(Protocol):
    def published(self, topic: str, count: int) -> None: ...
    def refused(self, topic: str) -> None: ...
    def died(self, count: int) -> None: ...
    def broker_failed(self, code: str) -> None: ...
    def holds(self, slots: int) -> None: ...
    def took(self, seconds: float) -> None:
        """From what the oldest event of a batch says of its time to the broker's acknowledgement."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOptions:
    batch: int = 1000
    lanes: int = 3
    """How many batches may be on their way at once; never two of one slot."""
    beat: float = 0.4
    shortest_poll: float = 0.02
    longest_poll: float = 1.0
    retry_every: float = 0.5
    """How often parked aggregates are looked for, and how many of them at a time:"""
    retries: int = 200
    broker_backoff: float = 0.1
    longest_broker_backoff: float = 2.0
    grace: float = 0.8
    """Seconds a batch may still take after the stop was asked for."""


@dataclass(slots=True)
class Relay:
    outbox: RelayOutbox
    broker: Broker
    bell: Bell
    meter: RelayMeter
    options: RelayOptions = field(default_factory=RelayOptions)
    slots: Slots = field(default_factory=Slots)
    _claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _more: bool = True
    _backlog: bool = False
    _filled: int = SLOTS
    _poll: float = 0.0
    _retry_at: float = 0.0
    _troubles: int = 0

    async def run(self, stop: asyncio.Event) -> None:
        self._stop = stop
        tasks = [asyncio.create_task(self._beating(), name="relay-beat")]
        tasks += [asyncio.create_task(self._lane(), name="relay-lane") for _ in range(self.options.lanes)]
        waiting = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
            self.bell.nudge()
            await asyncio.wait(tasks, timeout=self.options.grace)
        finally:
            await self._end([waiting, *tasks])

    async def _end(self, tasks: Sequence[asyncio.Task[object]]) -> None:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(Failure, TimeoutError):
            async with asyncio.timeout(self.options.grace):
                await self.outbox.leave()
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _beating(self) -> None:
        while not self._stop.is_set():
            await self._beat()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), self.options.beat)

    async def _beat(self) -> None:
        before = time.monotonic()
        try:
            tenure = await self.outbox.beat(self.slots.surplus())
        except (Failure, Stale) as trouble:
            _log.warning("relay.beat_failed", error=str(trouble))
            return
        if self.slots.renew(tenure, before):
            self.bell.nudge()
        self.meter.holds(len(tenure.epochs))

    async def _lane(self) -> None:
        while not self._stop.is_set():
            async with self._claiming:
                slots, events = await self._claim()
            try:
                if self.slots.holds(slots):  # or we were frozen, and somebody else claimed the same events
                    await self._deliver(slots, events)
            finally:
                self.slots.give_back(slots)
                if self.slots.missed() or self._more:
                    self.bell.nudge()

    async def _claim(self) -> tuple[dict[int, int], Sequence[Claimed]]:
        """Wait until there is something to do, and take it; its slots are nobody else's meanwhile."""
        while not self._stop.is_set():
            if not self._more:
                await self._wait_for_work()
            self.bell.clear()
            slots = self.slots.take(self.options.lanes if self._backlog else 1)
            events = await self._read(slots)
            found = {event.home for event in events}
            self.slots.give_back([slot for slot in slots if slot not in found])
            if events:  # where nobody rang for them, one had better look often
                self._poll = self.options.longest_poll if self.bell.rung else 0.0
                return {slot: epoch for slot, epoch in slots.items() if slot in found}, events
        return {}, ()

    async def _wait_for_work(self) -> None:
        self._poll = min(max(self._poll * 2, self.options.shortest_poll), self.options.longest_poll)
        await self.bell.heard(self._poll)

    async def _read(self, slots: Mapping[int, int]) -> Sequence[Claimed]:
        partly, self._more = self._backlog, False
        if not slots:
            return ()
        events, limit = list[Claimed](), self._limit(len(slots))
        try:
            events += await self.outbox.claim(list(slots), limit)
            if time.monotonic() >= self._retry_at:
                self._retry_at = time.monotonic() + self.options.retry_every
                events += await self.outbox.due(slots, self.options.retries)
        except (Failure, Stale) as trouble:
            _log.warning("relay.claim_failed", error=str(trouble))
        counts = Counter(event.slot for event in events)
        self._backlog, self._filled = len(events) > self.options.batch // 2, len(counts)
        self._more = partly or max(counts.values(), default=0) >= limit
        return events

    def _limit(self, slots: int) -> int:
        """For each slot its part of a batch; up to twice that while half of them have nothing."""
        parts = min(slots, max(self._filled, slots // 2, 1))
        return max(1, self.options.batch // parts)

    async def _deliver(self, slots: Mapping[int, int], events: Sequence[Claimed]) -> None:
        behind = [event for event in events if event.parked and event.slot >= 0]
        ready = [event for event in events if not (event.parked and event.slot >= 0)] if behind else events
        delivery, trouble = await self._publish(ready)
        try:
            await self._settle(slots, ready, behind, delivery)
        except (Failure, Stale) as error:
            _log.warning("relay.settle_failed", error=str(error))
        if trouble is not None:
            await self._let_the_broker_be(trouble)

    async def _publish(self, events: Sequence[Claimed]) -> tuple[Delivery, Failure | None]:
        try:
            delivery = await self.broker.publish(events) if events else Delivery()
        except Unconfirmed as trouble:
            return trouble.delivery, trouble
        except Failure as trouble:
            return Delivery(), trouble
        self._troubles = 0
        return delivery, None

    async def _settle(
        self,
        slots: Mapping[int, int],
        ready: Sequence[Claimed],
        behind: Sequence[Claimed],
        delivery: Delivery,
    ) -> None:
        if delivery.acknowledged:
            await self.outbox.delete(delivery.acknowledged)
            if (since := delivery.acknowledged[0].occurred_at) is not None:
                self.meter.took(time.time() - since)
            for topic, count in Counter(event.topic for event in delivery.acknowledged).items():
                self.meter.published(topic, count)
        for refusal in delivery.refused:
            self.meter.refused(refusal.event.topic)
        if delivery.refused or behind:
            stuck = {refusal.event.key for refusal in delivery.refused}
            done = {event.position for event in delivery.acknowledged}
            blocked = [e for e in ready if e.key in stuck and e.slot >= 0 and e.position not in done]
            self.meter.died(await self.outbox.park(slots, delivery.refused, [*blocked, *behind]))

    async def _let_the_broker_be(self, trouble: Failure) -> None:
        """An outage is nobody's poison: nothing is charged, all is tried again, unasked and soon."""
        self._troubles, self._more = self._troubles + 1, True
        self.meter.broker_failed(trouble.code)
        if self._troubles.bit_count() == 1:  # the 1st, 2nd, 4th, 8th …: an outage may be long
            _log.warning("relay.broker_failed", error=str(trouble.__cause__ or trouble))
        ceiling = self.options.broker_backoff * 2 ** min(self._troubles, 16)
        pause = random.uniform(0, min(ceiling, self.options.longest_broker_backoff))  # noqa: S311
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), pause)
