"""What every adapter of invoicing's out-ports promises of invoices. Subclass it and say how to get them.

Expectations are written by hand, never computed by what is under test.
"""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from procurement.invoicing.app.ports import (
    Deadlines,
    Invoices,
    Orders,
    Policies,
    Registration,
)
from procurement.invoicing.domain.billing import Billed
from procurement.invoicing.domain.document import AllowanceCharge, Document, Item, Reference, Subline
from procurement.invoicing.domain.duplicates import Possible
from procurement.invoicing.domain.finding import Finding
from procurement.invoicing.domain.guards import Facts
from procurement.invoicing.domain.invoice import SYSTEM, Invoice
from procurement.invoicing.domain.lifecycle import State
from procurement.invoicing.domain.ordered import BillableLine, OrderNews, ReceiptNews
from procurement.invoicing.domain.original import Original
from procurement.kernel.act import Answered, CommandReused
from procurement.kernel.errors import NotFound, Stale
from procurement.kernel.ids import GoodsReceiptId, InvoiceId, OrderId, TenantId
from procurement.platform.uuid7 import uuid7
from tests.unit.invoicing.builders import (
    BEA,
    CARL,
    CLARA,
    FINN,
    NOW,
    an_act,
)
from tests.unit.invoicing.papers import EXACT, ORDER, SUPPLIER, document, invoiced, ordered

pytestmark = pytest.mark.anyio

RICH = replace(
    document(
        replace(
            invoiced("10", "500.50", price="41.000"),
            adjustments=(AllowanceCharge(charge=True, amount=Decimal("90.50"), percentage=Decimal("2.10")),),
            sublines=(
                Subline(
                    id="1.1",
                    net=Decimal("1E+1"),
                    item=Item(name="Screw", attributes=(("colour", "blue"),)),
                    sublines=(Subline(id="1.1.1", net=Decimal(0), item=Item(name="Ä \U0001f529")),),
                ),
            ),
        ),
        invoiced("1", "51.00", id="2", name="Something else"),
    ),
    due=date(2026, 4, 1),
    preceding=(Reference(number="RE-0", issued=date(2026, 1, 1)),),
    notes=("#AAI#pay soon",),
)

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

    async def billed(self, tenant: TenantId, order: OrderId = ORDER) -> dict[int, object]:
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
    ports: Ports,
    tenant: TenantId,
    said: Document | None = None,
    order: OrderId | None = ORDER,
    content: bytes = CONTENT,
    **more: Any,
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
    await ports.invoices.save(invoice, an_act(tenant=tenant), content)
    return invoice


