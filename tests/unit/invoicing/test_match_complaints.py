"""What users of other systems complained about, with their figures. Each links its thread."""

from datetime import date
from decimal import Decimal

import pytest

from procurement.invoicing.domain.document import Kind, Line
from procurement.invoicing.domain.duplicates import Candidate, explained
from procurement.invoicing.domain.matching import Result, Rung
from procurement.invoicing.domain.ordered import BillableLine
from tests.unit.invoicing.papers import (
    INVOICE,
    TWO_WAY,
    codes,
    corrected,
    credit_note,
    document,
    figures,
    invoiced,
    matched,
    order,
    ordered,
    tolerating,
)

TOO_MUCH = [("1", "QTY", "quantity-too-high")]
NOT_YET = [("1", "DEL", "not-received-yet")]


def standing(quantity: str, accepted: str, billed: str = "0", price: str = "41.00") -> BillableLine:
    return ordered(1, quantity, price, accepted=accepted, billed=billed)


def billed(before: str, line: Line, credited: dict[int, str] | None = None) -> Decimal:
    """What is billed after the document, which must match."""
    paper = document(line) if credited is None else credit_note(line)
    corrects = None if credited is None else corrected(credited)
    found = matched(paper, order(standing("100", "100", before)), corrects=corrects)
    assert found.result is Result.MATCHED
    return Decimal(before) + found.lines[0].quantity


def test_10_billed_and_3_refunded_are_7_not_13() -> None:
    """https://github.com/odoo/odoo/issues/15757"""
    assert billed("10", invoiced("3"), {1: "10"}) == 7
    assert codes(matched(document(invoiced("1")), order(standing("10", "7", "7")))) == NOT_YET


def test_1_billed_and_1_refunded_is_0_not_2() -> None:
    """https://github.com/odoo/odoo/pull/17564, https://github.com/odoo/odoo/pull/17569: the same fix in 9.0
    and 10.0; first https://github.com/odoo/odoo/pull/15941."""
    assert billed("0", invoiced("1")) == 1
    assert billed("1", invoiced("1"), {1: "1"}) == 0


def test_of_20_with_5_returned_15_are_billed() -> None:
    """https://github.com/odoo/odoo/issues/13974"""
    line = order(standing("20", "15"))
    (missing,) = matched(document(invoiced("20")), line).mismatches
    assert figures(missing.stated, missing.expected) == (20, 15)
    assert matched(document(invoiced("15")), line).result is Result.MATCHED


def test_an_invoice_for_25_is_not_paid_where_5_of_25_went_back() -> None:
    """https://github.com/odoo/odoo/issues/13642: the invoice still says 25; a credit note of 5 settles it."""
    assert codes(matched(document(invoiced("25")), order(standing("25", "20")))) == NOT_YET
    note = matched(credit_note(invoiced("5")), order(standing("25", "20")), corrects=corrected({1: "25"}))
    assert note.result is Result.MATCHED
    assert note.lines[0].quantity == -5
    assert matched(document(invoiced("25")), order(standing("25", "20", "-5"))).result is Result.MATCHED


def test_the_credit_note_for_the_third_of_3_billed_with_2_received_is_one_with_its_sign_right() -> None:
    """https://github.com/odoo/odoo/pull/221203: -1 on the credit note, where 1 was right."""
    line = order(standing("3", "2", "3"))
    found = matched(credit_note(invoiced("1")), line, corrects=corrected({1: "3"}))
    assert figures(found.result, found.lines[0].quantity) == (Result.MATCHED, -1)
    wrong = matched(credit_note(invoiced("-1")), line, corrects=corrected({1: "3"}))
    assert codes(wrong) == TOO_MUCH


def test_a_line_of_quantity_zero_does_not_refund_its_full_price_again_and_again() -> None:
    """https://github.com/frappe/erpnext/pull/58313: 5 x 100 and 1 x 500 invoiced; the credit note says 1 of
    the first and 0 of the second, for 500."""
    first, second = ordered(1, "5", "100", accepted="5"), ordered(2, "1", "500", accepted="1")
    note = credit_note(
        invoiced("1", "100", price="100", id="1"), invoiced("0", "500", price="500", id="2", name="Item 2")
    )
    found = matched(note, order(first, second), corrects=corrected({1: "5", 2: "1"}, "1000"))
    assert codes(found) == [("2", "QTY", "amount-without-quantity")]
    assert found.mismatches[0].at_risk == 500
    again = matched(note, order(first, second), corrects=corrected({1: "4", 2: "1"}, "1000", "600"))
    assert codes(again) == [(None, "FIN", "credit-exceeds-invoice"), ("2", "QTY", "amount-without-quantity")]


def test_2_invoiced_of_2_with_1_received_stay_2_and_are_no_match() -> None:
    """https://github.com/odoo/odoo/pull/250925: the 2 of the imported bill became 1, "full match"."""
    found = matched(document(invoiced("2")), order(standing("2", "1")))
    assert found.result is Result.WAITING
    assert figures(found.lines[0].quantity, found.lines[0].accepted) == (2, 1)


