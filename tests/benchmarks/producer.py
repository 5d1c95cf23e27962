"""aiokafka alone, sending what the relay would: `python -m tests.benchmarks.producer < Errand as JSON`.

send   one `send` for each message, so many of them awaited together
batch  record batches put together by hand, one for each partition, as our relay does it
"""

import asyncio
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import msgspec
import uvloop
from aiokafka import AIOKafkaProducer

from procurement.platform.http.server import settle_memory
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.partitions import partition_hash
from procurement.platform.kafka.producer import ProducerOptions, a_producer
from procurement.platform.kafka.topics import PARTITIONS

Headers: TypeAlias = Sequence[tuple[str, bytes]]


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    brokers: str
    topic: str
    keys: Sequence[str]
    headers: Sequence[tuple[str, str]]
    payload: str
    messages: int
    at_once: int
    by: str


class Produced(msgspec.Struct, frozen=True, kw_only=True):
    per_second: float
    cpu: float
    """Microseconds per message."""


class Text(NamedTuple):
    key: bytes
    value: bytes
    headers: Headers


async def send(producer: AIOKafkaProducer, topic: str, texts: Sequence[Text]) -> None:
    await asyncio.gather(
        *[await producer.send(topic, text.value, text.key, headers=text.headers) for text in texts]
    )


def place_of(key: bytes) -> int:
    return partition_hash(key) % PARTITIONS


async def batch(producer: AIOKafkaProducer, topic: str, texts: Sequence[Text]) -> None:
    batches: dict[int, Any] = defaultdict(producer.create_batch)
    for text in texts:
        place = place_of(text.key)
        batches[place].append(timestamp=None, key=text.key, value=text.value, headers=text.headers)
    receipts = [await producer.send_batch(full, topic, partition=place) for place, full in batches.items()]
    await asyncio.gather(*receipts)


async def run(errand: Errand) -> Produced:
    headers = [(name, value.encode()) for name, value in errand.headers]
    keys = [key.encode() for key in errand.keys]
    texts = [Text(random.choice(keys), errand.payload.encode(), headers) for _ in range(errand.messages)]
    produce = {"send": send, "batch": batch}[errand.by]
    producer = a_producer(ProducerOptions(kafka=KafkaAccess(errand.brokers)))
    await producer.start()
    await produce(producer, errand.topic, texts[:500])
    settle_memory()
    started, cpu = time.perf_counter(), time.process_time()
    for first in range(0, len(texts), errand.at_once):
        await produce(producer, errand.topic, texts[first : first + errand.at_once])
    elapsed, used = time.perf_counter() - started, time.process_time() - cpu
    await producer.stop()
    return Produced(per_second=len(texts) / elapsed, cpu=used / len(texts) * 1e6)


if __name__ == "__main__":
    produced = uvloop.run(run(msgspec.json.decode(sys.stdin.buffer.read(), type=Errand)))
    sys.stdout.buffer.write(msgspec.json.encode(produced))