def a_registration(said: Document | None = None, **more: Any) -> Registration:
    return Registration(
        **{
            "document": said or document(invoiced()),
            "original": Original(media_type="application/xml", sha256="ab" * 32, size=len(CONTENT)),
            "content": CONTENT,
            "supplier": None,
            "order": None,
            "duplicate_reason": None,
            **more,
        }
    )


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
        finding = Finding(rule="BR-CO-10", fatal=False, detail="off", stated=Decimal("1.10"), at="line 1")
        look_alike = Possible(invoice=an_id(), number="RE-l", reasons=("a", "b"), blocks=True)
        invoice = await registered(
            ports, tenant, RICH, findings=(finding,), duplicates=(look_alike,), duplicate_reason="another one"
        )
        await rematched(ports, tenant, invoice)
        assert invoice.state is State.DISPUTED
        order = await ports.orders.billable(tenant, ORDER, None)
        invoice.assign(2, "bea.buyer", by=CARL, order=order)
        await ports.invoices.save(invoice, an_act(CARL, tenant=tenant))
        invoice.resubmit("the second line is the first", order, {"2": 1}, by=CARL, at=NOW + timedelta(days=9))
        await ports.invoices.save(invoice, an_act(CARL, tenant=tenant))
        await rematched(ports, tenant, invoice)
        for exception in invoice.exceptions:
            await _same(ports, tenant, invoice)
            invoice.release(exception.number, "agreed", by=FINN, facts=await ports.facts(tenant, invoice))
            await ports.invoices.save(invoice, an_act(FINN, tenant=tenant))
        again = await _same(ports, tenant, invoice)
        assert (again.state, again.resubmissions, again.raised) == (State.MATCHED, 1, invoice.raised)
        assert again.document == RICH
        assert again.document.lines[0].price.amount.as_tuple() == Decimal("41.000").as_tuple()
        assert (again.findings, again.duplicates) == ((finding,), (look_alike,))
        assert again.entered_by_persons == {"clara.clerk", "carl.clerk"}
        assert again.assigned == {"2": 1}
        assert again.resubmitted_at == NOW + timedelta(days=9)
        assert again.counted == {1: Billed(quantity=Decimal(11), net=Decimal("551.50"))}
        assert await ports.billed(tenant) == {1: 11}

    async def test_the_original_comes_back_byte_for_byte(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        content = bytes(range(256)) * 3
        original = Original(media_type="application/xml", sha256="cd" * 32, size=768)
        invoice = await registered(ports, tenant, original=original, content=content)
        await rematched(ports, tenant, invoice)
        assert await ports.invoices.original(tenant, invoice.id) == (original, content)
        with pytest.raises(NotFound):
            await ports.invoices.original(a_tenant(), invoice.id)

    async def test_an_unknown_invoice_is_not_found(self, ports: Ports) -> None:
        theirs = await registered(ports, await an_exact_tenant(ports))
        for wanted in (an_id(), theirs.id):
            with pytest.raises(NotFound):
                await ports.invoices.get(a_tenant(), wanted)
            with pytest.raises(NotFound):
                await ports.invoices.for_change(an_act(tenant=a_tenant()), wanted)
        assert await ports.invoices.history(a_tenant(), theirs.id) == []

    async def test_the_second_of_two_racing_saves_is_stale_and_leaves_nothing(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        invoice = await registered(ports, tenant)
        mine, theirs = [await ports.invoices.get(tenant, invoice.id) for _ in range(2)]
        facts = await ports.facts(tenant, invoice)
        assert theirs.rematch(by=SYSTEM, facts=facts)
        mine.cancel("twice", by=CLARA, order=facts.order)
        await ports.invoices.save(mine, an_act(tenant=tenant))
        act = an_act(tenant=tenant)
        with pytest.raises(Stale):
            await ports.invoices.save(theirs, act)
        assert [e.action for e in await ports.invoices.history(tenant, invoice.id)] == ["register", "cancel"]
        assert await ports.billed(tenant) == {1: 0}
        await ports.invoices.for_change(act, invoice.id)  # the refused command left no trace

    async def test_a_repeated_command_gets_the_first_answer(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        invoice, act = await registered(ports, tenant), an_act(SYSTEM, tenant=tenant)
        assert invoice.rematch(by=SYSTEM, facts=await ports.facts(tenant, invoice))
        answer = await ports.invoices.save(invoice, act)
        for ask in (
            ports.invoices.for_change(act, invoice.id),
            ports.invoices.opening(act, a_registration()),
        ):
            with pytest.raises(Answered) as again:
                await ask
            assert again.value.answer == answer == b"version 2"
        with pytest.raises(CommandReused):
            await ports.invoices.for_change(replace(act, fingerprint=b"another question"), invoice.id)


async def _same(ports: Ports, tenant: TenantId, invoice: Invoice) -> Invoice:
    """What is stored is what was saved, field by field; limits are not kept."""
    again = await ports.invoices.get(tenant, invoice.id)
    names = [f.name for f in fields(Invoice) if f.name not in {"limits", "_event"}]
    assert {n: getattr(again, n) for n in names} == {n: getattr(invoice, n) for n in names}
    return again
