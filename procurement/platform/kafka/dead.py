"""Where a message goes that can never be carried out: as it came, with the reason beside it."""

import asyncio
from typing import Protocol

from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError

from procurement.kernel.errors import Interrupted, Refusal
from procurement.platform.kafka.producer import ProducerKeeper, ProducerOptions


def dead_topic(topic: str, group: str) -> str:
    return f"{topic}.dead.{group}"


class DeadLetters(Protocol):
    async def bury(self, record: ConsumerRecord, group: str, reason: Refusal) -> None:
        """Return once it is stored. Raise Interrupted when nobody knows whether it is."""
        ...


class KafkaDeadLetters:
    def __init__(self, options: ProducerOptions) -> None:
        self._producers, self._deadline = ProducerKeeper(options), options.deadline

    async def bury(self, record: ConsumerRecord, group: str, reason: Refusal) -> None:
        producer = None
        headers = [
            *record.headers,
            ("dead-code", reason.code.encode()),
            ("dead-reason", str(reason).encode()),
            ("dead-group", group.encode()),
            ("dead-topic", record.topic.encode()),
            ("dead-partition", str(record.partition).encode()),
            ("dead-offset", str(record.offset).encode()),
        ]
        try:
            async with asyncio.timeout(self._deadline):
                producer = await self._producers.ready()
                topic = dead_topic(record.topic, group)
                await producer.send_and_wait(topic, record.value, record.key, headers=headers)
        except (KafkaError, OSError, TimeoutError) as error:
            self._producers.give_up(producer)
            raise Interrupted("the dead letter was not acknowledged") from error

    async def close(self) -> None:
        await self._producers.close()
