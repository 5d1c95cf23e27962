"""What every adapter promises that keeps what invoicing knows of orders and receipts, and its policy."""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import zip_longest
from random import Random

import pytest

from procurement.invoicing.domain.ordered import OrderNews, OrderUnknown, ReceiptNews
from procurement.invoicing.domain.policy import DEFAULT_POLICY
from procurement.kernel.act import Answered
from procurement.kernel.errors import Stale
from procurement.kernel.ids import GoodsReceiptId, OrderId, SupplierId, TenantId
from procurement.kernel.tolerance import Tolerance
from procurement.platform.uuid7 import uuid7
from tests.contracts.invoicing import Ports, a_registration, a_tenant, issued, received
from tests.contracts.portions import every_way
from tests.contracts.replays import SEEDS, as_it_may_come, from_the_beginning, some
from tests.unit.invoicing.builders import an_act
from tests.unit.invoicing.papers import EXACT, ORDER, SUPPLIER, ordered

pytestmark = pytest.mark.anyio

NUMBER = "PO-2026-000001"


class OrdersContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_an_order_not_heard_of_is_unknown(self, ports: Ports) -> None:
        tenant = a_tenant()
        assert await ports.orders.billable(tenant, ORDER, NUMBER) is None
        assert await ports.orders.billable(tenant, None, None) is None
        with pytest.raises(OrderUnknown):
            await ports.invoices.opening(an_act(tenant=tenant), a_registration(order=ORDER))
        assert (await ports.invoices.opening(an_act(tenant=tenant), a_registration())).order is None

    async def test_an_order_without_its_lines_is_waited_for(self, ports: Ports) -> None:
        tenant = a_tenant()
        await ports.orders.note_order(tenant, issued(version=5, status="Acknowledged", lines=()))
        assert await ports.orders.billable(tenant, ORDER, NUMBER) is None
        with pytest.raises(OrderUnknown):
            await ports.invoices.opening(an_act(tenant=tenant), a_registration(order=ORDER))
        await ports.orders.note_order(tenant, issued())
        known = await ports.orders.billable(tenant, ORDER, None)
        assert known
        assert known.status == "Acknowledged"
        assert (await ports.invoices.opening(an_act(tenant=tenant), a_registration())).order == known
        assert await ports.orders.billable(a_tenant(), ORDER, NUMBER) is None

    async def test_an_order_goes_by_its_id_and_else_by_its_number(self, ports: Ports) -> None:
        tenant, other = a_tenant(), OrderId(uuid7())
        theirs = SupplierId(uuid7())
        await ports.orders.note_order(tenant, issued())
        await ports.orders.note_order(tenant, issued(order=other, number="PO-2", supplier=theirs))
        for order, number, found in (
            (ORDER, None, ORDER),
            (ORDER, "PO-2", ORDER),
            (None, "PO-2", other),
            (None, NUMBER, ORDER),
        ):
            known = await ports.orders.billable(tenant, order, number)
            assert known
            assert known.order == found
            assert known.supplier == (SUPPLIER if found == ORDER else theirs)
        assert await ports.orders.billable(tenant, None, "PO-3") is None

    async def test_any_order_and_any_portions_of_events_lead_to_the_same_view(self, ports: Ports) -> None:
        first, second = GoodsReceiptId(uuid7()), GoodsReceiptId(uuid7())
        every = (
            ordered(1, "10.50", "41.0001", sku="A", supplier_item_id="B", gtin="C", base_quantity=Decimal(9)),
            ordered(2, "3"),
        )
        told = (
            issued(
                version=1, status="Draft", lines=(), currency="USD", requesters=frozenset({"boss", "bea"})
            ),
            issued(*every),
            issued(version=6, status="Closed", lines=(), released=((1, Decimal("0.5")), (2, Decimal(1)))),
            received({1: "7", 2: "2"}, receipt=first, version=2, failed=frozenset({2})),
            received({1: "6.25"}, receipt=first, version=3, receivers=frozenset({"wendy"})),
            received({2: "1"}, receipt=second, version=1, receivers=frozenset()),
        )
        views = []
        ways = zip(every_way(told[:3]), reversed([*every_way(told[3:])]), strict=True)
        for turn, (orders, receipts) in enumerate(ways):
            tenant = a_tenant()
            for order, receipt in zip_longest((*orders, orders[0]), (*receipts, receipts[0]), fillvalue=()):
                if turn % 2:
                    await ports.orders.note_receipt(tenant, *receipt)
                await ports.orders.note_order(tenant, *order)
                if not turn % 2:
                    await ports.orders.note_receipt(tenant, *receipt)
            views.append(await ports.orders.billable(tenant, ORDER, None))
        view = views[0]
        assert view
        assert all(each == view for each in views)
        assert (view.number, view.supplier, view.status, view.currency) == (NUMBER, SUPPLIER, "Closed", "EUR")
        assert view.requesters == {"bea", "boss", "bea.buyer"}
        assert view.receivers == {"will.warehouse", "wendy"}
        assert [line.ordered for line in view.lines.values()] == [line.ordered for line in every]
        stand = [(line.released, line.accepted, line.billed) for line in view.lines.values()]
        assert stand == [(Decimal("0.5"), Decimal("6.25"), Decimal(0)), (Decimal(1), Decimal(1), Decimal(0))]
        assert not any(line.failed for line in view.lines.values())

    async def test_events_of_many_orders_and_receipts_at_once_keep_apart(self, ports: Ports) -> None:
        tenant, others = a_tenant(), [OrderId(uuid7()) for _ in range(3)]
        every = [issued(ordered(1, str(n)), order=order, version=n) for n, order in enumerate(others, 1)]
        await ports.orders.note_order(tenant, *every, *reversed(every))
        await ports.orders.note_receipt(tenant, *(received({1: "0.5"}, order=order) for order in others * 2))
        for number, order in enumerate(others, 1):
            known = await ports.orders.billable(tenant, order, None)
            assert known
            assert known.lines[1].ordered.quantity == number
            assert known.lines[1].accepted == 1

    async def test_goods_that_failed_are_known_until_somebody_decides(self, ports: Ports) -> None:
        tenant, receipt = a_tenant(), GoodsReceiptId(uuid7())
        await ports.orders.note_order(tenant, issued(ordered(1), ordered(2)))
        await ports.orders.note_receipt(tenant, received({1: "4"}))
        await ports.orders.note_receipt(tenant, received({}, receipt=receipt, failed=frozenset({1})))
        failed = await ports.orders.billable(tenant, ORDER, None)
        assert failed
        assert {n: (line.failed, line.accepted) for n, line in failed.lines.items()} == {
            1: (True, Decimal(4)),
            2: (False, Decimal(0)),
        }
        await ports.orders.note_receipt(tenant, received({1: "1"}, receipt=receipt, version=3))
        settled = await ports.orders.billable(tenant, ORDER, None)
        assert settled
        assert (settled.lines[1].failed, settled.lines[1].accepted) == (False, Decimal(5))

    @pytest.mark.parametrize("seed", SEEDS)
    async def test_a_replay_into_empty_views_gives_the_same_views(self, ports: Ports, seed: int) -> None:
        history = _of_orders_and_receipts(Random(seed))

        async def note(tenant: TenantId, each: OrderNews | ReceiptNews) -> None:
            if isinstance(each, OrderNews):
                await ports.orders.note_order(tenant, each)
            else:
                await ports.orders.note_receipt(tenant, each)

        lived, replayed = a_tenant(), a_tenant()
        await as_it_may_come(history, partial(note, lived), seed)
        await from_the_beginning(history, partial(note, replayed))
        view = await ports.orders.billable(lived, ORDER, None)
        assert view == await ports.orders.billable(replayed, ORDER, None)
        assert view
        assert view.status == "Closed"
        assert any(line.accepted for line in view.lines.values())


