"""Purchasing's out-ports on a real Postgres."""

import pytest

from procurement.platform.postgres.database import Database
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound.events import EncodePurchaseOrder, EncodePurchasingPolicy
from procurement.purchasing.adapters.outbound.postgres import (
    PostgresOrderReports,
    PostgresPolicies,
    PostgresPurchaseOrders,
    PostgresSupplierStandings,
)
from tests.contracts.order_lists import OrderListsContract
from tests.contracts.order_reports import OrderReportsContract
from tests.contracts.purchasing import PoliciesContract, Ports, PurchaseOrdersContract

pytestmark = pytest.mark.anyio


@pytest.fixture
def ports(database: Database) -> Ports:
    return Ports(
        PostgresPurchaseOrders(database, EncodePurchaseOrder(uuid7)),
        PostgresSupplierStandings(database),
        PostgresPolicies(database, EncodePurchasingPolicy(uuid7)),
        PostgresOrderReports(database),
    )


class TestPostgresPurchaseOrders(PurchaseOrdersContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestPostgresOrderLists(OrderListsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestPostgresPolicies(PoliciesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestPostgresOrderReports(OrderReportsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports
