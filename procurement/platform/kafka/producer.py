"""A producer's life: opened under a deadline, and got rid of for sure, even when its broker is gone."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.faults import quieten

LARGEST_MESSAGE = 2_000_000
"""Bytes of key, headers and value: the event of an order that just fits into a request of 1 MiB, and room."""

LARGEST_BATCH = LARGEST_MESSAGE + 4096
"""What a topic must allow (topics.py): the largest message, and what a record batch has around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerOptions:
    kafka: KafkaAccess
    client: str = "procurement-worker"
    deadline: float = 5.0
    """Seconds until a publish that was not acknowledged counts as unknown."""
    largest_message: int = LARGEST_MESSAGE
    record_batch: int = 512 * 1024
    compression: str | None = None


def a_producer(options: ProducerOptions) -> AIOKafkaProducer:
    quieten()
    return AIOKafkaProducer(
        **options.kafka.of_a_client,
        client_id=options.client,
        enable_idempotence=True,
        acks="all",
        max_batch_size=options.record_batch,
        max_request_size=options.largest_message,
        compression_type=options.compression,
        request_timeout_ms=int(options.deadline * 1000),
        metadata_max_age_ms=60_000,
    )


async def close_producer(producer: AIOKafkaProducer, limit: float) -> None:
    """Give it `limit` seconds to stop by itself, and as long again to be stopped. An idempotent producer
    without its broker never stops: it waits for batches that are retried for ever."""
    stopping = asyncio.create_task(producer.stop())
    await asyncio.wait([stopping], timeout=limit)
    if not stopping.done():
        _fail_what_waits(producer)
        sender = producer._sender.sender_task  # noqa: SLF001
        for _ in range(2):  # cancelled once it waits for what is in flight, cancelled twice it ends that too
            if sender is not None and not sender.done():
                sender.cancel()
                await asyncio.wait([sender], timeout=limit / 4)
        await asyncio.wait([stopping], timeout=limit / 4)
        stopping.cancel()
    await asyncio.gather(stopping, return_exceptions=True)
    with suppress(TimeoutError, KafkaError):
        await asyncio.wait_for(producer.client.close(), limit)


def _fail_what_waits(producer: AIOKafkaProducer) -> None:
    waiting = producer._message_accumulator  # noqa: SLF001
    for batches in waiting._batches.values():  # noqa: SLF001
        waiting._pending_batches.update(batches)  # noqa: SLF001 - where a failed batch wants to be found
    waiting.fail_all(KafkaError("the producer was given up"))


class ProducerKeeper:
    """Has one producer at hand, and a new one after each that went wrong."""

    def __init__(self, options: ProducerOptions) -> None:
        self._options = options
        self._producer: AIOKafkaProducer | None = None
        self._opening = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    async def ready(self) -> AIOKafkaProducer:
        async with self._opening:
            if self._producer is None:
                self._producer = await self._open()
            return self._producer

    async def _open(self) -> AIOKafkaProducer:
        """A start that is cancelled would leave its connection behind: it may fail by itself, aside."""
        producer = a_producer(self._options)
        starting = asyncio.create_task(producer.start())
        try:
            await asyncio.shield(starting)
        except BaseException:
            self._in_background(self._close_when_started(producer, starting))
            raise
        return producer

    async def _close_when_started(self, producer: AIOKafkaProducer, starting: asyncio.Task[None]) -> None:
        await asyncio.wait([starting], timeout=self._options.deadline + 1)
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await close_producer(producer, 1.0)

    def give_up(self, producer: AIOKafkaProducer | None) -> None:
        """Nobody knows what it still does, so nothing more is asked of it; who asks next has another."""
        if producer is not None and producer is self._producer:
            self._producer = None
            self._in_background(close_producer(producer, 1.0))

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Within a few seconds, whatever the broker does."""
        self.give_up(self._producer)
        if self._closing:
            await asyncio.wait(self._closing, timeout=4)
