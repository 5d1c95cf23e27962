"""What every adapter of PurchaseOrders promises about lists. Subclass it and say how to get the ports.

Expectations are written by hand, never computed by what is under test.
"""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from procurement.kernel.ids import SupplierId
from procurement.platform.http.paging import Cut, Position, Turn
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.app.ports import OrderQuery, OrderSummary, Sort
from procurement.purchasing.domain.progress import Status
from tests.contracts.purchasing import RICH, Ports, a_saved_order, a_tenant
from tests.contracts.walks import after, there_and_back
from tests.unit.purchasing.builders import (
    BUYER,
    FINANCE,
    L1,
    NOW,
    a_standing,
    an_act,
    facts,
    worth,
)

pytestmark = pytest.mark.anyio


class OrderListsContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            (Sort.CREATED, [1, 2, 3, 4, 5]),
            (Sort.CREATED_DESC, [5, 4, 3, 2, 1]),
            (Sort.TOTAL, [2, 4, 1, 3, 5]),
            (Sort.TOTAL_DESC, [5, 3, 1, 4, 2]),
        ],
    )
    @pytest.mark.parametrize("size", [1, 2, 5])
    async def test_pages_go_on_where_the_last_one_ended_and_lead_back_again(
        self, ports: Ports, sort: Sort, expected: Sequence[int], size: int
    ) -> None:
        tenant = a_tenant()
        for total in ("30.50", "30.10", "30.50", "30.20", "50.00"):
            await a_saved_order(ports, tenant, worth(total))

        def position(order: OrderSummary) -> Position:
            return str(order.total) if "total" in sort else order.created_at.isoformat(), str(order.id)

        async def read(turn: Turn) -> Cut[OrderSummary]:
            query = OrderQuery(sort=turn.order(sort), after=after(turn), limit=turn.limit)
            return turn.cut(await ports.orders.page(tenant, query), position)

        assert [int(order.number[-1]) for order in await there_and_back(read, size)] == expected

    @pytest.mark.parametrize("sort", [*Sort])
    async def test_one_goes_on_from_a_row_that_left_the_list(self, ports: Ports, sort: Sort) -> None:
        tenant = a_tenant()
        left, *_, last = [await a_saved_order(ports, tenant, worth("10.00")) for _ in range(3)]
        if sort.startswith("-"):
            left, last = last, left
        value = "10.00" if "total" in sort else left.created_at.isoformat()
        left.cancel("not needed", by=BUYER, facts=facts())
        await ports.orders.save(left, an_act(tenant=tenant))
        query = OrderQuery(statuses=(Status.DRAFT,), sort=sort, after=(value, left.id))
        assert [order.id for order in await ports.orders.page(tenant, query)][1:] == [last.id]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            (OrderQuery(statuses=(Status.DRAFT,)), {1}),
            (OrderQuery(statuses=(Status.DRAFT, Status.CANCELLED)), {1, 2}),
            (OrderQuery(supplier=a_standing().supplier), {1, 2}),
            (OrderQuery(supplier=SupplierId(uuid7())), set()),
            (OrderQuery(requested_by="bea.buyer"), {1, 2}),
            (OrderQuery(requested_by="nobody"), set()),
            (OrderQuery(number="PO-2026-000002"), {2}),
            (OrderQuery(created_from=NOW), {1, 2}),
            (OrderQuery(created_to=NOW), set()),
            (OrderQuery(total_from=Decimal("20.00")), {2}),
            (OrderQuery(total_to=Decimal("19.99")), {1}),
            (OrderQuery(statuses=(Status.CANCELLED,), total_to=Decimal(5)), set()),
        ],
    )
    async def test_filters_narrow_the_list(self, ports: Ports, query: OrderQuery, expected: set[int]) -> None:
        tenant = a_tenant()
        await a_saved_order(ports, a_tenant(), worth("10.00"))
        await a_saved_order(ports, tenant, worth("10.00"))
        other = await a_saved_order(ports, tenant, worth("20.00"))
        other.cancel("not needed", by=BUYER, facts=facts())
        await ports.orders.save(other, an_act(tenant=tenant))
        assert {int(o.number[-1]) for o in await ports.orders.page(tenant, query)} == expected

    async def test_a_list_line_tells_what_a_buyer_looks_for(self, ports: Ports) -> None:
        tenant = a_tenant()
        order = await a_saved_order(ports, tenant, RICH)
        (line,) = await ports.orders.page(tenant, OrderQuery())
        assert (line.id, line.number, line.supplier_name) == (order.id, "PO-2026-000001", "ACME")
        assert (str(line.total), line.currency, line.line_count) == ("32.68", "EUR", 2)

    async def test_what_was_not_issued_is_left_out_for_those_who_must_not_see_it(self, ports: Ports) -> None:
        tenant = a_tenant()
        draft, order = [await a_saved_order(ports, tenant) for _ in range(2)]
        for decide, by in ((order.submit, BUYER), (order.approve, L1), (order.issue, FINANCE)):
            decide(by=by, facts=facts())
            await ports.orders.save(order, an_act(tenant=tenant))
        everything = await ports.orders.page(tenant, OrderQuery())
        issued = await ports.orders.page(tenant, OrderQuery(issued=True))
        assert ({one.id for one in everything}, [one.id for one in issued]) == (
            {draft.id, order.id},
            [order.id],
        )
