"""The in-memory adapters keep the same promises as the Postgres ones, so tests on them mean something."""

import pytest

from tests.contracts.invoicing import InvoicesContract, Ports
from tests.contracts.invoicing_duplicates import DuplicatesContract
from tests.contracts.invoicing_lists import InvoiceListsContract
from tests.contracts.invoicing_sums import SharedSumsContract
from tests.contracts.invoicing_views import OrdersContract, PoliciesContract
from tests.memory.invoicing import MemoryDeadlines, MemoryInvoices, MemoryOrders, MemoryPolicies, Store

pytestmark = pytest.mark.anyio


@pytest.fixture
def ports() -> Ports:
    store = Store()
    return Ports(MemoryInvoices(store), MemoryOrders(store), MemoryPolicies(store), MemoryDeadlines(store))


class TestMemoryInvoices(InvoicesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestMemoryDuplicates(DuplicatesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestMemorySharedSums(SharedSumsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestMemoryOrders(OrdersContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestMemoryPolicies(PoliciesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestMemoryInvoiceLists(InvoiceListsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports
