"""Postgres and Kafka for `procurement dev`: the user's own, or real ones of ours beside him."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from procurement.entrypoints.screen import Screen
from procurement.platform.embedded.kafka import EmbeddedKafka
from procurement.platform.embedded.place import home, port_near
from procurement.platform.embedded.postgres import EmbeddedPostgres
from procurement.platform.postgres.migrations import ensure_database

POSTGRES_PORT = 15432
KAFKA_PORT = 19092
DATABASE = OWNER = "procurement"


@dataclass(frozen=True, slots=True)
class Services:
    database_url: str
    brokers: str
    ours: tuple[EmbeddedPostgres | EmbeddedKafka, ...]
    """Those we started and must watch."""


@contextmanager
def services(screen: Screen) -> Generator[Services]:
    with _database(screen) as (url, postgres), _brokers(screen) as (brokers, kafka):
        yield Services(url, brokers, tuple(one for one in (postgres, kafka) if one is not None))


@contextmanager
def _database(screen: Screen) -> Generator[tuple[str, EmbeddedPostgres | None]]:
    if given := os.environ.get("DATABASE_URL"):
        screen.step("Postgres: yours (DATABASE_URL)")
        yield given, None
        return
    server = EmbeddedPostgres(home() / "postgres", port=_port(screen, "Postgres", POSTGRES_PORT))
    with screen.doing(f"Postgres 18 on port {server.port}, data in {server.folder}"):
        server.start()
    try:
        ensure_database(server.url("postgres"), DATABASE, OWNER, server.password)
        yield server.url(DATABASE, OWNER), server
    finally:
        with screen.doing("Postgres stops"):
            server.stop()


@contextmanager
def _brokers(screen: Screen) -> Generator[tuple[str, EmbeddedKafka | None]]:
    if given := os.environ.get("KAFKA_BROKERS"):
        screen.step("Kafka: yours (KAFKA_BROKERS)")
        yield given, None
        return
    with screen.bar("Kafka 4 is fetched, once") as progress:
        broker = EmbeddedKafka(
            home() / "kafka",
            jars=home() / "kafka-jars",
            port=_port(screen, "Kafka", KAFKA_PORT),
            progress=progress,
        )
        broker.fetch()
    with screen.doing(f"Kafka 4 on port {broker.port}, data in {home() / 'kafka'}"):
        broker.start()
    try:
        yield broker.brokers, broker
    finally:
        with screen.doing("Kafka stops"):
            broker.stop()


def _port(screen: Screen, name: str, wanted: int) -> int:
    port = port_near(wanted)
    if port != wanted:
        screen.warn(f"port {wanted} is taken by another program; {name} takes {port}")
    return port
