"""Fixtures for all tests. The servers start when the first test asks for them; unit tests never do."""

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests import servers

BUSY = [HealthCheck.too_slow]  # a broker and a database share the machine: slow says nothing of the test
settings.register_profile("dev", deadline=None, max_examples=50, suppress_health_check=BUSY)
settings.register_profile(
    "ci", deadline=None, max_examples=200, derandomize=True, print_blob=True, suppress_health_check=BUSY
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_server() -> Generator[servers.Postgres]:
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="module")
def postgres_url(postgres_server: servers.Postgres) -> Generator[str]:
    """A fresh, migrated database for each module of tests."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(scope="session")
def kafka_brokers() -> Generator[str]:
    with servers.kafka() as brokers:
        yield brokers
