"""Invoicing's out-ports on a real Postgres."""

import pytest

from tests.contracts.invoicing import InvoicesContract, Ports

pytestmark = pytest.mark.anyio


class TestPostgresInvoices(InvoicesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports
