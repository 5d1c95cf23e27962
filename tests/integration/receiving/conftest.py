from collections.abc import AsyncIterator

import pytest

from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import APP_ROLE, PoolOptions, open_engine
from procurement.platform.uuid7 import uuid7
from procurement.receiving.adapters.outbound.events import EncodeGoodsReceipt, EncodeReceivingPolicy
from procurement.receiving.adapters.outbound.postgres import (
    PostgresExpectations,
    PostgresGoodsReceipts,
    PostgresPolicies,
)
from tests.contracts.receiving import Ports


@pytest.fixture(scope="module")
async def database(postgres_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    engine = open_engine(postgres_url, role=APP_ROLE, application="tests", options=PoolOptions())
    yield Database(engine)
    await engine.dispose()


@pytest.fixture
def ports(database: Database) -> Ports:
    expectations = PostgresExpectations(database)
    policies = PostgresPolicies(database, EncodeReceivingPolicy(uuid7))
    receipts = PostgresGoodsReceipts(database, EncodeGoodsReceipt(uuid7), expectations, policies)
    return Ports(receipts, expectations, policies)
