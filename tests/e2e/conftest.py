"""One platform for the tests that do it no harm."""

import asyncio
from collections.abc import Generator

import pytest

from procurement.bootstrap import TOPICS
from procurement.platform.kafka.topics import ensure_topics
from tests.e2e.field import Field, a_field
from tests.e2e.platform import Platform, a_platform, running
from tests.servers import Postgres


@pytest.fixture(scope="session")
def platform(
    postgres_server: Postgres, kafka_brokers: str, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Platform]:
    asyncio.run(ensure_topics(kafka_brokers, TOPICS))
    folder = tmp_path_factory.mktemp("platform")
    with postgres_server.database() as url, running(a_platform(url, kafka_brokers, folder)) as platform:
        yield platform


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Generator[Field]:
    with a_field(tmp_path_factory.mktemp("field")) as field:
        yield field
