"""One platform for the tests that do it no harm, and one of their own for those that do."""

import asyncio
from collections.abc import Generator

import pytest

from procurement.bootstrap.topics import TOPICS
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.topics import ensure_topics
from tests import servers
from tests.e2e.field import Field, a_field
from tests.e2e.platform import Platform, a_platform, running


@pytest.fixture(scope="session")
def platform(
    postgres_server: servers.Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Platform]:
    """With a broker of its own: on a shared one its consumer would be in one group with those of other tests,
    and take in their news."""
    folder = tmp_path_factory.mktemp("platform")
    with servers.embedded_kafka() as kafka, postgres_server.database() as url:
        asyncio.run(ensure_topics(KafkaAccess(kafka.brokers), TOPICS))
        with running(a_platform(url, kafka.brokers, folder)) as platform:
            yield platform


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Generator[Field]:
    with a_field(tmp_path_factory.mktemp("field")) as field:
        yield field
