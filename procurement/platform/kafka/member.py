"""One member of a consumer group: partitions side by side, each in order, offsets moved behind the work.

At least once: the handler remembers each record in the transaction of its effect, so offsets may be moved
late and together, and whatever a crash or a rebalance delivers again does nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.faults import quieten

_log = structlog.get_logger()

Pause: TypeAlias = Callable[[float], Awaitable[None]]
"""Wait so many seconds; the partition may be taken away meanwhile."""

CarryOut: TypeAlias = Callable[[ConsumerRecord, Pause], Awaitable[None]]
"""Returns only when the record is done with, for good or ill."""

Together: TypeAlias = Callable[[Sequence[ConsumerRecord]], Awaitable[bool]]
"""Whether all of them are done with at once; if not, nothing of them is, or may be done again."""

Lags: TypeAlias = Callable[[str, int, int], None]
"""Topic, partition, records behind."""

_A_DAY_MS = 24 * 3600 * 1000
_FETCHED_AT_ONCE = 1024 * 1024
"""Bytes of all partitions together; the first record batch comes whatever its size. Otherwise each
group has as much of each partition: on a backlog that is 50 MB in memory, and nothing is taken in sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberOptions:
    batch: int = 500
    commit_every: float = 0.2
    connect: float = 15.0
    grace: float = 3.0
    """Seconds that a record at hand may still take when its partition goes to another member."""
    answer: float = 1.5
    """Seconds that the broker may take for a commit or a farewell; it may be gone."""
    session_timeout_ms: int = 10_000


@dataclass(slots=True, eq=False)
class Partition:
    """An assigned partition at work. It fetches for itself, so that a slow one holds up no other."""

    place: TopicPartition
    consumer: AIOKafkaConsumer
    carry_out: CarryOut
    together: Together
    batch: int
    reached: int | None = None
    """Every record below this offset is done."""
    committed: int | None = None
    _leaving: bool = False
    _idle: bool = True
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while not self._leaving:
            await self._take_in(
                await self.consumer.getmany(self.place, timeout_ms=1000, max_records=self.batch)
            )

    async def _take_in(self, records: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> None:
        """Apart from the loop, which would keep them in memory for as long as nothing new comes."""
        fetched = records.get(self.place, ())
        self._idle = False
        if len(fetched) > 1 and not self._leaving and await self.together(fetched):
            self.reached = fetched[-1].offset + 1
        else:
            await self._one_by_one(fetched)
        self._idle = True

    async def _one_by_one(self, records: Sequence[ConsumerRecord]) -> None:
        for record in records:
            if self._leaving:
                return
            await self.carry_out(record, self._pause)
            self.reached = record.offset + 1

    async def _pause(self, seconds: float) -> None:
        self._idle = True
        await asyncio.sleep(seconds)
        self._idle = False

    async def leave(self, grace: float) -> None:
        """Finish the record at hand, within the grace; begin no other."""
        self._leaving = True
        if self._task is None:
            return
        if not self._idle:
            await asyncio.wait([self._task], timeout=grace)
        self._task.cancel()
        await asyncio.wait([self._task])

    def raise_trouble(self) -> None:
        if self._task is not None and self._task.done() and not self._task.cancelled():
            self._task.result()


class Member(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        carry_out: CarryOut,
        together: Together,
        lags: Lags,
        options: MemberOptions,
    ) -> None:
        self._consumer, self._carry_out, self._together = consumer, carry_out, together
        self._lags, self._options = lags, options
        self._partitions: dict[TopicPartition, Partition] = {}

    async def run(self, topics: Sequence[str], stop: asyncio.Event) -> None:
        """From joining to leaving. Raise KafkaError or TimeoutError when the membership is lost."""
        self._consumer.subscribe(topics, listener=self)
        try:
            async with asyncio.timeout(self._options.connect):
                await self._consumer.start()
            while not stop.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._options.commit_every)
                for partition in self._partitions.values():
                    partition.raise_trouble()
                await self._commit(list(self._partitions.values()))
        finally:
            await self._close()

    async def _close(self) -> None:
        await self.on_partitions_revoked(list(self._partitions))
        stopping = asyncio.create_task(self._consumer.stop())
        await asyncio.wait([stopping], timeout=self._options.answer)
        stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        for place in assigned:
            partition = Partition(place, self._consumer, self._carry_out, self._together, self._options.batch)
            self._partitions[place] = partition
            partition.start()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """The next member begins where this one says it was; so nothing of it may still be at work then."""
        leaving = [self._partitions.pop(place) for place in revoked if place in self._partitions]
        await asyncio.gather(*(partition.leave(self._options.grace) for partition in leaving))
        await self._commit(leaving)

    async def _commit(self, partitions: Sequence[Partition]) -> None:
        moved = {p: p.reached for p in partitions if p.reached is not None and p.reached != p.committed}
        if not moved:
            return
        try:
            async with asyncio.timeout(self._options.answer):
                await self._consumer.commit({p.place: offset for p, offset in moved.items()})
        except (
            KafkaError,
            TimeoutError,
        ) as error:  # what is not committed is delivered again, and does nothing
            _log.warning("consumer.not_committed", error=type(error).__name__)
            return
        for partition, offset in moved.items():
            partition.committed = offset
            place = partition.place
            self._lags(place.topic, place.partition, max(0, (self._consumer.highwater(place) or 0) - offset))


def a_consumer(kafka: KafkaAccess, group: str, options: MemberOptions) -> AIOKafkaConsumer:
    quieten()
    return AIOKafkaConsumer(
        **kafka.of_a_client,
        client_id="procurement-consumer",
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        # What it has of one partition is taken in while it waits for others that have nothing, and the next
        # of the first is only asked for afterwards: so it must not wait for long.
        fetch_max_wait_ms=100,
        fetch_max_bytes=_FETCHED_AT_ONCE,
        session_timeout_ms=options.session_timeout_ms,
        # A handler that waits for its database must not cost the membership: heartbeats go on meanwhile, a
        # frozen process is missed by the session timeout, and a handler that hangs has a deadline of its own.
        max_poll_interval_ms=_A_DAY_MS,
        metadata_max_age_ms=60_000,
        request_timeout_ms=15_000,
    )
