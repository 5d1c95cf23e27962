"""What every adapter of OrderReports promises. Subclass it and say how to get the ports."""

from decimal import Decimal
from itertools import permutations

import pytest

from procurement.kernel.ids import GoodsReceiptId, OrderId
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.app.ports import OrderQuery, ReceiptNews
from procurement.purchasing.domain.following import Reported
from procurement.purchasing.domain.progress import LineReceipts, Status
from tests.contracts.purchasing import Ports, a_saved_order, a_tenant
from tests.unit.purchasing.builders import BUYER, FINANCE, L1, ORDER, SYSTEM, an_act, facts

pytestmark = pytest.mark.anyio


def came(receipt: GoodsReceiptId, version: int, enough: str = "100", **lines: str) -> ReceiptNews:
    """`l1="60"`: of line 1, 60."""
    sums = {int(name[1:]): LineReceipts(Decimal(q), Decimal(enough)) for name, q in lines.items()}
    return ReceiptNews(order=ORDER, receipt=receipt, version=version, lines=sums)


NOTHING = Reported(receipts={}, billing={}, disputed=frozenset())


class OrderReportsContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_any_order_of_news_and_repeats_sums_up_to_the_same(self, ports: Ports) -> None:
        one, two = GoodsReceiptId(uuid7()), GoodsReceiptId(uuid7())
        news = (
            came(one, 1, l1="0", l2="0"),
            came(one, 2, l1="60", l2="5.5"),
            came(one, 3, l1="60", l2="0"),
            came(two, 2, "98", l1="30.000001"),
        )
        for order in permutations(news):
            tenant = a_tenant()
            for each in (*order, *order):
                await ports.reports.note_receipt(tenant, each)
            sums = await ports.reports.sums(tenant, ORDER)
            assert sums.receipts == {1: LineReceipts(Decimal("90.000001"), Decimal(98))}
        assert await ports.reports.sums(a_tenant(), ORDER) == NOTHING
        assert await ports.reports.sums(tenant, OrderId(uuid7())) == NOTHING

    async def test_progress_comes_back_and_is_found_by_the_word_for_it(self, ports: Ports) -> None:
        tenant = a_tenant()
        order = await a_saved_order(ports, tenant)
        order.submit(by=BUYER, facts=facts())
        await ports.orders.save(order, an_act(tenant=tenant))
        order.approve(by=L1, facts=facts())
        await ports.orders.save(order, an_act(L1, tenant=tenant))
        order.issue(by=FINANCE, facts=facts())
        await ports.orders.save(order, an_act(FINANCE, tenant=tenant))
        for accepted, status in (("0", "Issued"), ("2", "PartiallyReceived"), ("3", "Received"), ("1", None)):
            if accepted != "0":
                sums = {1: LineReceipts(Decimal(accepted), Decimal(3))}
                order.note_receipts(sums, by=SYSTEM, facts=facts())
                await ports.orders.save(order, an_act(tenant=tenant))
                assert (await ports.orders.get(tenant, order.id)).receipts == sums
            wanted = Status(status or "PartiallyReceived")
            (found,) = await ports.orders.page(tenant, OrderQuery(statuses=(wanted,)))
            assert (found.status, found.version) == (order.status, order.version)
            assert found.receipt_status == order.progress().receipt_status
        order.open_dispute("late", by=BUYER, facts=facts())
        await ports.orders.save(order, an_act(tenant=tenant))
        (found,) = await ports.orders.page(tenant, OrderQuery(statuses=(Status.DISPUTED,)))
        assert (found.status, found.receipt_status) == ("Disputed", "partial")
