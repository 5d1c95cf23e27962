"""What every adapter of the supplier context's out-port promises about lists.

Expectations are written by hand, never computed by what is under test.
"""

from collections.abc import Sequence
from typing import Any

import pytest

from procurement.kernel.ids import SupplierId, TenantId
from procurement.platform.http.paging import Cut, Turn
from procurement.platform.uuid7 import uuid7
from procurement.supplier.app.ports import Sort, SupplierQuery, Suppliers
from procurement.supplier.domain.lifecycle import State
from procurement.supplier.domain.supplier import Supplier
from tests.contracts.supplier import GLN, MAIL, VAT, a_tenant, saved
from tests.contracts.walks import after, there_and_back
from tests.unit.supplier.builders import REVIEWER, SCORE, TODAY, a_supplier, an_act

pytestmark = pytest.mark.anyio


async def approved(suppliers: Suppliers, tenant: TenantId, **declared: Any) -> Supplier:
    supplier = await saved(suppliers, tenant, **declared)
    supplier.approve(SCORE, by=REVIEWER, today=TODAY)
    await suppliers.save(supplier, an_act(REVIEWER, tenant))
    return supplier


async def names(suppliers: Suppliers, tenant: TenantId, **asked: Any) -> list[str]:
    return [found.name for found in await suppliers.page(tenant, SupplierQuery(**asked))]


class SupplierListsContract:
    @pytest.fixture
    def suppliers(self) -> Suppliers:
        raise NotImplementedError

    async def test_the_list_filters(self, suppliers: Suppliers) -> None:
        tenant = a_tenant()
        await approved(suppliers, tenant, name="Alpha GmbH", identifiers=(VAT,))
        await saved(suppliers, tenant, name="alpine Tours", identifiers=(GLN,))
        await saved(suppliers, tenant, name="Beta", identifiers=(GLN, MAIL))
        assert await names(suppliers, tenant, states=(State.APPROVED,)) == ["Alpha GmbH"]
        assert await names(suppliers, tenant, states=(State.APPROVED, State.PENDING)) == [
            "Alpha GmbH",
            "alpine Tours",
            "Beta",
        ]
        assert await names(suppliers, tenant, name="ALP") == ["Alpha GmbH", "alpine Tours"]
        assert await names(suppliers, tenant, name="alpha gmbh") == ["Alpha GmbH"]
        assert await names(suppliers, tenant, name="lph") == []
        assert await names(suppliers, tenant, name="%") == []
        assert await names(suppliers, tenant, identifier=GLN) == ["alpine Tours", "Beta"]
        assert await names(suppliers, tenant, identifier=GLN, name="b", states=(State.PENDING,)) == ["Beta"]
        assert await names(suppliers, tenant, states=(State.SUSPENDED,)) == []

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            (Sort.NAME, ["apple", "Banana", "banana", "Ärger"]),
            (Sort.NAME_DESC, ["Ärger", "banana", "Banana", "apple"]),
            (Sort.REGISTERED, ["Banana", "Ärger", "apple", "banana"]),
            (Sort.REGISTERED_DESC, ["banana", "apple", "Ärger", "Banana"]),
        ],
    )
    @pytest.mark.parametrize("size", [1, 3])
    async def test_pages_follow_each_other_in_every_order_and_lead_back_again(
        self, suppliers: Suppliers, sort: Sort, expected: Sequence[str], size: int
    ) -> None:
        tenant = a_tenant()
        ids = sorted(SupplierId(uuid7()) for _ in range(4))
        for id_, name in zip(ids, ["Banana", "Ärger", "apple", "banana"], strict=True):
            await suppliers.save(a_supplier(id_, name=name), an_act(tenant=tenant))

        async def read(turn: Turn) -> Cut[tuple[str, str]]:
            query = SupplierQuery(sort=turn.order(sort), after=after(turn), limit=turn.limit)
            found = [(supplier.name, str(supplier.id)) for supplier in await suppliers.page(tenant, query)]
            return turn.cut(found, lambda row: row)

        assert [name for name, _ in await there_and_back(read, size)] == expected
