"""What stands in Kafka: a topic of one's own, read from the beginning."""

from collections import defaultdict
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.topics import ensure_topics

PARTITIONS = 3


async def a_topic(brokers: str) -> str:
    name = f"test.{uuid4().hex}"
    await ensure_topics(KafkaAccess(brokers), [name], partitions=PARTITIONS)
    return name


async def everything_in(brokers: str, topic: str) -> list[ConsumerRecord]:
    """In the order of each partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=brokers, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, n) for n in range(PARTITIONS)])
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(consumer.assignment())
        found: list[ConsumerRecord] = []
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += records
        return found
    finally:
        await consumer.stop()


def versions(records: list[ConsumerRecord]) -> dict[str, list[int]]:
    by_key = defaultdict[str, list[int]](list)
    for record in records:
        by_key[record.key.decode()].append(int(record.value))
    return dict(by_key)
