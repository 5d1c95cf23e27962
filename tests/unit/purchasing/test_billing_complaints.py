"""What users of other systems complained about, with their figures. Each links its thread."""

from decimal import Decimal

import pytest

from procurement.kernel.act import Answered
from procurement.kernel.ids import GoodsReceiptId
from procurement.platform.uuid7 import uuid7
from tests.contracts.order_reports import came
from tests.unit.invoices import Invoice, a_credit_note
from tests.unit.purchasing.builders import SYSTEM, an_act
from tests.unit.purchasing.office import Office

pytestmark = pytest.mark.anyio


class Goods:
    """One delivery, and what is left of it."""

    def __init__(self, office: Office) -> None:
        self.office, self.receipt, self.version = office, GoodsReceiptId(uuid7()), 1

    async def are(self, quantity: str, enough: str) -> None:
        self.version += 1
        news = came(self.receipt, self.version, enough, l1=quantity)
        await self.office.purchasing.note_receipt(an_act(SYSTEM), news)


async def state(office: Office, line: int = 1) -> tuple[str, str, str, str]:
    """Received, billed, how far billing is, and the word for the order."""
    order = await office.order()
    progress = order.progress().lines[line]
    return (
        str(progress.receipts.accepted),
        str(progress.billing.billed),
        progress.billing_status,
        order.status,
    )


async def test_of_10_that_were_billed_3_are_refunded_and_7_are_billed() -> None:
    """https://github.com/odoo/odoo/issues/15757: 13 were shown as billed."""
    office, invoice, refund = await Office("10").issues(), Invoice(), a_credit_note()
    goods = Goods(office)
    await goods.are("10", enough="10")
    assert await office.told(invoice.matched(l1="10")) == "Invoiced"
    await goods.are("7", enough="10")
    assert await state(office) == ("7", "10", "full", "PartiallyReceived")
    await office.told(refund.matched(l1="-3"))
    assert await state(office) == ("7", "7", "partial", "PartiallyReceived")


async def test_a_refund_in_full_leaves_nothing_billed() -> None:
    """https://github.com/odoo/odoo/pull/17564, again in https://github.com/odoo/odoo/pull/17569: 1 was
    billed and refunded, and 2 were shown."""
    office = await Office("1").issues()
    await Goods(office).are("1", enough="1")
    assert await office.told(Invoice().matched(l1="1")) == "Invoiced"
    assert await office.told(a_credit_note().matched(l1="-1")) == "Received"
    assert await state(office) == ("1", "0", "none", "Received")
    assert (await office.order()).billing == {}


async def test_of_20_that_came_5_went_back_before_the_bill_of_15() -> None:
    """https://github.com/odoo/odoo/issues/13974: 20 were billed."""
    office = await Office("20").issues()
    goods = Goods(office)
    await goods.are("20", enough="20")
    await goods.are("15", enough="20")
    await office.told(Invoice().matched(l1="15"))
    assert await state(office) == ("15", "15", "partial", "PartiallyReceived")


async def test_of_25_that_are_billed_20_stayed_and_both_are_told() -> None:
    """https://github.com/odoo/odoo/issues/13642: 5 of 25 went back, the bill says 25, the credit note
    had the wrong sign."""
    office, credit = await Office("25").issues(), a_credit_note()
    goods = Goods(office)
    await goods.are("25", enough="25")
    await goods.are("20", enough="25")
    await office.told(Invoice().matched(l1="25"))
    assert await state(office) == ("20", "25", "full", "PartiallyReceived")
    await office.told(credit.matched(l1="-5"))
    assert await state(office) == ("20", "20", "partial", "PartiallyReceived")


async def test_3_are_billed_2_came_and_1_is_credited() -> None:
    """https://github.com/odoo/odoo/pull/221203: the credit note was matched with the wrong sign."""
    office, credit = await Office("3").issues(), a_credit_note()
    await office.told(Invoice().matched(l1="3"))
    await Goods(office).are("2", enough="3")
    assert await state(office) == ("2", "3", "full", "PartiallyReceived")
    await office.told(credit.matched(l1="-1"))
    assert await state(office) == ("2", "2", "partial", "PartiallyReceived")


