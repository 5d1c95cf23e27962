from collections.abc import AsyncIterator

import pytest

from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import APP_ROLE, PoolOptions, open_engine


@pytest.fixture(scope="module")
async def database(postgres_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    engine = open_engine(postgres_url, role=APP_ROLE, application="tests", options=PoolOptions())
    yield Database(engine)
    await engine.dispose()
