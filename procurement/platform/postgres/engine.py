"""The connection pool: SQLAlchemy owns it, every session is bounded in time and switched to its role."""

from dataclasses import dataclass

import sqlalchemy
from sqlalchemy import PoolProxiedConnection, QueuePool
from sqlalchemy.engine import make_url
from sqlalchemy.util import greenlet_spawn

APP_ROLE = "procurement_app"
"""Sees one tenant at a time: row-level security holds for it even where a statement forgets the tenant."""

RELAY_ROLE = "procurement_relay"
"""Sees the outbox of every tenant and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOptions:
    size: int = 8
    acquire_timeout: float = 1.0
    """Seconds a caller waits for a connection before he is turned away."""
    recycle: float = 1800.0
    connect_timeout: int = 3
    statement_timeout: float = 5.0
    lock_timeout: float = 2.0
    idle_in_transaction_timeout: float = 10.0
    prepare: bool = True
    """False behind a pooler that cannot keep prepared statements."""


class Engine:
    """SQLAlchemy's engine and its pool, awaited. sqlalchemy.ext.asyncio has such a one, too, but imports the
    ORM with it, and that is 8 MB in every process for nothing."""

    def __init__(self, engine: sqlalchemy.Engine, *, prepare: bool) -> None:
        self.sync_engine, self.prepare = engine, prepare

    @property
    def pool(self) -> QueuePool:
        pool: QueuePool = self.sync_engine.pool  # type: ignore[assignment]
        return pool

    async def raw_connection(self) -> PoolProxiedConnection:
        return await greenlet_spawn(self.sync_engine.raw_connection)

    async def dispose(self) -> None:
        await greenlet_spawn(self.sync_engine.dispose)


def sqlalchemy_url(url: str) -> str:
    """Accept what people paste: postgres:// and postgresql:// mean psycopg here."""
    return (
        make_url(url.replace("postgres://", "postgresql://", 1))
        .set(drivername="postgresql+psycopg")
        .render_as_string(hide_password=False)
    )


def plain_url(url: str) -> str:
    """The same for psycopg itself, where a connection lives outside the pool."""
    return make_url(sqlalchemy_url(url)).set(drivername="postgresql").render_as_string(hide_password=False)


def open_engine(url: str, *, role: str, application: str, options: PoolOptions) -> Engine:
    """Autocommit: a statement is atomic by itself, and transactions are begun by name (database.py)."""
    session = {
        "role": role,
        "statement_timeout": int(options.statement_timeout * 1000),
        "lock_timeout": int(options.lock_timeout * 1000),
        "idle_in_transaction_session_timeout": int(options.idle_in_transaction_timeout * 1000),
        "client_connection_check_interval": 2000,
        "plan_cache_mode": "force_generic_plan",
        "timezone": "UTC",
    }
    engine = sqlalchemy.create_engine(
        make_url(sqlalchemy_url(url)).set(drivername="postgresql+psycopg_async"),
        isolation_level="AUTOCOMMIT",
        pool_size=options.size,
        max_overflow=0,
        pool_timeout=options.acquire_timeout,
        pool_recycle=options.recycle,
        pool_use_lifo=True,
        pool_reset_on_return=None,  # database.py leaves every connection idle, or invalidates it
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
            "connect_timeout": options.connect_timeout,
            "application_name": application,
            "prepare_threshold": None,  # wire.py prepares
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
        },
    )
    return Engine(engine, prepare=options.prepare)