def test_6000_of_12000_are_half_and_not_fully_matched() -> None:
    """https://github.com/adempiere/adempiere/issues/3540, https://github.com/adempiere/adempiere/pull/3542:
    12000 said to be matched, 6000 were."""
    found = matched(document(invoiced("6000")), order(standing("12000", "12000")))
    assert figures(found.result, found.lines[0].quantity) == (Result.MATCHED, 6000)
    rest = order(standing("12000", "12000", "6000"))
    assert matched(document(invoiced("6000")), rest).result is Result.MATCHED
    assert codes(matched(document(invoiced("6001")), rest)) == TOO_MUCH


def test_one_line_counts_once_however_many_receipts_it_came_in() -> None:
    """https://github.com/adempiere/adempiere/issues/3462: the match was written for the receipt and again
    for the invoice. https://github.com/adempiere/adempiere/pull/4283: 50, 30 and 20 come, 65 and 35 are
    billed."""
    assert matched(document(invoiced("65")), order(standing("100", "100"))).result is Result.MATCHED
    assert matched(document(invoiced("35")), order(standing("100", "100", "65"))).result is Result.MATCHED
    assert codes(matched(document(invoiced("36")), order(standing("100", "100", "65")))) == TOO_MUCH
    split = document(invoiced("30", id="0"), invoiced("35", id="1"))
    assert matched(split, order(standing("100", "100", "35"))).result is Result.MATCHED


def test_500_are_not_billed_where_50_came() -> None:
    """https://github.com/moiz-lakkadkutta/Fabric-Inventory/issues/200: 500 billed against a receipt of 50."""
    for quantity in ("50", "500"):
        found = matched(document(invoiced("500")), order(standing(quantity, "50")))
        assert found.result is not Result.MATCHED
        assert figures(found.mismatches[0].stated, found.mismatches[0].expected) == (500, 50)


def test_a_receipt_that_was_reversed_and_came_again_is_matched_again() -> None:
    """https://github.com/idempiere/idempiere/pull/1019 (without figures)."""
    paper = document(invoiced("10"))
    before = matched(paper, order(standing("10", "10")))
    assert matched(paper, order(standing("10", "0"))).result is Result.WAITING
    assert matched(paper, order(standing("10", "10"))) == before


def test_41_received_of_40_with_40_billed_leave_1_to_bill() -> None:
    """https://github.com/ingadhoc/purchase/pull/359: the over-receipt was hidden from billing."""
    line = order(standing("40", "41", "40"))
    assert matched(document(invoiced("1")), line).result is Result.MATCHED
    assert codes(matched(document(invoiced("2")), line)) == TOO_MUCH


def test_100_at_20_instead_of_10_are_stopped_by_price_and_not_by_a_limit_for_quantity() -> None:
    """https://github.com/frappe/erpnext/issues/15809: over-billing the rate shared the limit for quantity.
    https://github.com/frappe/erpnext/issues/53003: quantity had its way around, the amount had not; here both
    are exceptions that the same people release."""
    found = matched(
        document(invoiced("100", price="20")),
        order(standing("100", "100", price="10")),
        tolerating(quantity="10"),
    )
    assert codes(found) == [("1", "PRI", "price-too-high")]
    assert found.mismatches[0].at_risk == 1000


def test_the_price_of_the_imported_bill_is_kept_where_the_order_has_50() -> None:
    """https://github.com/odoo/odoo/pull/158015: the order's 50.00 overwrote the bill's price."""
    found = matched(document(invoiced("1", price="55.00")), order(standing("1", "1", price="50.00")))
    assert figures(found.lines[0].net, found.lines[0].price, found.lines[0].ordered_price) == (55, 55, 50)


def test_billing_has_a_limit_of_its_own() -> None:
    """https://github.com/frappe/erpnext/issues/59114: one setting for ordering, receiving and billing.
    105 came of 100 within what receiving allows; no more than came is billed, whatever that was."""
    line = order(standing("100", "105"))
    assert matched(document(invoiced("105")), line).result is Result.MATCHED
    assert codes(matched(document(invoiced("106")), line)) == TOO_MUCH


def test_three_of_the_first_line_do_not_bill_one_of_each() -> None:
    """https://github.com/frappe/erpnext/issues/31535: three lines of 1, 3 came of the first."""
    lines = [ordered(n, "1", accepted=came, sku="TABLET") for n, came in ((1, "3"), (2, "0"), (3, "0"))]
    each = [invoiced("1", id=str(n), order_line=str(n)) for n in (1, 2, 3)]
    found = matched(document(*each), order(*lines))
    assert codes(found) == [("2", "DEL", "not-received-yet"), ("3", "DEL", "not-received-yet")]
    by_item = document(*(invoiced("1", id=str(n), buyer_id="tablet") for n in (1, 2, 3)))
    assert [line.order_line for line in matched(by_item, order(*lines)).lines] == [1, 1, 1]


def test_what_is_closed_short_is_complete_and_bills_no_more() -> None:
    """https://github.com/inventree/InvenTree/issues/583, https://github.com/ingadhoc/purchase/pull/342
    (without figures): no way to drop the rest, so that it could be billed for ever."""
    line = ordered(1, "10", accepted="4", billed="4", released="6")
    assert codes(matched(document(invoiced("6")), order(line, status="Closed"))) == TOO_MUCH
    assert codes(matched(document(invoiced("6")), order(line), TWO_WAY)) == TOO_MUCH


