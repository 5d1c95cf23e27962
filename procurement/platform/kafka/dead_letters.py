"""Where records go that can never be handled: their own topic, with the reason, so that nothing is lost."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from procurement.kernel.errors import Refusal, Unavailable
from procurement.platform.kafka.consumer import Received
from procurement.platform.kafka.topics import dead_letter_topic

_PATIENCE = 5.0


class KafkaDeadLetters:
    def __init__(self, brokers: Sequence[str]) -> None:
        self._brokers, self._producer = list(brokers), None
        self._starting = asyncio.Lock()

    _producer: AIOKafkaProducer | None

    async def park(self, group: str, received: Received, reason: Refusal) -> None:
        """Original bytes and headers, and four headers that say why and where from."""
        headers = [
            *received.headers.items(),
            ("dead_code", reason.code.encode()),
            ("dead_reason", str(reason)[:1000].encode()),
            ("dead_topic", received.topic.encode()),
            ("dead_offset", f"{received.partition}:{received.offset}".encode()),
        ]
        try:
            async with asyncio.timeout(_PATIENCE):
                producer = await self._ready()
                await producer.send_and_wait(
                    dead_letter_topic(received.topic, group), received.value, received.key, headers=headers
                )
        except (KafkaError, OSError, TimeoutError) as error:
            await self.close()
            raise Unavailable("the dead letter was not acknowledged") from error

    async def _ready(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(bootstrap_servers=self._brokers, acks="all")
                await producer.start()
                self._producer = producer
        return self._producer

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(TimeoutError, KafkaError):
                async with asyncio.timeout(_PATIENCE):
                    await producer.stop()
