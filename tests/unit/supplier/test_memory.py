"""The in-memory adapter keeps the same promises as the Postgres one, so tests on it mean something."""

import pytest

from procurement.supplier.app.ports import Suppliers
from tests.contracts.supplier import SuppliersContract
from tests.contracts.supplier_lists import SupplierListsContract
from tests.memory.supplier import MemorySuppliers

pytestmark = pytest.mark.anyio


class TestMemorySuppliers(SuppliersContract):
    @pytest.fixture
    def suppliers(self) -> Suppliers:
        return MemorySuppliers()


class TestMemorySupplierLists(SupplierListsContract):
    @pytest.fixture
    def suppliers(self) -> Suppliers:
        return MemorySuppliers()
