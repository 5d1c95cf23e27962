"""What every adapter promises of the sums that documents share: no two of them overdraw one together."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from procurement.invoicing.domain.document import Line
from procurement.invoicing.domain.invoice import SYSTEM, Invoice
from procurement.invoicing.domain.lifecycle import State
from procurement.kernel.errors import Stale
from procurement.kernel.ids import GoodsReceiptId, InvoiceId, OrderId, SupplierId, TenantId
from procurement.platform.uuid7 import uuid7
from tests.contracts.invoicing import (
    Ports,
    a_tenant,
    an_exact_tenant,
    issued,
    received,
    registered,
    rematched,
)
from tests.unit.invoicing.builders import CARL, CLARA, FINN, NOW, an_act
from tests.unit.invoicing.papers import (
    EXACT,
    ORDER,
    credit_note,
    document,
    invoiced,
    ordered,
)

pytestmark = pytest.mark.anyio


async def an_invoice(
    ports: Ports, tenant: TenantId, quantity: str, number: str, minute: int = 0, **more: Any
) -> Invoice:
    at = NOW + timedelta(minutes=minute)
    return await registered(ports, tenant, document(invoiced(quantity), number=number, **more), at=at)


async def a_credit(ports: Ports, tenant: TenantId, *lines: Line, number: str = "GS-1") -> Invoice:
    return await registered(ports, tenant, credit_note(*lines, number=number))


async def looked_at(ports: Ports, tenant: TenantId, invoice: Invoice) -> Invoice:
    """Decided, but not stored yet."""
    assert invoice.rematch(by=SYSTEM, facts=await ports.facts(tenant, invoice))
    return invoice


async def take_back(ports: Ports, tenant: TenantId, invoice: Invoice) -> None:
    invoice.cancel("mistake", by=CLARA, order=await ports.orders.billable(tenant, ORDER, None))
    await ports.invoices.save(invoice, an_act(tenant=tenant))


class SharedSumsContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_what_others_billed_counts_and_ones_own_does_not(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        first = await rematched(ports, tenant, await an_invoice(ports, tenant, "6", "A"))
        second = await rematched(ports, tenant, await an_invoice(ports, tenant, "4", "B"))
        assert (first.state, second.state) == (State.MATCHED, State.MATCHED)
        assert await ports.billed(tenant) == {1: 10}
        for invoice, others in ((first, 4), (second, 6)):
            known = await ports.orders.billable(tenant, ORDER, None, invoice.id)
            assert known
            assert known.lines[1].billed == others
        await take_back(ports, tenant, first)
        assert await ports.billed(tenant) == {1: 4}
        again = await ports.invoices.get(tenant, first.id)
        assert (again.counted[1].quantity, again.counted[1].net) == (Decimal(0), Decimal(0))

    async def test_a_match_on_old_news_is_stale_and_leaves_nothing(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        first = await looked_at(ports, tenant, await an_invoice(ports, tenant, "6", "A"))
        second = await looked_at(ports, tenant, await an_invoice(ports, tenant, "4.01", "B"))
        await ports.invoices.save(first, an_act(tenant=tenant))
        with pytest.raises(Stale):
            await ports.invoices.save(second, an_act(tenant=tenant))
        assert await ports.billed(tenant) == {1: 6}
        again = await rematched(ports, tenant, await ports.invoices.get(tenant, second.id))
        assert again.state is State.DISPUTED
        assert len(await ports.invoices.history(tenant, second.id)) == 2

    async def test_what_a_person_let_pass_has_no_limit_this_once(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        await rematched(ports, tenant, await an_invoice(ports, tenant, "6", "A"))
        late = await looked_at(ports, tenant, await an_invoice(ports, tenant, "1", "C"))
        second = await rematched(ports, tenant, await an_invoice(ports, tenant, "5", "B"))
        second.release(1, "agreed", by=FINN, facts=await ports.facts(tenant, second))
        await ports.invoices.save(second, an_act(FINN, tenant=tenant))
        assert await ports.billed(tenant) == {1: 11}
        with pytest.raises(Stale):
            await ports.invoices.save(late, an_act(tenant=tenant))
        await take_back(ports, tenant, second)
        assert await ports.billed(tenant) == {1: 6}
        late = await rematched(ports, tenant, await ports.invoices.get(tenant, late.id))
        assert (late.state, await ports.billed(tenant)) == (State.MATCHED, {1: 7})

    async def test_what_sank_below_what_is_billed_holds_nothing_back_but_more(self, ports: Ports) -> None:
        tenant, receipt = await an_exact_tenant(ports, "0"), GoodsReceiptId(uuid7())
        await ports.orders.note_receipt(tenant, received({1: "10"}, receipt=receipt))
        first = await rematched(ports, tenant, await an_invoice(ports, tenant, "6", "A"))
        second = await rematched(ports, tenant, await an_invoice(ports, tenant, "4", "B"))
        await ports.orders.note_receipt(tenant, received({1: "3"}, receipt=receipt, version=3))
        await take_back(ports, tenant, second)
        assert await ports.billed(tenant) == {1: 6}
        fell = await rematched(ports, tenant, first)
        assert (fell.state, await ports.billed(tenant)) == (State.MATCHING, {1: 0})

    async def test_an_invoice_that_moves_to_another_order_takes_its_claims_along(self, ports: Ports) -> None:
        tenant, other = await an_exact_tenant(ports), OrderId(uuid7())
        await ports.orders.note_order(tenant, issued(ordered(1), ordered(2), order=other, number="PO-2"))
        receipt = GoodsReceiptId(uuid7())
        await ports.orders.note_receipt(tenant, received({1: "10"}, order=other))
        first = await rematched(ports, tenant, await an_invoice(ports, tenant, "6", "A"))
        await ports.orders.note_receipt(tenant, received({}, receipt=receipt, failed=frozenset({1})))
        await rematched(ports, tenant, first)
        await ports.orders.note_receipt(tenant, received({}, receipt=receipt, version=3))
        first.resubmit("PO-2", await ports.orders.billable(tenant, other, None), {"1": 1}, by=CARL, at=NOW)
        await ports.invoices.save(first, an_act(CARL, tenant=tenant))
        assert await ports.billed(tenant) == {1: 0}
        again = await rematched(ports, tenant, await ports.invoices.get(tenant, first.id))
        assert (again.state, again.order) == (State.MATCHED, other)
        assert (await ports.billed(tenant), await ports.billed(tenant, other)) == ({1: 0}, {1: 6, 2: 0})
        assert (await ports.invoices.get(tenant, first.id)).counted == again.counted

    async def test_a_credit_note_takes_back_of_the_invoice_that_it_names(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        invoice = await rematched(ports, tenant, await an_invoice(ports, tenant, "10", "RE-1"))
        first = await a_credit(ports, tenant, invoiced("4"))
        found = await ports.invoices.corrected(tenant, first)
        assert found
        assert (found.invoice, found.total, found.credited) == (invoice.id, Decimal(410), Decimal(0))
        assert found.quantities == {1: 10}
        await rematched(ports, tenant, first)
        assert (first.state, first.corrects) == (State.MATCHED, invoice.id)
        assert await ports.billed(tenant) == {1: 6}
        assert await ports.invoices.corrected(tenant, first) == found  # its own share aside
        second = await a_credit(ports, tenant, invoiced("7"), number="GS-2")
        left = await ports.invoices.corrected(tenant, second)
        assert left
        assert (left.credited, left.quantities) == (Decimal(164), {1: Decimal(6)})
        await rematched(ports, tenant, second)
        assert {e.mismatch.code for e in second.exceptions} == {
            "credit-exceeds-invoice",
            "credited-too-much",
        }
        await take_back(ports, tenant, first)
        assert await ports.billed(tenant) == {1: 10}
        await rematched(ports, tenant, second)
        assert (second.state, await ports.billed(tenant)) == (State.MATCHED, {1: 3})

    async def test_credit_notes_that_race_do_not_take_back_the_same_money_twice(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        await rematched(ports, tenant, await an_invoice(ports, tenant, "10", "RE-1"))
        first = await looked_at(ports, tenant, await a_credit(ports, tenant, invoiced("6")))
        line = invoiced("5", "246.01")
        second = await looked_at(ports, tenant, await a_credit(ports, tenant, line, number="GS-2"))
        assert (first.state, second.state) == (State.MATCHED, State.MATCHED)
        await ports.invoices.save(first, an_act(tenant=tenant))
        with pytest.raises(Stale):
            await ports.invoices.save(second, an_act(tenant=tenant))
        assert await ports.billed(tenant) == {1: 4}

    async def test_credit_notes_that_race_do_not_take_back_the_same_goods_twice(self, ports: Ports) -> None:
        """Their money fits, the goods do not: 6 and 5 of the 10 of one line, of an invoice with two."""
        tenant = await an_exact_tenant(ports)
        order = OrderId(uuid7())
        await ports.orders.note_order(tenant, issued(ordered(1), ordered(2), order=order, number="PO-2"))
        await ports.orders.note_receipt(tenant, received({1: "10", 2: "10"}, order=order))
        both = document(invoiced(), invoiced(id="2", name="Item 2"), order_number="PO-2")
        await rematched(ports, tenant, await registered(ports, tenant, both, order))
        notes = [
            await registered(
                ports, tenant, credit_note(invoiced(quantity), number=number, order_number="PO-2"), order
            )
            for quantity, number in (("6", "GS-1"), ("5", "GS-2"), ("4", "GS-3"))
        ]
        first, second, third = [await looked_at(ports, tenant, each) for each in notes]
        await ports.invoices.save(first, an_act(tenant=tenant))
        with pytest.raises(Stale):
            await ports.invoices.save(second, an_act(tenant=tenant))
        await ports.invoices.save(third, an_act(tenant=tenant))
        assert await ports.billed(tenant, order) == {1: 0, 2: 10}

    async def test_a_credit_note_that_also_charges_can_go_whatever_was_credited_since(
        self, ports: Ports
    ) -> None:
        """Of 4 one more was charged and 5 credited. Without the charge that is too much, and stands."""
        tenant, order = await an_exact_tenant(ports), OrderId(uuid7())
        await ports.orders.note_order(tenant, issued(ordered(1), ordered(2), order=order, number="PO-2"))
        await ports.orders.note_receipt(tenant, received({1: "10", 2: "10"}, order=order))
        notes = (
            document(invoiced("4"), invoiced(id="2", name="Item 2"), order_number="PO-2"),
            credit_note(invoiced("-1"), invoiced("3", id="2", name="Item 2"), order_number="PO-2"),
            credit_note(invoiced("5"), number="GS-2", order_number="PO-2"),
        )
        _, first, second = [
            await rematched(ports, tenant, await registered(ports, tenant, each, order)) for each in notes
        ]
        assert (first.state, second.state) == (State.MATCHED, State.MATCHED)
        await take_back(ports, tenant, first)
        assert await ports.billed(tenant, order) == {1: -1, 2: 10}

    async def test_a_credit_beyond_its_invoice_passes_when_a_person_lets_it(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        await rematched(ports, tenant, await an_invoice(ports, tenant, "4", "RE-1"))
        credit = await rematched(ports, tenant, await a_credit(ports, tenant, invoiced("5")))
        for exception in credit.exceptions:
            credit.release(exception.number, "bonus", by=FINN, facts=await ports.facts(tenant, credit))
            await ports.invoices.save(credit, an_act(FINN, tenant=tenant))
        assert (credit.state, await ports.billed(tenant)) == (State.MATCHED, {1: -1})

    async def test_what_was_taken_back_too_early_does_not_stand_in_the_way(self, ports: Ports) -> None:
        """A credit note for an invoice that was a mistake: billed is below zero until the right one comes."""
        tenant = await an_exact_tenant(ports, "5")
        wrong = await rematched(ports, tenant, await an_invoice(ports, tenant, "5", "RE-1"))
        await rematched(ports, tenant, await a_credit(ports, tenant, invoiced("5")))
        await take_back(ports, tenant, wrong)
        assert await ports.billed(tenant) == {1: -5}
        right = await rematched(ports, tenant, await an_invoice(ports, tenant, "10", "RE-2"))
        assert (right.state, await ports.billed(tenant)) == (State.MATCHED, {1: 5})

    async def test_the_invoice_of_a_credit_note_is_sought_with_care(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        credit = await a_credit(ports, tenant, invoiced("1"))
        assert await ports.invoices.corrected(tenant, credit) is None
        await registered(ports, tenant, document(invoiced()), supplier=SupplierId(uuid7()))
        gone = await registered(ports, tenant, document(invoiced(), number="re1"))
        await take_back(ports, tenant, gone)
        await registered(ports, tenant, credit_note(invoiced("1"), number="RE-1"))
        assert await ports.invoices.corrected(tenant, credit) is None
        copied = await registered(ports, tenant, document(invoiced("2")), duplicate_reason="another one")
        found = await ports.invoices.corrected(tenant, credit)
        assert found
        assert (found.invoice, found.quantities) == (copied.id, {})
        plain = await registered(ports, tenant, document(invoiced("3"), number="Re-1"))
        found = await ports.invoices.corrected(tenant, credit)
        assert found
        assert (found.invoice, found.total) == (plain.id, Decimal(123))
        assert await ports.invoices.corrected(a_tenant(), credit) is None

    async def test_what_to_match_again_fell_first_and_then_what_waits_longest(self, ports: Ports) -> None:
        tenant, receipt = await an_exact_tenant(ports, "0"), GoodsReceiptId(uuid7())
        await ports.orders.note_receipt(tenant, received({1: "10"}, receipt=receipt))
        made = [await an_invoice(ports, tenant, "5", f"A{n}", minute=n) for n in range(5)]
        for invoice in made[:4]:
            await rematched(ports, tenant, invoice)
        await take_back(ports, tenant, made[3])
        unknown = await registered(
            ports, tenant, document(invoiced(), number="B"), None, at=NOW + timedelta(days=1)
        )
        await registered(ports, tenant, document(invoiced(), number="C"), None, supplier=SupplierId(uuid7()))
        wait = [made[2].id, made[4].id, unknown.id]
        assert await ports.invoices.to_match(tenant, ORDER) == {ORDER: wait}
        await ports.orders.note_receipt(tenant, received({1: "7"}, receipt=receipt, version=3))
        assert await ports.invoices.to_match(tenant, ORDER) == {ORDER: [made[1].id, made[0].id, *wait]}
        assert await ports.invoices.to_match(a_tenant(), ORDER) == {}

    async def test_time_is_up_by_the_days_of_each_tenant(self, ports: Ports) -> None:
        usual, strict = a_tenant(), await an_exact_tenant(ports, "0")
        await ports.policies.save(replace(EXACT, version=2, days_to_match=3), an_act(tenant=strict))
        theirs = await registered(ports, usual, None, None)
        waits = await rematched(ports, strict, await an_invoice(ports, strict, "5", "A", minute=1))
        later = await an_invoice(ports, strict, "5", "B", minute=2)
        done = await an_invoice(ports, strict, "5", "C")
        await take_back(ports, strict, done)
        again = await an_invoice(ports, strict, "5", "D")
        again.time_out(by=SYSTEM, at=NOW + timedelta(days=3), facts=await ports.facts(strict, again))
        await ports.invoices.save(again, an_act(tenant=strict))
        order, act = await ports.orders.billable(strict, ORDER, None), an_act(CARL, tenant=strict)
        again.resubmit("mended", order, {}, by=CARL, at=NOW + timedelta(days=29, minutes=3))
        await ports.invoices.save(again, act)

        async def overdue(days: int, minute: int = 0) -> list[InvoiceId]:
            at = NOW + timedelta(days=days, minutes=minute)
            found = await ports.deadlines.overdue(at, 30)
            return [invoice for tenant, invoice in found if tenant in {usual, strict}]

        assert (await overdue(3), await overdue(29)) == ([], [waits.id, later.id])
        assert await overdue(3, 1) == [waits.id]
        assert await overdue(30) == [theirs.id, waits.id, later.id]
        assert await overdue(32, 2) == [theirs.id, waits.id, later.id]
        assert await overdue(32, 3) == [theirs.id, waits.id, later.id, again.id], "its days count anew"
