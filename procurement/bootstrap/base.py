"""What every process stands on."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from opentelemetry.trace import Tracer

from procurement.bootstrap.layers import Layers, layers
from procurement.platform.http.health import Check
from procurement.platform.interceptors.after import Afterwards
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.doorbell import Doorbell
from procurement.platform.postgres.engine import Engine, PoolOptions, open_engine
from procurement.platform.telemetry import Catalogue, stop_tracing, tracer_provider, watch_event_loop
from procurement.settings import DatabaseSettings, Settings


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    settings: Settings
    catalogue: Catalogue
    tracer: Tracer
    layers: Layers
    database: Database
    doorbell: Doorbell


@asynccontextmanager
async def standing(settings: Settings, process: str, role: str) -> AsyncGenerator[Base]:
    """Opened in this order, closed in the reverse one: spans are the last to go."""
    async with AsyncExitStack() as resources:
        provider = tracer_provider(settings, process)
        resources.push_async_callback(stop_tracing, provider)
        catalogue, tracer = Catalogue(settings.metrics_namespace), provider.get_tracer("procurement")
        stack = layers(settings, catalogue, tracer)
        engine = await resources.enter_async_context(connected(settings, process, role))
        database = Database(engine, catalogue.db_pool_wait_seconds.observe)
        catalogue.db_pool_in_use.set_function(database.connections.in_use)
        catalogue.db_pool_idle.set_function(database.connections.idle)
        doorbell = Doorbell(settings.database_url.get_secret_value())
        for background in (doorbell.run(), watch_event_loop(catalogue.event_loop_lag_seconds)):
            resources.push_async_callback(stopped, asyncio.create_task(background))
        yield Base(
            settings=settings,
            catalogue=catalogue,
            tracer=tracer,
            layers=stack,
            database=database,
            doorbell=doorbell,
        )


@asynccontextmanager
async def connected(settings: DatabaseSettings, process: str, role: str) -> AsyncGenerator[Engine]:
    """A pool of connections in a role that may do what the process is for, and no more."""
    url = settings.database_url.get_secret_value()
    engine = open_engine(url, role=role, application=f"procurement-{process}", options=pool_options(settings))
    try:
        yield engine
    finally:
        await engine.dispose()


def pool_options(settings: DatabaseSettings) -> PoolOptions:
    return PoolOptions(
        size=settings.db_max_conns,
        acquire_timeout=settings.db_acquire_timeout,
        recycle=settings.db_conn_lifetime,
        statement_timeout=settings.db_statement_timeout,
        lock_timeout=settings.db_lock_timeout,
        prepare=settings.db_prepare,
    )


async def stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


def ring(base: Base) -> Afterwards:
    """Wakes the relay after what may have left an event."""
    return Afterwards(base.doorbell.ring, of=frozenset({"save"}))


def postgres_answers(base: Base) -> Check:
    async def asked() -> None:
        await base.database.fetch("SELECT 1", {})

    return Check("postgres", asked, needed=False)
