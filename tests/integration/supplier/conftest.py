from collections.abc import AsyncGenerator

import pytest

from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import APP_ROLE, PoolOptions, open_engine
from procurement.platform.uuid7 import uuid7
from procurement.supplier.adapters.outbound.events import EncodeSupplier
from procurement.supplier.adapters.outbound.postgres import PostgresSuppliers


@pytest.fixture
async def database(postgres_url: str) -> AsyncGenerator[Database]:
    options = PoolOptions(size=20, acquire_timeout=30.0)
    engine = open_engine(postgres_url, role=APP_ROLE, application="supplier tests", options=options)
    yield Database(engine)
    await engine.dispose()


@pytest.fixture
def suppliers(database: Database) -> PostgresSuppliers:
    return PostgresSuppliers(database, EncodeSupplier(uuid7))
