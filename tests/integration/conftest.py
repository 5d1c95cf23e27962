"""Databases as the processes see them: each role on a pool of its own."""

from collections.abc import AsyncIterator

import pytest

from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import APP_ROLE, RELAY_ROLE, PoolOptions, open_engine


@pytest.fixture(scope="module")
async def database(postgres_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    engine = open_engine(postgres_url, role=APP_ROLE, application="tests", options=PoolOptions())
    yield Database(engine)
    await engine.dispose()


@pytest.fixture(scope="module")
async def across_tenants(postgres_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    engine = open_engine(postgres_url, role=RELAY_ROLE, application="tests", options=PoolOptions(size=1))
    yield Database(engine)
    await engine.dispose()
