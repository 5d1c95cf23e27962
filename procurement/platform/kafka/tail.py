"""Read events for a person's eyes: no group, no commit, from the first one on."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from procurement.kernel.errors import NotFound, Unavailable
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.door import knock
from procurement.platform.kafka.faults import in_words

_CONNECT = 10.0
_POLL_MS = 500


async def tail(
    kafka: KafkaAccess,
    topics: Sequence[str],
    *,
    key: str | None = None,
    since: datetime | None = None,
    follow: bool = False,
) -> AsyncGenerator[str]:
    """Raise Unavailable when no broker answers. Without topics, read all that are nobody's internals."""
    consumer = AIOKafkaConsumer(**kafka.of_a_client, enable_auto_commit=False)
    try:
        async with asyncio.timeout(_CONNECT):
            partitions = await _partitions(kafka, topics)
            await consumer.start()
            ends = await consumer.end_offsets(partitions)
        consumer.assign(partitions)
        await _seek(consumer, ends, since)
        while follow or not await _reached(consumer, ends):
            for messages in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
                for message in messages:
                    if key is None or _named(message.key) == key.rpartition("_")[2]:
                        yield _line(message)
    except (KafkaError, TimeoutError) as error:
        await knock(kafka)
        raise Unavailable(f"Kafka at {kafka.brokers}: {in_words(error)}") from error
    finally:
        await consumer.stop()


async def _partitions(kafka: KafkaAccess, topics: Sequence[str]) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(**kafka.of_a_client)
    await admin.start()
    try:
        wanted = topics or [name for name in await admin.list_topics() if not name.startswith("__")]
        described = await admin.describe_topics(sorted(wanted))
    finally:
        await admin.close()
    known = {one["topic"]: one["partitions"] for one in described}
    if unknown := [name for name in wanted if not known.get(name)]:
        raise NotFound(f"there is no topic {', '.join(unknown)}")
    return [TopicPartition(name, place["partition"]) for name in known for place in known[name]]


async def _seek(consumer: Any, ends: Mapping[TopicPartition, int], since: datetime | None) -> None:
    if since is None:
        await consumer.seek_to_beginning()
        return
    found = await consumer.offsets_for_times(dict.fromkeys(ends, int(since.timestamp() * 1000)))
    for partition, there in found.items():  # where nothing is that new, whatever comes after the old end is
        consumer.seek(partition, ends[partition] if there is None else there.offset)


async def _reached(consumer: Any, ends: Mapping[TopicPartition, int]) -> bool:
    return all([await consumer.position(partition) >= end for partition, end in ends.items()])


def _line(message: Any) -> str:
    return json.dumps(
        {
            "topic": message.topic,
            "partition": message.partition,
            "offset": message.offset,
            "key": _readable(message.key),
            "headers": {name: _readable(value) for name, value in message.headers},
            "event": _readable(message.value),
        },
        ensure_ascii=False,
    )


def _named(key: bytes | None) -> str:
    """An aggregate's public id (po_…) names the same as the key, which goes without the kind."""
    return "" if key is None else key.decode(errors="replace").rpartition("_")[2]


def _readable(content: bytes | None) -> Any:
    if content is None:
        return None
    text = content.decode(errors="replace")
    try:
        return json.loads(text) if text.startswith(("{", "[")) else text
    except ValueError:
        return text