def _of_orders_and_receipts(chance: Random) -> list[OrderNews | ReceiptNews]:
    """One order's life, and that of four receipts: goods come, fail their inspection, go back."""
    told: list[OrderNews | ReceiptNews] = [
        issued(version=1, status="Draft", lines=(), requesters=frozenset({"boss"})),
        issued(ordered(1, "100"), ordered(2, "60")),
        issued(version=5, status="Acknowledged", lines=()),
    ]
    for number in range(4):
        receipt = GoodsReceiptId(uuid7())
        told += [
            received(
                {line: some(chance) for line in chance.sample([1, 2], chance.randint(1, 2))},
                receipt=receipt,
                version=version,
                receivers=frozenset({f"will.{number}.{version}"}),
                failed=frozenset(chance.sample([1, 2], chance.randint(0, 2))),
            )
            for version in range(1, chance.randint(2, 5))
        ]
    released = ((1, Decimal("0.5")), (2, Decimal(3)))
    return [*told, issued(version=6, status="Closed", lines=(), released=released)]


class PoliciesContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_a_policy_has_versions(self, ports: Ports) -> None:
        tenant = a_tenant()
        assert await ports.policies.current(tenant) == DEFAULT_POLICY
        decided = replace(EXACT, price=Tolerance(Decimal("2.50"), Decimal(7)), days_to_match=45)
        act = an_act(tenant=tenant)
        await ports.policies.save(decided, act)
        assert await ports.policies.current(tenant) == decided
        assert (await ports.policies.for_change(an_act(tenant=tenant))).version == 1
        with pytest.raises(Answered):
            await ports.policies.for_change(act)
        with pytest.raises(Stale):
            await ports.policies.save(decided, an_act(tenant=tenant))
        assert await ports.policies.current(a_tenant()) == DEFAULT_POLICY
