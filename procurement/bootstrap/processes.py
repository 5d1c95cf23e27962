"""What runs: the API, the worker, the consumer."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from secrets import token_bytes

from procurement.bootstrap.base import Base, connected, standing, stopped, utc_now
from procurement.bootstrap.contexts import invoicing, purchasing, receiving, suppliers
from procurement.bootstrap.news import subscriptions
from procurement.invoicing.adapters.inbound.deadlines import Deadlines
from procurement.invoicing.adapters.inbound.http import routes as invoicing_routes
from procurement.invoicing.adapters.outbound.ubl import write as write_ubl
from procurement.platform.bell import Bell
from procurement.platform.delivery import Broker
from procurement.platform.http.app import Surroundings, create_app
from procurement.platform.http.auth import Authenticator
from procurement.platform.http.commands import CommandMemory, Commands
from procurement.platform.http.health import Check, Health
from procurement.platform.http.jwks import keys_at
from procurement.platform.http.limits import Limiter
from procurement.platform.http.management import Management, Version
from procurement.platform.http.paging import Cursors
from procurement.platform.http.processes import Api, Background, Task
from procurement.platform.http.server import Site, Stopping
from procurement.platform.http.traffic import Traffic
from procurement.platform.interceptors.stack import stacked
from procurement.platform.kafka.broker import KafkaBroker
from procurement.platform.kafka.consumer import Consumer
from procurement.platform.kafka.dead_letters import KafkaDeadLetters
from procurement.platform.kafka.producer import ProducerOptions
from procurement.platform.postgres.backlog import BacklogWatch
from procurement.platform.postgres.commands import PostgresCommandMemory
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.doorbell import listen
from procurement.platform.postgres.engine import APP_ROLE, RELAY_ROLE
from procurement.platform.postgres.outbox import PostgresRelayOutbox
from procurement.platform.postgres.retention import Retention
from procurement.platform.relay import Relay, RelayOutbox
from procurement.platform.telemetry import ConsumerMeter, HttpMeter, OutboxMeter, service_version
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.inbound.http import routes as purchasing_routes
from procurement.receiving.adapters.inbound.http import routes as receiving_routes
from procurement.settings import Settings
from procurement.supplier.adapters.inbound.http import routes as supplier_routes


@asynccontextmanager
async def assemble_api(settings: Settings) -> AsyncGenerator[Api]:
    async with standing(settings, "api", APP_ROLE) as base:
        memory = stacked(CommandMemory, *base.layers.around_database)
        commands = Commands(memory(PostgresCommandMemory(base.database)), utc_now)
        cursors = Cursors(_cursor_key(settings), utc_now)
        traffic = Traffic(most=4 * settings.db_max_conns)
        base.catalogue.http_requests_in_flight.set_function(lambda: traffic.in_flight)
        health = Health(traffic, [Check("postgres", lambda: _asked(base.database), needed=False)])
        version = Version(service_version(), settings.git_sha)
        around = Surroundings(
            authenticator=Authenticator(
                keys_at(settings.jwks_url), issuer=settings.jwt_issuer, audience=settings.jwt_audience
            ),
            limiter=Limiter(settings.rate_limit, settings.rate_burst),
            traffic=traffic,
            health=health,
            meter=HttpMeter(base.catalogue),
            version=version,
            tracer=base.tracer if settings.otel_exporter_otlp_endpoint else None,
        )
        routers = [
            supplier_routes(suppliers(base), commands, cursors),
            purchasing_routes(purchasing(base), commands, cursors),
            receiving_routes(receiving(base), commands, cursors),
            invoicing_routes(invoicing(base, base.database), commands, cursors, write_ubl),
        ]
        app = create_app(routers, around)
        yield Api(
            Site(app, str(settings.listen_addr), shared=True),
            Site(Management(health, version, base.catalogue.registry), str(settings.management_addr)),
            traffic,
            health,
            Stopping(lead=settings.shutdown_lead, drain=settings.shutdown_drain),
        )


async def _asked(database: Database) -> None:
    await database.fetch("SELECT 1", {})


def _cursor_key(settings: Settings) -> bytes:
    given = settings.cursor_secret
    return sha256(given.get_secret_value().encode()).digest() if given else token_bytes(32)


@asynccontextmanager
async def assemble_worker(settings: Settings) -> AsyncGenerator[Background]:
    """The outbox relay, what is cut with time, and what falls due."""
    async with standing(settings, "worker", RELAY_ROLE) as base, AsyncExitStack() as resources:
        broker = KafkaBroker(ProducerOptions(brokers=",".join(settings.kafka_brokers)), base.tracer)
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
        deadlines = Deadlines(
            invoicing=invoicing(replace(base, database=acting), base.database), clock=utc_now, new_id=uuid7
        )
        backlog = BacklogWatch(base.database, meter.left)
        yield _background(base, relay.run, retention.run, backlog.run, deadlines.run)


@asynccontextmanager
async def assemble_consumer(settings: Settings) -> AsyncGenerator[Background]:
    """What the contexts learn from each other."""
    async with standing(settings, "consumer", APP_ROLE) as base, AsyncExitStack() as resources:
        dead = KafkaDeadLetters(settings.kafka_brokers)
        resources.push_async_callback(dead.close)
        meter = ConsumerMeter(base.catalogue)
        consumers = [
            Consumer(settings.kafka_brokers, subscription, dead, meter, base.tracer)
            for subscription in subscriptions(base)
        ]
        yield _background(base, *(consumer.run for consumer in consumers))


def _background(base: Base, *tasks: Task) -> Background:
    traffic = Traffic()
    health = Health(traffic, [Check("postgres", lambda: _asked(base.database), needed=False)])
    management = Management(
        health, Version(service_version(), base.settings.git_sha), base.catalogue.registry
    )
    return Background(Site(management, str(base.settings.management_addr)), traffic, health, tasks)
