"""Topics as the platform needs them: made if they are missing, left alone if they are there."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from procurement.kernel.errors import Unavailable
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.door import knock
from procurement.platform.kafka.faults import in_words
from procurement.platform.kafka.producer import LARGEST_BATCH

PARTITIONS = 6


def dead_letter_topic(topic: str, group: str) -> str:
    return f"{topic}.dead.{group}"


async def ensure_topics(
    kafka: KafkaAccess, names: Iterable[str], *, partitions: int = PARTITIONS, replication: int = 1
) -> None:
    """Raise Unavailable when the broker cannot be reached or refuses."""
    configs = {"max.message.bytes": str(LARGEST_BATCH)}
    wanted = [NewTopic(name, partitions, replication, topic_configs=configs) for name in names]
    admin = AIOKafkaAdminClient(**kafka.of_a_client, request_timeout_ms=10_000)
    try:
        async with asyncio.timeout(30):
            await admin.start()
            answer = await admin.create_topics(wanted)
            _raise_refusals(answer.topic_errors)
            await _until_all_know(admin, [topic.name for topic in wanted])
    except (KafkaError, OSError, TimeoutError) as error:
        await knock(kafka)
        raise Unavailable(f"Kafka at {kafka.brokers}: {in_words(error)}") from error
    finally:
        await admin.close()


def _raise_refusals(answers: Iterable[Sequence[Any]]) -> None:
    for name, code, *_ in answers:
        if (refused := for_code(code)) not in {NoError, TopicAlreadyExistsError}:
            raise Unavailable(f"Kafka refused to make the topic {name}: {refused.__name__}")


async def _until_all_know(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    """A broker may answer for a moment that it has no topic which it has just made."""
    while any(topic["error_code"] for topic in await admin.describe_topics(names)):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
