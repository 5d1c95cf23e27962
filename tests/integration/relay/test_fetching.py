"""What a member fetches at once is bounded, and what is larger comes all the same."""

import asyncio
from collections import defaultdict
from uuid import uuid4

import pytest

from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.member import MemberOptions, a_consumer
from procurement.platform.kafka.producer import ProducerOptions, a_producer
from tests.integration.relay.kafka_log import PARTITIONS, a_topic

pytestmark = pytest.mark.anyio


async def test_events_larger_than_what_is_fetched_at_once_come_from_every_partition(
    kafka_brokers: str,
) -> None:
    """However little is asked for, a broker gives the first record batch of one partition whole."""
    topic, sizes = await a_topic(kafka_brokers), [10, 1_900_000, 20, 1_900_000, 30]
    async with a_producer(ProducerOptions(kafka=KafkaAccess(kafka_brokers))) as producer:
        for size in sizes:
            for place in range(PARTITIONS):
                await producer.send_and_wait(topic, b"x" * size, partition=place)
    consumer, seen = (
        a_consumer(KafkaAccess(kafka_brokers), uuid4().hex, MemberOptions()),
        defaultdict[int, list[int]](list),
    )
    consumer.subscribe([topic])
    async with consumer, asyncio.timeout(30):
        while sum(map(len, seen.values())) < len(sizes) * PARTITIONS:
            for place, records in (await consumer.getmany(timeout_ms=1000)).items():
                seen[place.partition] += [len(record.value) for record in records]
    assert seen == dict.fromkeys(range(PARTITIONS), sizes)
