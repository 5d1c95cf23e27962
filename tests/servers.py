"""The two real servers of a test session, or the ones it was given; a test that cannot have them fails."""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from procurement.platform.embedded.kafka import EmbeddedKafka
from procurement.platform.embedded.place import home
from procurement.platform.embedded.postgres import EmbeddedPostgres
from procurement.platform.postgres import migrations

OWNER = "procurement_test"


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server with a migrated template; every database is a fresh copy of it."""

    admin_url: str
    template: str
    password: str

    @contextmanager
    def database(self) -> Generator[str]:
        """The URL of a database that nobody else uses; gone afterwards, whoever is still connected."""
        name = f"test_{uuid4().hex[:12]}"
        self._run("CREATE DATABASE {} TEMPLATE {} OWNER {}", name, self.template, OWNER)
        try:
            yield self.url(name)
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    def url(self, database: str) -> str:
        """As the owner of the database, who is no superuser."""
        server = urlsplit(self.admin_url)
        place = server.netloc.rpartition("@")[2]
        return server._replace(netloc=f"{OWNER}:{self.password}@{place}", path=f"/{database}").geturl()

    def drop_template(self) -> None:
        self._run("DROP DATABASE {} WITH (FORCE)", self.template)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def folder() -> Generator[Path]:
    """Open to others, because root's Postgres runs as another user, who could not enter pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="procurement-test-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def embedded_postgres() -> Generator[EmbeddedPostgres]:
    """A server of one's own, to be killed and restarted at will."""
    with folder() as path:
        server = EmbeddedPostgres(path / "postgres", durable=False)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def embedded_kafka() -> Generator[EmbeddedKafka]:
    """A broker of one's own, to be killed and restarted at will."""
    with folder() as path:
        broker = EmbeddedKafka(path / "kafka", jars=home() / "kafka-jars")
        broker.start()
        try:
            yield broker
        finally:
            broker.stop()


@contextmanager
def postgres() -> Generator[Postgres]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        with migrated(given) as server:
            yield server
    else:
        with embedded_postgres() as own, migrated(own.url("postgres")) as server:
            yield server


@contextmanager
def migrated(admin_url: str) -> Generator[Postgres]:
    server = Postgres(admin_url, f"template_{uuid4().hex[:12]}", "secret")
    migrations.ensure_database(admin_url, server.template, OWNER, server.password)
    try:
        migrations.upgrade(server.url(server.template), "heads", lambda _: None)
        yield server
    finally:
        server.drop_template()


@contextmanager
def kafka() -> Generator[str]:
    given = os.environ.get("TEST_KAFKA_BROKERS")
    if given:
        yield given
    else:
        with embedded_kafka() as own:
            yield own.brokers
