"""The composition root: the one module that knows all the others."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_bytes

import structlog
from opentelemetry.trace import Tracer
from sqlalchemy.ext.asyncio import AsyncEngine

from procurement.kernel.errors import Interrupted, Stale, Unavailable
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
from procurement.platform.interceptors.after import Afterwards, Tally
from procurement.platform.interceptors.breaker import Breaker, CircuitWatch
from procurement.platform.interceptors.deadline import Deadline
from procurement.platform.interceptors.log import Log
from procurement.platform.interceptors.metrics import Metrics
from procurement.platform.interceptors.retry import Retry, RetryBudget, RetryPolicy, exactly
from procurement.platform.interceptors.stack import Layer, stacked
from procurement.platform.interceptors.trace import Trace
from procurement.platform.kafka.broker import KafkaBroker
from procurement.platform.kafka.consumer import Consumer, Subscription
from procurement.platform.kafka.dead_letters import KafkaDeadLetters
from procurement.platform.kafka.producer import ProducerOptions
from procurement.platform.kafka.topics import dead_letter_topic
from procurement.platform.postgres.backlog import BacklogWatch
from procurement.platform.postgres.commands import PostgresCommandMemory
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.doorbell import Doorbell, listen
from procurement.platform.postgres.engine import APP_ROLE, RELAY_ROLE, PoolOptions, open_engine
from procurement.platform.postgres.outbox import PostgresRelayOutbox
from procurement.platform.postgres.retention import Retention
from procurement.platform.relay import Relay, RelayOutbox
from procurement.platform.telemetry import (
    Catalogue,
    ConsumerMeter,
    HttpMeter,
    OutboxMeter,
    service_version,
    stop_tracing,
    tracer_provider,
    watch_event_loop,
)
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.inbound import kafka as purchasing_kafka
from procurement.purchasing.adapters.inbound import receipt_news as purchasing_receipts
from procurement.purchasing.adapters.inbound.http import routes as purchasing_routes
from procurement.purchasing.adapters.outbound import events as purchasing_events
from procurement.purchasing.adapters.outbound.events import EncodePurchaseOrder, EncodePurchasingPolicy
from procurement.purchasing.adapters.outbound.postgres import (
    PostgresOrderReceipts,
    PostgresPolicies,
    PostgresPurchaseOrders,
    PostgresSupplierStandings,
)
from procurement.purchasing.app.ports import (
    OrderReceipts,
    Policies,
    PurchaseOrders,
    Purchasing,
    SupplierStandings,
)
from procurement.purchasing.app.service import PurchasingService
from procurement.receiving.adapters.inbound import kafka as receiving_kafka
from procurement.receiving.adapters.inbound.http import routes as receiving_routes
from procurement.receiving.adapters.outbound import events as receiving_events
from procurement.receiving.adapters.outbound import postgres as receiving_postgres
from procurement.receiving.app import ports as receiving_ports
from procurement.receiving.app.service import ReceivingService
from procurement.settings import DatabaseSettings, Settings
from procurement.supplier.adapters.inbound.http import routes as supplier_routes
from procurement.supplier.adapters.outbound import events as supplier_events
from procurement.supplier.adapters.outbound.events import EncodeSupplier
from procurement.supplier.adapters.outbound.postgres import PostgresSuppliers
from procurement.supplier.app.ports import SupplierMaster, Suppliers
from procurement.supplier.app.service import SupplierService

_READS = frozenset(
    {
        "for_change",
        "get",
        "open",
        "opening",
        "page",
        "history",
        "disputable",
        "standing",
        "expected",
        "current",
    }
    | {"sharing", "sums", "recall"}
)

_PUBLISH_DEADLINE = 15.0
"""Seconds for one batch; the broker's adapter gives up its own awaits long before."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Layers:
    """What is stacked around the ports. The order is the argument: see docs/adr/0005-interceptors.md."""

    around_database: tuple[Layer, ...]
    around_broker: tuple[Layer, ...]
    around_use_cases: tuple[Layer, ...]


