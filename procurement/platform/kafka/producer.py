"""A producer's life: opened under a deadline, and got rid of for sure, even when its broker is gone."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

RECORD_OVERHEAD = 4096
"""What the broker's limit must leave for a record batch around one message of the largest size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerOptions:
    brokers: str
    client: str = "procurement-worker"
    deadline: float = 5.0
    """Seconds until a publish that was not acknowledged counts as unknown."""
    largest_message: int = 1_000_000
    """Bytes of key, headers and value; topics allow RECORD_OVERHEAD more (topics.py)."""
    record_batch: int = 512 * 1024
    compression: str | None = None


async def open_producer(options: ProducerOptions) -> AIOKafkaProducer:
    producer = AIOKafkaProducer(
        bootstrap_servers=options.brokers,
        client_id=options.client,
        enable_idempotence=True,
        acks="all",
        max_batch_size=options.record_batch,
        max_request_size=options.largest_message,
        compression_type=options.compression,
        request_timeout_ms=int(options.deadline * 1000),
        metadata_max_age_ms=60_000,
    )
    try:
        await producer.start()
    except BaseException:
        await close_producer(producer, 0.5)
        raise
    return producer


async def close_producer(producer: AIOKafkaProducer, limit: float) -> None:
    """Give it `limit` seconds to stop by itself. An idempotent producer without its broker never would: its
    stop() waits for batches that are retried for ever, so they are failed and its tasks cancelled."""
    stopping = asyncio.create_task(producer.stop())
    await asyncio.wait([stopping], timeout=limit)
    if not stopping.done():
        producer._message_accumulator.fail_all(KafkaError("the producer was given up"))  # noqa: SLF001
        sender = producer._sender.sender_task  # noqa: SLF001
        if sender is not None:
            sender.cancel()
        await asyncio.wait([stopping], timeout=limit)
    if not stopping.done():
        stopping.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(producer.client.close(), limit)
    await asyncio.gather(stopping, return_exceptions=True)
