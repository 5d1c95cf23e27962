"""Purchasing's out-ports on a real Postgres."""

import pytest

from tests.contracts.order_deadlines import OrderDeadlinesContract
from tests.contracts.order_lists import OrderListsContract
from tests.contracts.order_reports import OrderReportsContract
from tests.contracts.purchasing import PoliciesContract, Ports, PurchaseOrdersContract

pytestmark = pytest.mark.anyio


class TestPostgresPurchaseOrders(PurchaseOrdersContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestPostgresOrderDeadlines(OrderDeadlinesContract):
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
