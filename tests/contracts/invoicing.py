"""What every adapter of invoicing's out-ports promises of invoices. Subclass it and say how to get them.

Expectations are written by hand, never computed by what is under test.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from procurement.invoicing.app.ports import Deadlines, Invoices, Orders, Policies
from procurement.invoicing.domain.document import Document
from procurement.invoicing.domain.findings import Finding
from procurement.invoicing.domain.guards import Facts
from procurement.invoicing.domain.invoice import SYSTEM, Invoice
from procurement.invoicing.domain.lifecycle import State
from procurement.invoicing.domain.ordered import BillableLine, OrderNews, ReceiptNews
from procurement.invoicing.domain.original import Original
from procurement.kernel.ids import GoodsReceiptId, InvoiceId, OrderId, TenantId
from procurement.platform.uuid7 import uuid7
from tests.unit.invoicing.builders import (
    BEA,
    CARL,
    CLARA,
    FINN,
    NOW,
    OVERCHARGED,
    an_act,
)
from tests.unit.invoicing.papers import EXACT, ORDER, SUPPLIER, document, invoiced, ordered

pytestmark = pytest.mark.anyio

CONTENT = b"<Invoice/>\x00\xff"


@dataclass(frozen=True)
class Ports:
    invoices: Invoices
    orders: Orders
    policies: Policies
    deadlines: Deadlines

    async def facts(self, tenant: TenantId, invoice: Invoice) -> Facts:
        return Facts(
            order=await self.orders.billable(tenant, invoice.order, invoice.order_number, invoice.id),
            policy=await self.policies.current(tenant),
            corrected=await self.invoices.corrected(tenant, invoice) if invoice.is_credit else None,
        )

    async def billed(self, tenant: TenantId, order: OrderId = ORDER) -> dict[int, Decimal]:
        known = await self.orders.billable(tenant, order, None)
        assert known
        return {number: line.billed for number, line in known.lines.items()}


_ids = count(int(uuid7()))


def an_id() -> InvoiceId:
    """Each sorts after the one before."""
    return InvoiceId(UUID(int=next(_ids)))


def a_tenant() -> TenantId:
    return TenantId(uuid7())


def issued(*lines: BillableLine, order: OrderId = ORDER, **more: Any) -> OrderNews:
    return OrderNews(
        **{
            "version": 4,
            "number": "PO-2026-000001",
            "supplier": SUPPLIER,
            "status": "Issued",
            "currency": "EUR",
            "requesters": BEA.persons,
            "lines": tuple(line.ordered for line in lines or (ordered(),)),
            **more,
        },
        order=order,
    )


def received(accepted: dict[int, str], **more: Any) -> ReceiptNews:
    return ReceiptNews(
        **{
            "order": ORDER,
            "receipt": GoodsReceiptId(uuid7()),
            "version": 2,
            "receivers": frozenset({"will.warehouse"}),
            **more,
        },
        accepted={line: Decimal(quantity) for line, quantity in accepted.items()},
    )


async def an_exact_tenant(ports: Ports, accepted: str = "10") -> TenantId:
    """With one order of ten pieces at 41.00, so many of which are here, and no tolerance."""
    tenant = a_tenant()
    await ports.policies.save(EXACT, an_act(tenant=tenant))
    await ports.orders.note_order(tenant, issued())
    await ports.orders.note_receipt(tenant, received({1: accepted}))
    return tenant


async def registered(
    ports: Ports, tenant: TenantId, said: Document | None = None, order: OrderId | None = ORDER, **more: Any
) -> Invoice:
    known = await ports.orders.billable(tenant, order, None) if order else None
    said = said or document(invoiced())
    invoice = Invoice.register(
        **{
            "id": an_id(),
            "supplier": SUPPLIER,
            "document": said,
            "original": Original(media_type="application/xml", sha256="ab" * 32, size=len(CONTENT)),
            "findings": (),
            "duplicates": (),
            "duplicate_reason": None,
            "order": known,
            "order_number": said.order_number,
            "by": CLARA,
            "at": NOW,
            **more,
        }
    )
    await ports.invoices.save(invoice, an_act(tenant=tenant), CONTENT)
    return invoice


async def rematched(ports: Ports, tenant: TenantId, invoice: Invoice) -> Invoice:
    if invoice.rematch(by=SYSTEM, facts=await ports.facts(tenant, invoice)):
        await ports.invoices.save(invoice, an_act(SYSTEM, tenant=tenant))
    return invoice


class InvoicesContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_a_whole_life_comes_back_as_it_was(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        finding = Finding(
            rule="BR-CO-10", fatal=False, detail="off", stated=Decimal("1.10"), computed=Decimal(1)
        )
        invoice = await registered(ports, tenant, OVERCHARGED, findings=(finding,))
        await rematched(ports, tenant, invoice)
        assert invoice.state is State.DISPUTED
        invoice.assign(1, "bea.buyer", by=CARL, order=(await ports.facts(tenant, invoice)).order)
        await ports.invoices.save(invoice, an_act(CARL, tenant=tenant))
        invoice.resubmit("look", None, {"1": 1}, by=CARL) if False else None
        invoice.release(1, "agreed", by=FINN, facts=await ports.facts(tenant, invoice))
        await ports.invoices.save(invoice, an_act(FINN, tenant=tenant))
        again = await ports.invoices.get(tenant, invoice.id)
        assert (again.state, again.version) == (State.MATCHED, 4)
        assert await ports.billed(tenant) == {1: 10}