def held(number: str, issued: date, total: str = "410.00", kind: Kind = Kind.INVOICE) -> Candidate:
    return Candidate(
        invoice=INVOICE,
        kind=kind,
        number=number,
        issued=issued,
        total=Decimal(total),
        currency="EUR",
        sha256="0b" * 32,
        order_number="PO-2026-000001",
    )


def test_the_same_bill_is_not_entered_twice() -> None:
    """https://github.com/odoo/odoo/issues/68367: reference 1234 of yesterday and again of today."""
    paper = document(invoiced(), number="1234", issued=date(2021, 3, 25))
    (found,) = explained(paper, "0a" * 32, [held("1234", date(2021, 3, 24))])
    assert (found.blocks, found.reasons[0]) == (True, "the same number")


@pytest.mark.parametrize(
    ("again", "blocks", "reason"),
    [
        ("3411", True, "the same number"),
        ("003411", False, "the same number but for leading zeros or characters that look alike"),
        ("A3411", False, "the same number but for its letters"),
    ],
)
def test_bill_3411_is_entered_once(again: str, blocks: bool, reason: str) -> None:
    """https://github.com/frappe/erpnext/issues/2412: the exact number must not pass; 003411 and A3411 "cannot
    be helped". Here they are at least shown."""
    paper = document(invoiced(), number=again)
    (found,) = explained(paper, "0a" * 32, [held("3411", paper.issued)])
    assert (found.blocks, found.reasons[0]) == (blocks, reason)


def test_a_second_partial_bill_of_the_order_is_not_refused() -> None:
    """https://github.com/odoo/odoo/issues/59685: the order's reference was taken for the bill's number."""
    paper = document(invoiced("5"), number="RE-2", issued=date(2026, 3, 5))
    (found,) = explained(paper, "0a" * 32, [held("RE-1", date(2026, 3, 2), "205.00")])
    assert (found.blocks, found.reasons) == (False, ("the same amount 3 days apart on the same order",))


def test_a_second_partial_refund_of_the_same_bill_is_not_refused() -> None:
    """https://github.com/odoo/odoo/issues/43518"""
    note = credit_note(invoiced("1"), number="GS-2")
    found = explained(note, "0a" * 32, [held("GS-1", note.issued, "41.00", Kind.CREDIT_NOTE)])
    assert not any(possible.blocks for possible in found)
    line = order(standing("10", "8", "9"))
    assert matched(note, line, corrects=corrected({1: "9"}, "410.00", "41.00")).result is Result.MATCHED


def test_a_number_that_starts_again_each_year_needs_a_reason_and_is_told_the_year() -> None:
    """https://github.com/OCA/account-invoicing/issues/358; number 1 of 2019 and of 2020:
    https://github.com/OCA/account-invoicing/issues/659. Two invoices of one reference must be possible:
    https://github.com/odoo/odoo/pull/15891, https://github.com/OCA/account-invoicing/pull/362."""
    paper = document(invoiced(), number="1", issued=date(2020, 1, 20))
    (found,) = explained(paper, "0a" * 32, [held("1", date(2019, 1, 21))])
    assert (found.blocks, found.reasons) == (True, ("the same number, used in 2019 before",))


def test_the_duplicate_is_named() -> None:
    """https://github.com/odoo/odoo/pull/37131: it said that there was one, and not which."""
    (found,) = explained(document(invoiced(), number="1234"), "0a" * 32, [held("1234", date(2026, 1, 1))])
    assert f"inv_{INVOICE} (number 1234)" in found.blocker.detail


def test_a_number_is_asked_among_all_of_the_supplier() -> None:
    """https://github.com/OCA/account-invoicing/pull/2363: 001 was entered for another partner, who was then
    changed. Here the supplier of an invoice never changes, and its number is asked among all of his."""
    others = [held("001", date(2026, 1, 1)), held("002", date(2025, 1, 1), "1.00")]
    found = explained(document(invoiced(), number="001"), "0a" * 32, others)
    assert [possible.number for possible in found] == ["001"]


@pytest.mark.parametrize("rung", list(Rung))
def test_every_rung_is_said_in_words(rung: Rung) -> None:
    line = ordered(1, "10", accepted="10", sku="A", supplier_item_id="B", gtin="4012345678901")
    said = {
        Rung.ASSIGNED: invoiced(name="?"),
        Rung.LINE_REFERENCE: invoiced(name="?", order_line="1"),
        Rung.BUYER_ITEM: invoiced(name="?", buyer_id="A"),
        Rung.SELLER_ITEM: invoiced(name="?", seller_id="B"),
        Rung.GTIN: invoiced(name="?", gtin="4012345678901"),
        Rung.DESCRIPTION: invoiced(),
    }[rung]
    assigned = {"1": 1} if rung is Rung.ASSIGNED else {}
    (found,) = matched(document(said), order(line), assigned=assigned).lines
    assert found.rung is rung
    assert "; found by " in found.explanation
