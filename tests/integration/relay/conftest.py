from collections.abc import AsyncIterator

import pytest

from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.topics import dead_letter_topic, ensure_topics
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import APP_ROLE, RELAY_ROLE, PoolOptions, open_engine
from tests.integration.relay.group import Group
from tests.integration.relay.kafka_log import a_topic
from tests.integration.relay.stage import PostgresStage


@pytest.fixture(scope="module")
async def app(postgres_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    options = PoolOptions(size=16, acquire_timeout=30)
    engine = open_engine(postgres_url, role=APP_ROLE, application="tests", options=options)
    yield Database(engine)
    await engine.dispose()


@pytest.fixture(scope="module")
async def relay_database(postgres_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    engine = open_engine(
        postgres_url, role=RELAY_ROLE, application="tests-relay", options=PoolOptions(size=16)
    )
    yield Database(engine)
    await engine.dispose()


@pytest.fixture
async def stage(app: Database, relay_database: Database) -> AsyncIterator[PostgresStage]:
    yield PostgresStage(app, relay_database)
    for table in ("outbox_pending", "outbox_parked", "outbox_workers"):
        await relay_database.write(f"DELETE FROM platform.{table} RETURNING 1", {})  # noqa: S608
    await relay_database.write("UPDATE platform.outbox_slots SET owner = NULL RETURNING 1", {})


@pytest.fixture
async def group(kafka_brokers: str) -> Group:
    group = Group(kafka_brokers, await a_topic(kafka_brokers))
    await ensure_topics(
        KafkaAccess(kafka_brokers), [dead_letter_topic(group.topic, group.group)], partitions=3
    )
    return group
