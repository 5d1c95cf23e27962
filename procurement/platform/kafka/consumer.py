"""Members of consumer groups: each partition in order, offsets moved after the handler's own commit.

At least once: the handler remembers each event in the transaction of its effect (platform.commands), so
offsets may be moved late and together, and whatever a crash or a rebalance delivers again does nothing.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from opentelemetry.trace import Tracer, get_tracer

from procurement.kernel.act import Answered
from procurement.kernel.errors import Failure, Refusal, Stale
from procurement.platform.kafka.dead import DeadLetters
from procurement.platform.kafka.tracing import consumer_span

log = logging.getLogger(__name__)


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
    """`handle` returns when the effect is committed. Refusal (but not Stale): never possible, goes to the dead
    letters. Failure, Stale, NotYet and anything unforeseen: not possible yet, tried again before the next one
    of its partition. Answered: done before."""

    group: str
    topics: tuple[str, ...]
    handle: Callable[[Received], Awaitable[None]]


class ConsumerMeter(Protocol):
    def handled(self, group: str, topic: str, outcome: str, seconds: float) -> None:
        """outcome: done, repeated, dead or retried."""
        ...

    def lag(self, group: str, topic: str, partition: int, messages: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerOptions:
    brokers: str
    client: str = "procurement-consumer"
    batch: int = 500
    commit_every: float = 0.2
    handler_deadline: float = 30.0
    retry_base: float = 0.1
    retry_cap: float = 15.0
    start_deadline: float = 10.0
    grace: float = 3.0
    """Seconds that the messages being handled may still take when a partition is taken away, or at the end."""


@dataclass(slots=True)
class Partition:
    """One assigned partition at work: fetch some, handle one after the other."""

    place: TopicPartition
    consumer: AIOKafkaConsumer
    carry_out: Callable[[ConsumerRecord], Awaitable[None]]
    batch: int
    next_offset: int | None = None
    """What to commit: everything below it is done."""
    committed: int | None = None
    _leaving: bool = False
    _fetching: bool = False
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(
            self._run(), name=f"consume-{self.place.topic}-{self.place.partition}"
        )

    async def _run(self) -> None:
        while not self._leaving:
            self._fetching = True
            records = await self.consumer.getmany(self.place, timeout_ms=1000, max_records=self.batch)
            self._fetching = False
            for record in records.get(self.place, ()):
                if self._leaving:
                    return
                await self.carry_out(record)
                self.next_offset = record.offset + 1

    async def leave(self, grace: float) -> None:
        """Finish the message at hand, within the grace; never begin another."""
        self._leaving = True
        if self._task is None:
            return
        if not self._fetching:
            await asyncio.wait([self._task], timeout=grace)
        self._task.cancel()
        await asyncio.wait([self._task])

    @property
    def trouble(self) -> BaseException | None:
        if self._task is None or not self._task.done() or self._task.cancelled():
            return None
        return self._task.exception()


class Member(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """One member of one group, from joining to leaving; after an error of Kafka's a new one takes its place."""

    def __init__(
        self, subscription: Subscription, dead: DeadLetters, meter: ConsumerMeter, options: ConsumerOptions
    ) -> None:
        self._subscription, self._dead, self._meter, self._options = subscription, dead, meter, options
        self._tracer: Tracer = get_tracer("procurement.consumer")
        self._partitions: dict[TopicPartition, Partition] = {}
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=options.brokers,
            client_id=options.client,
            group_id=subscription.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            # A handler that waits for its database must not cost the membership: heartbeats go on meanwhile,
            # a frozen process is missed by the session timeout, a stuck handler by its own deadline.
            max_poll_interval_ms=24 * 3600 * 1000,
            metadata_max_age_ms=60_000,
            request_timeout_ms=10_000,
            fetch_max_wait_ms=500,
        )

    async def run(self, stop: asyncio.Event) -> None:
        self._consumer.subscribe(self._subscription.topics, listener=self)
        try:
            async with asyncio.timeout(self._options.start_deadline):
                await self._consumer.start()
            while not stop.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._options.commit_every)
                self._raise_trouble()
                await self._commit(self._partitions.values())
        finally:
            await self._close()

    def _raise_trouble(self) -> None:
        for partition in self._partitions.values():
            if partition.trouble is not None:
                raise partition.trouble

    async def _close(self) -> None:
        await self.on_partitions_revoked(list(self._partitions))
        stopping = asyncio.create_task(self._consumer.stop())
        await asyncio.wait([stopping], timeout=self._options.grace)
        stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        for place in assigned:
            partition = Partition(place, self._consumer, self._carry_out, self._options.batch)
            self._partitions[place] = partition
            partition.start()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        leaving = [self._partitions[place] for place in revoked if place in self._partitions]
        if leaving:
            await asyncio.gather(*(partition.leave(self._options.grace) for partition in leaving))
            await self._commit(leaving)
        for partition in leaving:
            del self._partitions[partition.place]

    async def _commit(self, partitions: Iterable[Partition]) -> None:
        self._report_lag()
        moved = {p: p.next_offset for p in partitions if p.next_offset not in (None, p.committed)}
        if not moved:
            return
        try:
            async with asyncio.timeout(self._options.grace):
                await self._consumer.commit({p.place: offset for p, offset in moved.items()})
        except (
            KafkaError,
            TimeoutError,
        ) as error:  # what is not committed is delivered again, and does nothing
            log.warning("offsets_not_committed", extra={"error": repr(error)})
        else:
            for partition, offset in moved.items():
                partition.committed = offset

    def _report_lag(self) -> None:
        for place, partition in self._partitions.items():
            end = self._consumer.highwater(place)
            if end is not None and partition.next_offset is not None:
                lag = max(0, end - partition.next_offset)
                self._meter.lag(self._subscription.group, place.topic, place.partition, lag)

    async def _carry_out(self, record: ConsumerRecord) -> None:
        """Return only when the record is done with, for good."""
        attempt = 0
        while True:
            began = time.perf_counter()
            outcome = await self._attempt(record)
            seconds = time.perf_counter() - began
            self._meter.handled(self._subscription.group, record.topic, outcome, seconds)
            if outcome != "retried":
                return
            attempt += 1
            ceiling = min(self._options.retry_cap, self._options.retry_base * 2 ** min(attempt, 16))
            await asyncio.sleep(random.uniform(0, ceiling))  # noqa: S311

    async def _attempt(self, record: ConsumerRecord) -> str:
        received = Received(
            record.topic, record.partition, record.offset, record.key, dict(record.headers), record.value
        )
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        group = self._subscription.group
        try:
            try:
                with consumer_span(self._tracer, record.topic, group, received.headers):
                    async with asyncio.timeout(self._options.handler_deadline):
                        await self._subscription.handle(received)
            except Answered:
                return "repeated"
            except Stale:
                raise
            except Refusal as reason:
                log.warning("message_refused", extra={**where, "code": reason.code, "error": str(reason)})
                await self._dead.bury(record, group, reason)
                return "dead"
        except (Failure, Stale, TimeoutError) as trouble:
            log.warning("message_retried", extra={**where, "error": repr(trouble)})
            return "retried"
        except Exception:  # ours to mend; until then the partition waits, because order is promised
            log.exception("message_not_understood", extra=where)
            return "retried"
        return "done"


@dataclass(slots=True)
class Consumer:
    """All subscriptions of this process."""

    subscriptions: tuple[Subscription, ...]
    dead: DeadLetters
    meter: ConsumerMeter
    options: ConsumerOptions
    restart_after: float = 1.0

    async def run(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as members:
            for subscription in self.subscriptions:
                members.create_task(self._stay(subscription, stop))

    async def _stay(self, subscription: Subscription, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await Member(subscription, self.dead, self.meter, self.options).run(stop)
            except (KafkaError, OSError, TimeoutError) as error:
                log.warning("consumer_lost", extra={"group": subscription.group, "error": repr(error)})
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self.restart_after)
