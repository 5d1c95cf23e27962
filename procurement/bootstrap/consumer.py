"""The process that takes in what is told over Kafka."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from procurement.bootstrap.background import background
from procurement.bootstrap.base import standing
from procurement.bootstrap.news import subscriptions
from procurement.platform.http.processes import Background
from procurement.platform.interceptors.stack import stacked
from procurement.platform.kafka.consumer import Consumer, DeadLetters
from procurement.platform.kafka.dead_letters import KafkaDeadLetters
from procurement.platform.postgres.engine import APP_ROLE
from procurement.platform.telemetry import ConsumerMeter
from procurement.settings import BackgroundSettings


@asynccontextmanager
async def assemble_consumer(settings: BackgroundSettings) -> AsyncGenerator[Background]:
    """What the contexts learn from each other."""
    async with standing(settings, "consumer", APP_ROLE) as base, AsyncExitStack() as resources:
        kafka = settings.kafka
        dead = KafkaDeadLetters(kafka)
        resources.push_async_callback(dead.close)
        parking = stacked(DeadLetters, *base.layers.around_broker)(dead)
        meter = ConsumerMeter(base.catalogue)
        consumers = [
            Consumer(kafka, subscription, parking, meter, base.tracer) for subscription in subscriptions(base)
        ]
        yield background(base, kafka, *(consumer.run for consumer in consumers))
