"""The topics of this platform, made before anybody publishes to them."""

import asyncio
from collections.abc import Iterable, Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from procurement.kernel.errors import Failure, Unavailable
from procurement.platform.kafka.consumer import Subscription
from procurement.platform.kafka.dead import dead_topic
from procurement.platform.kafka.producer import RECORD_OVERHEAD, ProducerOptions


class TopicNotMade(Failure):
    code = "topic-not-made"


def dead_topics(subscriptions: Iterable[Subscription]) -> list[str]:
    return [dead_topic(topic, each.group) for each in subscriptions for topic in each.topics]


async def ensure_topics(
    brokers: str, names: Sequence[str], *, partitions: int = 6, replication: int = 1, deadline: float = 15.0
) -> list[str]:
    """Make those that are missing, and say which; what is there already stays as it is."""
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers, request_timeout_ms=int(deadline * 1000))
    limit = ProducerOptions(brokers=brokers).largest_message + RECORD_OVERHEAD
    wanted = [
        NewTopic(name, partitions, replication, topic_configs={"max.message.bytes": str(limit)})
        for name in names
    ]
    try:
        async with asyncio.timeout(deadline):
            await admin.start()
            answer = await admin.create_topics(wanted)
    except (KafkaError, OSError, TimeoutError) as error:
        raise Unavailable(
            f"no Kafka answers at {brokers}: is it running, and is KAFKA_BROKERS right?"
        ) from error
    finally:
        await admin.close()
    return [name for name, code, *why in answer.topic_errors if _made(name, code, why)]


def _made(name: str, code: int, why: Sequence[str | None]) -> bool:
    error = for_code(code)
    if error not in (NoError, TopicAlreadyExistsError):
        raise TopicNotMade(f"topic {name}: {error.__name__} {why[0] if why and why[0] else ''}".strip())
    return error is NoError
