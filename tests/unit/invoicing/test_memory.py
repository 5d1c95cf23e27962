"""The in-memory adapters keep the same promises as the Postgres ones, so tests on them mean something."""

import pytest

from tests.contracts.invoicing import InvoicesContract, Ports
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