def layers(settings: Settings, catalogue: Catalogue, tracer: Tracer) -> Layers:
    """Outermost first: metrics, trace, retry, breaker, deadline, log. Around a port only what certainly did
    nothing is tried again; around the use case the whole of it is, under the same command id."""
    log = structlog.get_logger()
    metrics = Metrics(catalogue.repo_calls_total, catalogue.repo_call_duration_seconds)
    policy = RetryPolicy(
        attempts=settings.retry_max_attempts, base=settings.retry_base_delay, cap=settings.retry_max_delay
    )
    retries = catalogue.retry_attempts_total

    def around(dependency: str, deadline: Deadline) -> tuple[Layer, ...]:
        watch = CircuitWatch(dependency, catalogue.breaker_state, catalogue.breaker_transitions_total, log)
        return (
            metrics,
            Trace(tracer),
            Retry(Unavailable, policy=policy, attempts=retries, budget=RetryBudget()),
            Breaker(dependency, listeners=[watch]),
            deadline,
            Log(log),
        )

    return Layers(
        around_database=around("postgres", Deadline(settings.db_statement_timeout + 1, reads=_READS)),
        around_broker=around("kafka", Deadline(_PUBLISH_DEADLINE)),
        around_use_cases=(
            metrics,
            Trace(tracer),
            Retry(exactly(Stale), Interrupted, policy=policy, attempts=retries),
            Log(log),
        ),
    )


def pool_options(settings: DatabaseSettings) -> PoolOptions:
    return PoolOptions(
        size=settings.db_max_conns,
        acquire_timeout=settings.db_acquire_timeout,
        recycle=settings.db_conn_lifetime,
        statement_timeout=settings.db_statement_timeout,
        lock_timeout=settings.db_lock_timeout,
        prepare=settings.db_prepare,
    )


TOPICS = (
    purchasing_events.TOPIC,
    purchasing_events.POLICY_TOPIC,
    supplier_events.TOPIC,
    receiving_events.TOPIC,
    receiving_events.POLICY_TOPIC,
    dead_letter_topic(supplier_events.TOPIC, purchasing_kafka.CONSUMER),
    dead_letter_topic(purchasing_events.TOPIC, receiving_kafka.CONSUMER),
    dead_letter_topic(receiving_events.TOPIC, purchasing_receipts.CONSUMER),
)
"""Every topic there is; `procurement topics` makes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What every process stands on."""

    settings: Settings
    catalogue: Catalogue
    tracer: Tracer
    layers: Layers
    engine: AsyncEngine
    database: Database
    doorbell: Doorbell


@asynccontextmanager
async def standing(settings: Settings, process: str, role: str) -> AsyncGenerator[Base]:
    """Opened in this order, closed in the reverse one: spans are the last to go."""
    async with AsyncExitStack() as resources:
        provider = tracer_provider(settings, process)
        resources.push_async_callback(stop_tracing, provider)
        catalogue, tracer = Catalogue(settings.metrics_namespace), provider.get_tracer("procurement")
        url = settings.database_url.get_secret_value()
        engine = open_engine(
            url, role=role, application=f"procurement-{process}", options=pool_options(settings)
        )
        resources.push_async_callback(engine.dispose)
        database, stack = (
            Database(engine, catalogue.db_pool_wait_seconds.observe),
            layers(settings, catalogue, tracer),
        )
        catalogue.db_pool_in_use.set_function(database.connections.in_use)
        catalogue.db_pool_idle.set_function(database.connections.idle)
        doorbell = Doorbell(url)
        for background in (doorbell.run(), watch_event_loop(catalogue.event_loop_lag_seconds)):
            resources.push_async_callback(_stopped, asyncio.create_task(background))
        yield Base(
            settings=settings,
            catalogue=catalogue,
            tracer=tracer,
            layers=stack,
            engine=engine,
            database=database,
            doorbell=doorbell,
        )


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


def purchasing(base: Base) -> Purchasing:
    ring = Afterwards(base.doorbell.ring, of=frozenset({"save"}))
    orders = stacked(PurchaseOrders, *base.layers.around_database, ring)
    standings = stacked(SupplierStandings, *base.layers.around_database)
    receipts = stacked(OrderReceipts, *base.layers.around_database)
    policies = stacked(Policies, *base.layers.around_database, ring)
    approvals = Tally(base.catalogue.po_approvals_total, {"approve": "approved", "reject": "rejected"})
    return stacked(Purchasing, *base.layers.around_use_cases, approvals)(
        PurchasingService(
            orders(PostgresPurchaseOrders(base.database, EncodePurchaseOrder(uuid7))),
            standings(PostgresSupplierStandings(base.database)),
            receipts(PostgresOrderReceipts(base.database)),
            policies(PostgresPolicies(base.database, EncodePurchasingPolicy(uuid7))),
            utc_now,
            uuid7,
        )
    )


