import pytest

from procurement.platform.postgres.database import Database
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


@pytest.fixture
def ports(database: Database, across_tenants: Database) -> Ports:
    return Ports(
        PostgresPurchaseOrders(database, EncodePurchaseOrder(uuid7)),
        PostgresSupplierStandings(database),
        PostgresPolicies(database, EncodePurchasingPolicy(uuid7)),
        PostgresOrderReports(database),
        PostgresDeadlines(across_tenants),
    )
