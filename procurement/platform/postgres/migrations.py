"""Bring a database to the version this release needs: one migrator at a time, never in the way for long."""

import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeAlias

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import OperationalError
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

import procurement
from procurement.platform.postgres.engine import sqlalchemy_url

Say: TypeAlias = Callable[[str], None]

_ONE_AT_A_TIME = 0x70726F63
"""Advisory lock; databases do not share it."""
_LOCK_TIMEOUT = "3s"
_ATTEMPTS = 10
_ASK_AGAIN = 0.5


def upgrade(url: str, target: str, say: Say) -> None:
    with _only_migrator(url, say):
        _patiently(url, say, lambda config: command.upgrade(config, target))


def downgrade(url: str, target: str, say: Say) -> None:
    with _only_migrator(url, say):
        _patiently(url, say, lambda config: command.downgrade(config, target))


def print_sql(target: str, out: TextIO) -> None:
    """The whole script, for a database administrator to read and run."""
    command.upgrade(_config(output_buffer=out), target, sql=True)


def pending(url: str) -> list[str]:
    """What this release has and the database has not, oldest first."""
    script = ScriptDirectory.from_config(_config())
    with connected(url) as connection:
        heads = MigrationContext.configure(
            connection, opts={"version_table_schema": "public"}
        ).get_current_heads()
    missing = script.iterate_revisions("heads", heads or "base")
    return [f"{step.revision} {step.doc}" for step in reversed(list(missing))]


def ensure_database(admin_url: str, name: str, owner: str, password: str) -> None:
    """A database and its owner, who may create roles but is no superuser."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (owner,)).fetchone():
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE").format(sql.Identifier(owner)))
        admin.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(owner), sql.Literal(password))
        )
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner))
            )


def address_from_environment() -> str:
    """MIGRATION_DATABASE_URL or DATABASE_URL; each may be given as a file that holds it (…_FILE)."""
    for name in ("MIGRATION_DATABASE_URL", "DATABASE_URL"):
        if file := os.environ.get(f"{name}_FILE"):
            return Path(file).read_text().strip()
        if url := os.environ.get(name):
            return url
    raise LookupError("no database is named: set MIGRATION_DATABASE_URL or DATABASE_URL")


@contextmanager
def connected(url: str) -> Generator[Connection]:
    engine = create_engine(
        sqlalchemy_url(url),
        poolclass=NullPool,
        connect_args={
            "options": f"-c lock_timeout={_LOCK_TIMEOUT} -c timezone=UTC",
            "connect_timeout": 5,
            "application_name": "procurement migrate",
        },
    )
    with engine.connect() as connection:
        yield connection


def _config(**options: Any) -> Config:
    config = Config(**options)
    config.set_main_option("script_location", str(_scripts()).replace("%", "%%"))
    return config


def _scripts() -> Path:
    """In an installed package beside the code, in the source tree at the top."""
    package = Path(procurement.__file__).parent
    packaged = package / "_alembic"
    return packaged if packaged.exists() else package.parent / "alembic"


@contextmanager
def _only_migrator(url: str, say: Say) -> Generator[None]:
    """Held on a connection of its own, outside any transaction, and polled: a snapshot that waits here would
    hold up the very index that is being built concurrently."""
    dsn = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as guard:
        told = False
        while not _taken(guard):
            if not told:
                say("another migration is running; waiting for it")
            told = True
            time.sleep(_ASK_AGAIN)
        yield


def _taken(guard: psycopg.Connection) -> bool:
    row = guard.execute("SELECT pg_try_advisory_lock(%s)", (_ONE_AT_A_TIME,)).fetchone()
    return bool(row and row[0])


def _patiently(url: str, say: Say, migrate: Callable[[Config], None]) -> None:
    """A migration that cannot have its lock within three seconds steps back, lets the work behind it pass,
    and tries again: migrations done so far are kept."""
    for attempt in Retrying(
        retry=retry_if_exception(_could_not_lock),
        wait=wait_random_exponential(multiplier=1, max=15),
        stop=stop_after_attempt(_ATTEMPTS),
        before_sleep=lambda state: say(f"a table is in use; attempt {state.attempt_number} stepped back"),
        reraise=True,
    ):
        with attempt, connected(url) as connection:
            migrate(_config(attributes={"connection": connection, "on_version_apply": _telling(say)}))


def _could_not_lock(error: BaseException) -> bool:
    return isinstance(error, OperationalError) and isinstance(error.orig, psycopg.errors.LockNotAvailable)


def _telling(say: Say) -> Callable[..., None]:
    def tell(*, step: Any, **_: Any) -> None:
        direction = "applied" if step.is_upgrade else "took back"
        say(f"{direction} {(step.up_revision or step.down_revisions[0]).doc}")

    return tell
