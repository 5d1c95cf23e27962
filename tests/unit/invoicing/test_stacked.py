"""The same promises through all that the composition root stacks around the ports."""

from unittest.mock import patch

import pytest
from opentelemetry.trace import NoOpTracer

from procurement.bootstrap.layers import layers
from procurement.invoicing.app.ports import Deadlines, Invoices, Orders, Policies
from procurement.platform.interceptors.stack import stacked
from procurement.platform.telemetry import Catalogue
from procurement.settings import Settings
from tests.contracts.invoicing import InvoicesContract, Ports
from tests.contracts.invoicing_duplicates import DuplicatesContract
from tests.contracts.invoicing_sums import SharedSumsContract
from tests.memory.invoicing import MemoryDeadlines, MemoryInvoices, MemoryOrders, MemoryPolicies, Store
from tests.unit.test_composition import ENVIRONMENT

pytestmark = pytest.mark.anyio


@pytest.fixture
def ports() -> Ports:
    store = Store()
    with patch.dict("os.environ", ENVIRONMENT, clear=True):
        around = layers(Settings.read(), Catalogue("test"), NoOpTracer()).around_database
    return Ports(
        stacked(Invoices, *around)(MemoryInvoices(store)),
        stacked(Orders, *around)(MemoryOrders(store)),
        stacked(Policies, *around)(MemoryPolicies(store)),
        stacked(Deadlines, *around)(MemoryDeadlines(store)),
    )


class TestStackedInvoices(InvoicesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestStackedDuplicates(DuplicatesContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports


class TestStackedSharedSums(SharedSumsContract):
    @pytest.fixture
    def ports(self, ports: Ports) -> Ports:
        return ports
