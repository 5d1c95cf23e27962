"""Servers of one's own, to be killed and restarted at will, and the platform on them."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from procurement.bootstrap.topics import TOPICS
from procurement.platform.embedded.kafka import EmbeddedKafka
from procurement.platform.embedded.postgres import EmbeddedPostgres
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.topics import ensure_topics
from tests import servers
from tests.e2e.evidence import Books
from tests.e2e.platform import Platform, a_platform, running


@dataclass(frozen=True)
class Field:
    postgres: EmbeddedPostgres
    kafka: EmbeddedKafka
    books: Books
    platform: Platform


@contextmanager
def durable_postgres() -> Generator[EmbeddedPostgres]:
    """With fsync: what it acknowledged it must have after a kill -9."""
    with servers.folder() as path:
        server = EmbeddedPostgres(path / "postgres")
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def a_field(folder: Path) -> Generator[Field]:
    with (
        durable_postgres() as postgres,
        servers.embedded_kafka() as kafka,
        servers.migrated(postgres.url("postgres")) as databases,
        databases.database() as url,
    ):
        asyncio.run(ensure_topics(KafkaAccess(kafka.brokers), TOPICS))
        books = Books(postgres.url(url.rpartition("/")[2]))
        with running(a_platform(url, kafka.brokers, folder, LOG_LEVEL="warn")) as platform:
            yield Field(postgres, kafka, books, platform)
