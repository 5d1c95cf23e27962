"""A group of consumers on a real Kafka, and what it did."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from opentelemetry.trace import get_tracer

from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.consumer import Consumer, ConsumerOptions, DeadLetters, Received, Subscription
from procurement.platform.kafka.dead_letters import KafkaDeadLetters

OPTIONS = ConsumerOptions(base=0.01, cap=0.1)


@dataclass
class Meter:
    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lag: dict[int, int] = field(default_factory=dict)

    def handled(self, group: str, outcome: str, records: int = 1) -> None:
        self.outcomes[outcome] += records

    def lags(self, group: str, topic: str, partition: int, records: int) -> None:
        self.lag[partition] = records


Handle = Callable[[Received], Awaitable[None]]
HandleAll = Callable[[Sequence[Received]], Awaitable[None]]


@dataclass
class Group:
    brokers: str
    topic: str
    group: str = field(default_factory=lambda: f"group-{uuid4().hex}")
    meter: Meter = field(default_factory=Meter)

    @asynccontextmanager
    async def member(
        self,
        handle: Handle,
        options: ConsumerOptions = OPTIONS,
        handle_all: HandleAll | None = None,
        dead: DeadLetters | None = None,
    ) -> AsyncIterator[None]:
        subscription = Subscription(self.group, (self.topic,), handle, handle_all)
        buried = KafkaDeadLetters(KafkaAccess(self.brokers))
        consumer = Consumer(
            KafkaAccess(self.brokers), subscription, dead or buried, self.meter, get_tracer("test"), options
        )
        stop = asyncio.Event()
        task = asyncio.create_task(consumer.run(stop))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(task, 30)
            await buried.close()

    async def send(self, *messages: tuple[str, str], subject: str = "") -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.brokers) as producer:
            for key, value in messages:
                headers = [("n", value.encode()), ("ce_subject", subject.encode())]
                await producer.send(self.topic, value.encode(), key.encode(), headers=headers)


class Seen(list[str]):
    async def __call__(self, received: Received) -> None:
        self.append((received.value or b"").decode())
