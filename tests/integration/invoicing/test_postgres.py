"""Invoicing's out-ports on a real Postgres."""

import pytest

from tests.contracts.invoicing import InvoicesContract, Ports
from tests.contracts.invoicing_duplicates import DuplicatesContract
from tests.contracts.invoicing_lists import InvoiceListsContract
from tests.contracts.invoicing_sums import SharedSumsContract
from tests.contracts.invoicing_views import OrdersContract, PoliciesContract

pytestmark = pytest.mark.anyio


class TestPostgresInvoices(InvoicesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestPostgresDuplicates(DuplicatesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestPostgresSharedSums(SharedSumsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestPostgresOrders(OrdersContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestPostgresPolicies(PoliciesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestPostgresInvoiceLists(InvoiceListsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports
