"""Receipts and invoices of one order reported at once, from several partitions: none is lost or counted
twice, and what follows from them happens once."""

import asyncio
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from procurement.kernel.act import Answered
from procurement.kernel.errors import Interrupted, Stale
from procurement.kernel.ids import GoodsReceiptId, InvoiceId, OrderId, TenantId
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.app.ports import Decision, InvoiceNews, Purchasing, ReceiptNews
from procurement.purchasing.app.service import PurchasingService
from procurement.purchasing.domain.lifecycle import State
from procurement.purchasing.domain.progress import LineBilling, LineReceipts
from tests.contracts.purchasing import Ports, a_saved_order, a_tenant
from tests.unit.purchasing.builders import FINANCE, L1, NOW, SYSTEM, an_act, worth

pytestmark = pytest.mark.anyio


async def told(purchasing: Purchasing, tenant: TenantId, news: ReceiptNews | InvoiceNews) -> None:
    """As a consumer does it: again until it is done, and then once more."""
    document = news.receipt if isinstance(news, ReceiptNews) else news.invoice
    act = an_act(SYSTEM, tenant=tenant, key=f"{document}:{news.version}")
    for _ in range(2):
        while True:
            try:
                if isinstance(news, ReceiptNews):
                    await purchasing.note_receipt(act, news)
                else:
                    await purchasing.note_invoice(act, news)
            except (Stale, Interrupted):
                continue
            except Answered:
                break
            else:
                break


@dataclass(frozen=True)
class Desk:
    ports: Ports
    purchasing: Purchasing
    tenant: TenantId
    order: OrderId

    async def hears(self, *news: ReceiptNews | InvoiceNews) -> None:
        """From six partitions at once."""
        waiting = iter(news)

        async def partition() -> None:
            for each in waiting:
                await told(self.purchasing, self.tenant, each)

        await asyncio.gather(*(partition() for _ in range(6)))

    async def history(self) -> list[str]:
        """What was done, one version each."""
        entries = await self.ports.orders.history(self.tenant, self.order)
        assert [entry.version for entry in entries] == list(range(1, len(entries) + 1))
        return [entry.action for entry in entries]

    def receipts(self, count: int, quantity: str, enough: str = "1") -> list[ReceiptNews]:
        lines = {1: LineReceipts(Decimal(quantity), Decimal(enough))}
        return [
            ReceiptNews(order=self.order, receipt=GoodsReceiptId(uuid7()), version=2, lines=lines)
            for _ in range(count)
        ]

    def invoice(self, quantity: str = "0", version: int = 2, **more: Any) -> InvoiceNews:
        lines = {1: LineBilling(Decimal(quantity), 500 * Decimal(quantity))}
        more = {"invoice": InvoiceId(uuid7()), **more}
        return InvoiceNews(order=self.order, version=version, lines=lines, **more)


@pytest.fixture
async def desk(ports: Ports) -> Desk:
    """An issued order of 1 at 500.00."""
    purchasing = PurchasingService(
        ports.orders, ports.suppliers, ports.reports, ports.policies, ports.deadlines, lambda: NOW, uuid7
    )
    tenant = a_tenant()
    order = (await a_saved_order(ports, tenant, worth("500.00"))).id
    seen = Decision(order=order, expected_version=None)
    await purchasing.submit(an_act(tenant=tenant), seen)
    await purchasing.approve(an_act(L1, tenant=tenant), seen, None)
    await purchasing.issue(an_act(FINANCE, tenant=tenant), seen)
    return Desk(ports, purchasing, tenant, order)


async def test_forty_receipts_at_once_sum_up(desk: Desk) -> None:
    news = desk.receipts(40, "0.01")
    await desk.hears(*news, *news[:10])
    found = await desk.ports.orders.get(desk.tenant, desk.order)
    assert found.receipts[1] == LineReceipts(Decimal("0.40"), Decimal(1))
    await desk.history()


async def test_receipts_invoices_and_credit_notes_at_once_sum_up(desk: Desk) -> None:
    """Each of 20 invoices of 0.05 is half credited, and told at two versions in whatever order."""
    invoices = [desk.invoice("0.05") for _ in range(20)]
    late = [replace(each, version=1, lines={1: LineBilling(Decimal(1), Decimal(1))}) for each in invoices]
    credited = [desk.invoice("-0.025") for _ in range(20)]
    await desk.hears(*desk.receipts(20, "0.05"), *invoices, *credited, *late, *invoices[:5])
    found = await desk.ports.orders.get(desk.tenant, desk.order)
    assert found.billing[1] == LineBilling(Decimal("0.5"), Decimal(250))
    assert (found.status, found.progress().billing_status) == ("Received", "partial")
    await desk.history()


async def test_the_last_of_many_at_once_closes_what_was_closed_short(desk: Desk) -> None:
    """Goods and invoices race for being the last; it closes once, whoever that is."""
    seen = Decision(order=desk.order, expected_version=None)
    rest = {1: Decimal("0.2")}
    await desk.purchasing.close_short(an_act(tenant=desk.tenant), seen, "enough", rest)
    await desk.hears(*desk.receipts(10, "0.08"), *(desk.invoice("0.08") for _ in range(10)))
    found = await desk.ports.orders.get(desk.tenant, desk.order)
    assert found.state is State.CLOSED
    assert (await desk.history()).count("close") == 1


async def test_disputes_of_many_invoices_at_once_are_one_and_end_with_the_last(desk: Desk) -> None:
    invoices = [desk.invoice(disputed="too dear") for _ in range(10)]
    await desk.hears(*invoices)
    assert (await desk.ports.orders.get(desk.tenant, desk.order)).state is State.DISPUTED
    settled = [replace(each, version=3, disputed=None, settled="it is Rejected") for each in invoices]
    await desk.hears(*settled[:9])
    assert (await desk.ports.orders.get(desk.tenant, desk.order)).state is State.DISPUTED
    await desk.hears(*settled)
    assert (await desk.ports.orders.get(desk.tenant, desk.order)).state is State.ISSUED
    history = await desk.history()
    assert (history.count("dispute"), history.count("resolve")) == (1, 1)
