"""What stands on Kafka, from the beginning to where it ends now."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from aiokafka import AIOKafkaConsumer, TopicPartition
from jsonschema_rs import Draft202012Validator

from tests.published import DOCS


@dataclass(frozen=True)
class Record:
    topic: str
    partition: int
    offset: int
    key: str
    headers: Mapping[str, str]
    value: bytes

    @property
    def version(self) -> int:
        return int(self.headers["ce_aggregateversion"])

    def keeps_its_schema(self) -> None:
        """Raise ValidationError for what docs/events does not allow."""
        _schema(self.headers["ce_type"].split(".", 2)[2]).validate(json.loads(self.value))


@cache
def _schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((DOCS / "events" / f"{name}.json").read_text()))


async def everything(brokers: str, topics: Sequence[str]) -> list[Record]:
    consumer = AIOKafkaConsumer(bootstrap_servers=brokers, enable_auto_commit=False)
    async with asyncio.timeout(60):
        await consumer.start()
        try:
            return await _read(consumer, topics)
        finally:
            await consumer.stop()


async def _read(consumer: AIOKafkaConsumer, topics: Sequence[str]) -> list[Record]:
    cluster = await consumer._client.fetch_all_metadata()
    places = [TopicPartition(t, n) for t in topics for n in cluster.partitions_for_topic(t)]
    consumer.assign(places)
    await consumer.seek_to_beginning()
    ends = await consumer.end_offsets(places)
    found: list[Record] = []
    while any([await consumer.position(place) < ends[place] for place in places]):
        for messages in (await consumer.getmany(timeout_ms=200)).values():
            found += [
                Record(
                    m.topic,
                    m.partition,
                    m.offset,
                    (m.key or b"").decode(),
                    {name: value.decode() for name, value in m.headers},
                    m.value,
                )
                for m in messages
            ]
    return found