async def test_a_line_of_nothing_credits_nothing_however_often_it_comes() -> None:
    """https://github.com/frappe/erpnext/pull/58313: 5 at 100 and 1 at 500, of which 1 and 0 come back:
    the 500 were refunded, and refunded again."""
    office = await Office("5", "1").issues()
    await office.told(Invoice().matched(l1="5", l2="1"))
    for credited in ("-1", "-1"):
        await office.told(a_credit_note().matched(l1=credited, l2="0"))
    billing = (await office.order()).billing
    assert {n: (int(line.billed), int(line.net)) for n, line in billing.items()} == {1: (3, 3), 2: (1, 1)}


async def test_a_match_that_is_told_twice_counts_once() -> None:
    """https://github.com/adempiere/adempiere/issues/3462: match records were written twice."""
    office, invoice = await Office("10").issues(), Invoice()
    matched = invoice.matched(l1="6")
    await office.told(matched)
    with pytest.raises(Answered):
        await office.told(matched)
    await office.told(invoice.says("InvoiceExceptionReleased"))
    assert await state(office) == ("0", "6", "partial", "Issued")


async def test_half_of_it_is_not_all_of_it() -> None:
    """https://github.com/adempiere/adempiere/issues/3540, with the figures of its review: 6,000 were
    told to be 12,000, and the rest could not be received."""
    office = await Office("12000").issues()
    await office.told(Invoice().matched(l1="6000"))
    assert await state(office) == ("0", "6000", "partial", "Issued")


async def test_what_was_cancelled_can_be_billed_anew() -> None:
    """https://github.com/adempiere/adempiere/pull/4283: 50, 30 and 20 came, 65 and 35 were billed; the
    65 are taken back and billed again as 30 and 35. https://github.com/idempiere/idempiere/pull/1019
    could not."""
    office, first = await Office("100").issues(), Invoice()
    for quantity in ("50", "30", "20"):
        await Goods(office).are(quantity, enough="100")
    assert await office.told(first.matched(l1="65")) == "Received"
    assert await office.told(Invoice().matched(l1="35")) == "Invoiced"
    assert await office.told(first.says("InvoiceCancelled", l1="0")) == "Received"
    assert await state(office) == ("100", "35", "partial", "Received")
    assert await office.told(Invoice().matched(l1="65")) == "Invoiced"


async def test_two_bills_of_12_and_8_are_20() -> None:
    """https://github.com/adempiere/adempiere/issues/4355"""
    office = await Office("20").issues()
    await Goods(office).are("20", enough="20")
    assert await office.told(Invoice().matched(l1="12")) == "Received"
    assert await office.told(Invoice().matched(l1="8")) == "Invoiced"


async def test_what_went_back_after_the_bill_is_seen() -> None:
    """https://github.com/odoo/odoo/issues/20839: 100 came and were billed, 1 went back: nothing was
    shown."""
    office = await Office("100").issues()
    goods = Goods(office)
    await goods.are("100", enough="100")
    assert await office.told(Invoice().matched(l1="100")) == "Invoiced"
    await goods.are("99", enough="100")
    assert await state(office) == ("99", "100", "full", "PartiallyReceived")


async def test_the_bill_is_not_cut_to_what_came() -> None:
    """https://github.com/odoo/odoo/pull/250925: 2 were ordered and billed, 1 came: the bill was
    rewritten to 1 and called a full match."""
    office = await Office("2").issues()
    await Goods(office).are("1", enough="2")
    await office.told(Invoice().matched(l1="2"))
    assert await state(office) == ("1", "2", "full", "PartiallyReceived")


async def test_what_came_and_was_billed_is_not_waited_for() -> None:
    """https://github.com/frappe/erpnext/issues/40629: what came and was billed was still shown as to be
    received."""
    office = await Office("10").issues()
    await office.told(Invoice().matched(l1="10"))
    await Goods(office).are("10", enough="10")
    line = (await office.order()).progress().lines[1]
    assert (line.still_open, line.settled) == (Decimal(0), True)
