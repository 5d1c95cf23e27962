"""The in-memory adapters keep the same promises as the Postgres ones, so tests on them mean something."""

import pytest

from tests.contracts.receiving import GoodsReceiptsContract, Ports
from tests.contracts.receiving_billing import BilledReceiptsContract
from tests.contracts.receiving_views import ExpectationsContract, PoliciesContract
from tests.memory.receiving import MemoryExpectations, MemoryGoodsReceipts, MemoryPolicies, Store

pytestmark = pytest.mark.anyio


@pytest.fixture
def ports() -> Ports:
    store = Store()
    return Ports(MemoryGoodsReceipts(store), MemoryExpectations(store), MemoryPolicies(store))


class TestMemoryGoodsReceipts(GoodsReceiptsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestMemoryExpectations(ExpectationsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestMemoryPolicies(PoliciesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestMemoryBilledReceipts(BilledReceiptsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports
