from collections.abc import AsyncIterator

import pytest

from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import APP_ROLE, RELAY_ROLE, PoolOptions, open_engine
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound.events import EncodePurchaseOrder, EncodePurchasingPolicy
from procurement.purchasing.adapters.outbound.postgres import (
    PostgresDeadlines,
    PostgresOrderReports,
    PostgresPolicies,
    PostgresPurchaseOrders,
    PostgresSupplierStandings,
)
from tests.contracts.purchasing import Ports


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


@pytest.fixture
def ports(database: Database, across_tenants: Database) -> Ports:
    return Ports(
        PostgresPurchaseOrders(database, EncodePurchaseOrder(uuid7)),
        PostgresSupplierStandings(database),
        PostgresPolicies(database, EncodePurchasingPolicy(uuid7)),
        PostgresOrderReports(database),
        PostgresDeadlines(across_tenants),
    )
