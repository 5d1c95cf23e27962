"""Bring a database to the version this release needs: one migrator at a time, never in the way for long."""

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
from alembic.util import CommandError
from psycopg import sql
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

import procurement
from procurement.platform.postgres.engine import sqlalchemy_url

Say: TypeAlias = Callable[[str], None]

_ONE_AT_A_TIME = 0x70726F63
"""Advisory lock; databases do not share it."""
_LOCK_TIMEOUT = "3s"
_ATTEMPTS = 10
_ASK_AGAIN = 0.5


class NoDatabase(Exception):
    """There is nobody to migrate: the server or the database cannot be reached."""


class MigrationFailed(Exception):
    """The migration that failed was rolled back; those before it are kept."""


def upgrade(url: str, target: str, say: Say) -> None:
    _one_at_a_time(url, say, lambda config: command.upgrade(config, target))


def downgrade(url: str, target: str, say: Say) -> None:
    _one_at_a_time(url, say, lambda config: command.downgrade(config, target))


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
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise NoDatabase(f"Postgres cannot be reached: {error.orig}") from error
    with connection:
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


def _one_at_a_time(url: str, say: Say, migrate: Callable[[Config], None]) -> None:
    with connected(url) as guard:
        _wait_for_our_turn(guard.execution_options(isolation_level="AUTOCOMMIT"), say)
        try:
            _patiently(url, say, migrate)
        except (CommandError, SQLAlchemyError) as error:
            raise MigrationFailed(str(error)) from error


def _wait_for_our_turn(guard: Connection, say: Say) -> None:
    """The lock lives as long as its connection, outside any transaction, and is polled: a snapshot that waits
    here would hold up the very index that is being built concurrently."""
    ask = text("SELECT pg_try_advisory_lock(:lock)")
    told = False
    while not guard.execute(ask, {"lock": _ONE_AT_A_TIME}).scalar_one():
        if not told:
            say("another migration is running; waiting for it")
        told = True
        time.sleep(_ASK_AGAIN)


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
