"""Read, act, commit, in the order of each partition: what can never succeed is parked, what cannot succeed
yet is waited for, and neither holds up another partition."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Protocol

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from opentelemetry.trace import Tracer

from procurement.kernel.act import Answered
from procurement.kernel.errors import Failure, Refusal, Stale
from procurement.platform.telemetry import span_from

_log = structlog.get_logger()

_POLL = 0.25
"""Seconds a poll waits for records; a stop is heard that late at most."""
_BATCH = 500
_PATIENCE_WITH_BUGS = 5
"""Tries before a record that we cannot handle for a reason nobody foresaw is parked, so that one record does
not hold up its partition for ever."""


@dataclass(frozen=True, slots=True)
class Received:
    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: Mapping[str, bytes]
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """`handle` commits its effect before it returns. It raises a Refusal for what can never be handled,
    Failure or Stale (NotYet, too) for what may be later, and Answered for what it has handled before."""

    group: str
    topics: tuple[str, ...]
    handle: Callable[[Received], Awaitable[None]]


class Unhandled(Refusal):
    """A mistake of ours, not of the record; to be replayed once it is mended."""

    code = "unhandled"


class DeadLetters(Protocol):
    async def park(self, group: str, received: Received, reason: Refusal) -> None:
        """Return once the broker has it. Raise Failure otherwise."""
        ...


class ConsumerMeter(Protocol):
    def handled(self, group: str, outcome: str) -> None: ...
    def lags(self, group: str, topic: str, partition: int, records: int) -> None: ...


@dataclass(slots=True)
class _Pauses:
    """Partitions that wait, each for so long, twice as long every time (full jitter, capped)."""

    cap: float = 5.0
    rng: Random = field(default_factory=Random)
    _until: dict[TopicPartition, float] = field(default_factory=dict)
    _failures: dict[TopicPartition, int] = field(default_factory=dict)

    def begin(self, place: TopicPartition) -> None:
        failures = self._failures[place] = self._failures.get(place, 0) + 1
        self._until[place] = monotonic() + self.rng.uniform(0, min(self.cap, 0.05 * 2 ** min(failures, 16)))

    def forget(self, place: TopicPartition) -> None:
        self._failures.pop(place, None)

    def failures(self, place: TopicPartition) -> int:
        return self._failures.get(place, 0)

    def over(self) -> list[TopicPartition]:
        now = monotonic()
        done = [place for place, until in self._until.items() if until <= now]
        for place in done:
            del self._until[place]
        return done


class Consumer:
    """One member of a group, for as long as it runs; whatever breaks, it begins anew where the group is."""

    def __init__(
        self,
        brokers: Sequence[str],
        subscription: Subscription,
        dead: DeadLetters,
        meter: ConsumerMeter,
        tracer: Tracer,
    ) -> None:
        self._brokers, self._subscription = list(brokers), subscription
        self._dead, self._meter, self._tracer = dead, meter, tracer

    async def run(self, stop: asyncio.Event) -> None:
        failures = 0
        while not stop.is_set():
            try:
                await self._member(stop)
                failures = 0
            except (KafkaError, OSError, TimeoutError) as error:
                failures += 1
                _log.warning("consumer.lost", group=self._subscription.group, error=type(error).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), min(5.0, 0.2 * 2 ** min(failures, 6)))

    async def _member(self, stop: asyncio.Event) -> None:
        consumer = AIOKafkaConsumer(
            *self._subscription.topics,
            bootstrap_servers=self._brokers,
            group_id=self._subscription.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=10_000,
            max_poll_interval_ms=300_000,
        )
        try:
            async with asyncio.timeout(30):
                await consumer.start()
            pauses = _Pauses()
            while not stop.is_set():
                await self._round(consumer, pauses)
        finally:
            with suppress(TimeoutError, KafkaError):
                async with asyncio.timeout(5):
                    await consumer.stop()

    async def _round(self, consumer: AIOKafkaConsumer, pauses: _Pauses) -> None:
        assigned = consumer.assignment()
        consumer.resume(*(place for place in pauses.over() if place in assigned))
        batches = await consumer.getmany(timeout_ms=int(_POLL * 1000), max_records=_BATCH)
        done = await asyncio.gather(
            *(self._partition(consumer, pauses, place, records) for place, records in batches.items())
        )
        assigned = consumer.assignment()
        offsets = {place: offset for place, offset in done if offset is not None and place in assigned}
        if offsets:
            await consumer.commit(offsets)
        for place, offset in offsets.items():
            behind = max(0, (consumer.highwater(place) or offset) - offset)
            self._meter.lags(self._subscription.group, place.topic, place.partition, behind)

    async def _partition(
        self,
        consumer: AIOKafkaConsumer,
        pauses: _Pauses,
        place: TopicPartition,
        records: Sequence[ConsumerRecord],
    ) -> tuple[TopicPartition, int | None]:
        """The offset to commit: one beyond the last record that is done; None when none is."""
        reached: int | None = None
        for record in records:
            if not await self._is_done(record, pauses.failures(place)):
                pauses.begin(place)
                if place in consumer.assignment():
                    consumer.seek(place, record.offset)
                    consumer.pause(place)
                return place, reached
            reached = record.offset + 1
            pauses.forget(place)
        return place, reached

    async def _is_done(self, record: ConsumerRecord, failures: int) -> bool:
        """Whether it is dealt with, for good or ill."""
        received = _received(record)
        outcome = await self._outcome(received, failures)
        self._meter.handled(self._subscription.group, outcome)
        return outcome != "later"

    async def _outcome(self, received: Received, failures: int) -> str:
        group = self._subscription.group
        trace = received.headers.get("traceparent", b"").decode("latin-1") or None
        try:
            with span_from(self._tracer, f"{group} {received.topic}", trace):
                await self._subscription.handle(received)
        except Answered:
            return "repeated"
        except (Failure, Stale) as trouble:
            _log.warning("consumer.later", group=group, **_where(received), reason=trouble.code)
            return "later"
        except Refusal as reason:
            return await self._park(received, reason)
        except Exception as bug:  # noqa: BLE001 - a bug must not stop every other partition
            _log.exception("consumer.bug", group=group, **_where(received))
            if failures < _PATIENCE_WITH_BUGS:
                return "later"
            return await self._park(received, Unhandled(f"{type(bug).__name__}: see the log"))
        return "ok"

    async def _park(self, received: Received, reason: Refusal) -> str:
        try:
            await self._dead.park(self._subscription.group, received, reason)
        except Failure:
            return "later"
        _log.error(
            "consumer.parked",
            group=self._subscription.group,
            **_where(received),
            code=reason.code,
            reason=str(reason),
        )
        return "parked"


def _received(record: ConsumerRecord) -> Received:
    return Received(
        record.topic, record.partition, record.offset, record.key, dict(record.headers), record.value
    )


def _where(received: Received) -> dict[str, object]:
    return {"topic": received.topic, "partition": received.partition, "offset": received.offset}
