"""Receiving's out-ports on a real Postgres."""

import pytest

from tests.contracts.receiving import GoodsReceiptsContract, Ports
from tests.contracts.receiving_billing import BilledReceiptsContract
from tests.contracts.receiving_views import ExpectationsContract, PoliciesContract

pytestmark = pytest.mark.anyio


class TestPostgresGoodsReceipts(GoodsReceiptsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestPostgresExpectations(ExpectationsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestPostgresPolicies(PoliciesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestPostgresBilledReceipts(BilledReceiptsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports
