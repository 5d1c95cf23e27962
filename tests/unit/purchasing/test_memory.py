"""The in-memory adapters keep the same promises as the Postgres ones, so tests on them mean something."""

import pytest

from tests.contracts.order_deadlines import OrderDeadlinesContract
from tests.contracts.order_lists import OrderListsContract
from tests.contracts.order_reports import OrderReportsContract
from tests.contracts.purchasing import PoliciesContract, Ports, PurchaseOrdersContract
from tests.memory.purchasing import (
    MemoryDeadlines,
    MemoryOrderReports,
    MemoryPolicies,
    MemoryPurchaseOrders,
    MemorySupplierStandings,
    Store,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def ports() -> Ports:
    store = Store()
    return Ports(
        MemoryPurchaseOrders(store),
        MemorySupplierStandings(store),
        MemoryPolicies(store),
        MemoryOrderReports(store),
        MemoryDeadlines(store),
    )


class TestMemoryPurchaseOrders(PurchaseOrdersContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestMemoryOrderDeadlines(OrderDeadlinesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestMemoryOrderLists(OrderListsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestMemoryPolicies(PoliciesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestMemoryOrderReports(OrderReportsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports
