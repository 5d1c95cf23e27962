"""Where records go that can never be handled: their own topic, with the reason, so that nothing is lost."""

import asyncio

from aiokafka.errors import KafkaError

from procurement.kernel.errors import Failure, Refusal, Unavailable
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.consumer import Received
from procurement.platform.kafka.faults import ABOUT_A_MESSAGE, ABOUT_THE_TOPIC
from procurement.platform.kafka.producer import ProducerKeeper, ProducerOptions
from procurement.platform.kafka.topics import dead_letter_topic

_LONGEST_REASON = 1000


class NotTaken(Failure):
    """The broker is well, and does not take this one; its partition waits for an operator."""

    code = "dead-letter-not-taken"
    outage = False


class KafkaDeadLetters:
    def __init__(self, kafka: KafkaAccess) -> None:
        options = ProducerOptions(kafka=kafka, client="procurement-consumer-dead-letters")
        self._producers, self._deadline = ProducerKeeper(options), options.deadline

    async def park(self, group: str, received: Received, reason: Refusal) -> None:
        """Original bytes and headers, and headers that say why, whose and where from."""
        headers = [
            *received.headers.items(),
            ("dead_code", reason.code.encode()),
            ("dead_reason", str(reason)[:_LONGEST_REASON].encode()),
            ("dead_group", group.encode()),
            ("dead_topic", received.topic.encode()),
            ("dead_offset", f"{received.partition}:{received.offset}".encode()),
        ]
        topic, producer = dead_letter_topic(received.topic, group), None
        try:
            async with asyncio.timeout(self._deadline):
                producer = await self._producers.ready()
                await producer.send_and_wait(topic, received.value, received.key, headers=headers)
        except (*ABOUT_THE_TOPIC, *ABOUT_A_MESSAGE) as error:
            self._producers.give_up(producer)
            raise NotTaken(f"{topic} does not take it") from error
        except (KafkaError, OSError, TimeoutError) as error:
            self._producers.give_up(producer)
            raise Unavailable("the dead letter was not acknowledged") from error

    async def close(self) -> None:
        """Within a few seconds, whatever the broker does."""
        await self._producers.close()