def receiving(base: Base) -> receiving_ports.Receiving:
    ring = Afterwards(base.doorbell.ring, of=frozenset({"save"}))
    receipts = stacked(receiving_ports.GoodsReceipts, *base.layers.around_database, ring)
    expectations = stacked(receiving_ports.Expectations, *base.layers.around_database)
    policies = stacked(receiving_ports.Policies, *base.layers.around_database, ring)
    known = receiving_postgres.PostgresExpectations(base.database)
    decided = receiving_postgres.PostgresPolicies(
        base.database, receiving_events.EncodeReceivingPolicy(uuid7)
    )
    encode = receiving_events.EncodeGoodsReceipt(uuid7)
    return stacked(receiving_ports.Receiving, *base.layers.around_use_cases)(
        ReceivingService(
            receipts(receiving_postgres.PostgresGoodsReceipts(base.database, encode, known, decided)),
            expectations(known),
            policies(decided),
            uuid7,
        )
    )


def suppliers(base: Base) -> SupplierMaster:
    ring = Afterwards(base.doorbell.ring, of=frozenset({"save"}))
    records = stacked(Suppliers, *base.layers.around_database, ring)
    return stacked(SupplierMaster, *base.layers.around_use_cases)(
        SupplierService(records(PostgresSuppliers(base.database, EncodeSupplier(uuid7))), utc_now, uuid7)
    )


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
            tracer=base.tracer,
        )
        routers = [
            supplier_routes(suppliers(base), commands, cursors),
            purchasing_routes(purchasing(base), commands, cursors),
            receiving_routes(receiving(base), commands, cursors),
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
    """The outbox relay, and what is cut with time."""
    async with standing(settings, "worker", RELAY_ROLE) as base, AsyncExitStack() as resources:
        broker = KafkaBroker(ProducerOptions(brokers=",".join(settings.kafka_brokers)), base.tracer)
        resources.push_async_callback(broker.close)
        bell = Bell()
        listening = listen(settings.database_url.get_secret_value(), bell)
        resources.push_async_callback(_stopped, asyncio.create_task(listening))
        meter = OutboxMeter(base.catalogue)
        relay = Relay(
            stacked(RelayOutbox, *base.layers.around_database)(PostgresRelayOutbox(base.database, uuid7())),
            stacked(Broker, *base.layers.around_broker)(broker),
            bell,
            meter,
        )
        retention = Retention(database=base.database, clock=utc_now)
        yield _background(base, relay.run, retention.run, BacklogWatch(base.database, meter.left).run)


@asynccontextmanager
async def assemble_consumer(settings: Settings) -> AsyncGenerator[Background]:
    """What the contexts learn from each other."""
    async with standing(settings, "consumer", APP_ROLE) as base, AsyncExitStack() as resources:
        dead = KafkaDeadLetters(settings.kafka_brokers)
        resources.push_async_callback(dead.close)
        subscriptions = [
            Subscription(
                purchasing_kafka.CONSUMER,
                (purchasing_kafka.TOPIC,),
                purchasing_kafka.supplier_news(purchasing(base), utc_now),
            ),
            Subscription(
                purchasing_receipts.CONSUMER,
                (purchasing_receipts.TOPIC,),
                purchasing_receipts.receipt_news(purchasing(base), utc_now),
            ),
            Subscription(
                receiving_kafka.CONSUMER,
                (receiving_kafka.TOPIC,),
                receiving_kafka.order_news(receiving(base)),
            ),
        ]
        meter = ConsumerMeter(base.catalogue)
        consumers = [
            Consumer(settings.kafka_brokers, subscription, dead, meter, base.tracer)
            for subscription in subscriptions
        ]
        yield _background(base, *(consumer.run for consumer in consumers))


def _background(base: Base, *tasks: Task) -> Background:
    traffic = Traffic()
    health = Health(traffic, [Check("postgres", lambda: _asked(base.database), needed=False)])
    management = Management(
        health, Version(service_version(), base.settings.git_sha), base.catalogue.registry
    )
    return Background(Site(management, str(base.settings.management_addr)), traffic, health, tasks)
