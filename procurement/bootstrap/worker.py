"""The process that publishes what happened, and does what is due."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from procurement.bootstrap.background import background
from procurement.bootstrap.base import connected, standing, stopped, utc_now
from procurement.bootstrap.contexts.invoicing import invoicing
from procurement.bootstrap.contexts.purchasing import purchasing
from procurement.invoicing.adapters.inbound.deadlines import deadlines
from procurement.platform.bell import Bell
from procurement.platform.delivery import Broker
from procurement.platform.http.processes import Background
from procurement.platform.interceptors.stack import stacked
from procurement.platform.kafka.broker import KafkaBroker
from procurement.platform.kafka.producer import ProducerOptions
from procurement.platform.postgres.backlog import BacklogWatch
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.doorbell import listen
from procurement.platform.postgres.engine import APP_ROLE, RELAY_ROLE
from procurement.platform.postgres.outbox import PostgresRelayOutbox
from procurement.platform.postgres.retention import Retention
from procurement.platform.relay import Relay, RelayOutbox
from procurement.platform.telemetry import OutboxMeter
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.inbound.escalations import escalations
from procurement.settings import BackgroundSettings


@asynccontextmanager
async def assemble_worker(settings: BackgroundSettings) -> AsyncGenerator[Background]:
    """The outbox relay, what is cut with time, and what falls due."""
    async with standing(settings, "worker", RELAY_ROLE) as base, AsyncExitStack() as resources:
        kafka = settings.kafka
        broker = KafkaBroker(ProducerOptions(kafka=kafka), base.tracer)
        resources.push_async_callback(broker.close)
        bell = Bell()
        listening = listen(settings.database_url.get_secret_value(), bell)
        resources.push_async_callback(stopped, asyncio.create_task(listening))
        meter = OutboxMeter(base.catalogue)
        relay = Relay(
            stacked(RelayOutbox, *base.layers.around_database)(PostgresRelayOutbox(base.database, uuid7())),
            stacked(Broker, *base.layers.around_broker)(broker),
            bell,
            meter,
        )
        retention = Retention(database=base.database, clock=utc_now)
        acting = Database(await resources.enter_async_context(connected(settings, "worker", APP_ROLE)))
        for_a_tenant = replace(base, database=acting)
        late_invoices = deadlines(invoicing(for_a_tenant, base.database), utc_now, uuid7)
        late_approvals = escalations(purchasing(for_a_tenant, base.database), utc_now, uuid7)
        backlog = BacklogWatch(base.database, meter.left)
        tasks = relay.run, retention.run, backlog.run, late_invoices.run, late_approvals.run
        yield background(base, kafka, *tasks)
