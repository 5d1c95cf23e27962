"""How much may be billed: no more than came, over all invoices together, each line for itself."""

from decimal import Decimal

import pytest

from procurement.invoicing.domain.matching import Reason, Result, ceilings
from tests.unit.invoicing.papers import (
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

NOT_YET = [("1", "DEL", "not-received-yet")]
TOO_MUCH = [("1", "QTY", "quantity-too-high")]
TAKEN_TOO_MUCH = [("1", "QTY", "credited-too-much")]


def test_what_was_ordered_accepted_and_invoiced_alike_is_matched_and_says_why() -> None:
    line = ordered(1, "10", "41.00", accepted="10", supplier_item_id="S-1")
    found = matched(document(invoiced("10", "410.00", seller_id="S-1")), order(line))
    assert (found.result, found.mismatches) == (Result.MATCHED, ())
    assert found.lines[0].explanation == (
        "10 C62 invoiced of order line 1: 10 C62 ordered, 10 accepted, 0 billed before; found by the seller's"
        " item id; 410.00 EUR, 41 EUR each as ordered"
    )
    assert ceilings(found) == {1: 10}


@pytest.mark.parametrize(
    ("accepted", "billed", "status", "expected", "result"),
    [
        ("10", "0", "Acknowledged", [], Result.MATCHED),
        ("9.999999", "0", "Acknowledged", NOT_YET, Result.WAITING),
        ("0", "0", "Issued", NOT_YET, Result.WAITING),
        ("0", "0", "Disputed", NOT_YET, Result.WAITING),
        ("10", "0.000001", "Acknowledged", TOO_MUCH, Result.DISPUTED),
        ("10", "10", "Acknowledged", TOO_MUCH, Result.DISPUTED),
        ("4", "6", "Acknowledged", TOO_MUCH, Result.DISPUTED),
        ("9", "0", "Closed", TOO_MUCH, Result.DISPUTED),
        ("10", "0", "Closed", [], Result.MATCHED),
        ("12", "2", "Acknowledged", [], Result.MATCHED),
        ("12", "3", "Acknowledged", TOO_MUCH, Result.DISPUTED),
    ],
)
def test_three_way_ten_are_billed_when_ten_more_were_accepted(
    accepted: str, billed: str, status: str, expected: list[tuple[str, str, str]], result: Result
) -> None:
    line = ordered(1, "10", accepted=accepted, billed=billed)
    found = matched(document(invoiced("10")), order(line, status=status))
    assert (codes(found), found.result) == (expected, result)


def test_what_is_missing_is_said_in_figures() -> None:
    line = ordered(1, "10", "41.00", accepted="8", billed="3")
    (missing,) = matched(document(invoiced("7")), order(line)).mismatches
    assert figures(missing.stated, missing.expected, missing.at_risk) == (7, 5, Decimal("82.00"))
    assert missing.detail == (
        "7 C62 invoiced of order line 1: 10 C62 ordered, 8 accepted, 3 billed before: 2 C62 have yet to come"
        " (tolerance 0 %)"
    )


def test_what_was_given_up_is_not_waited_for() -> None:
    line = ordered(1, "10", accepted="4", released="6")
    assert codes(matched(document(invoiced("5")), order(line))) == TOO_MUCH
    assert matched(document(invoiced("4")), order(line)).result is Result.MATCHED


@pytest.mark.parametrize(("quantity", "fine"), [("4", True), ("4.000001", False)])
def test_two_way_bills_what_is_due_and_asks_for_no_receipt(quantity: str, fine: bool) -> None:
    line = ordered(1, "10", billed="5", released="1")
    found = matched(document(invoiced(quantity, "164.00")), order(line), TWO_WAY)
    assert codes(found) == ([] if fine else TOO_MUCH)


@pytest.mark.parametrize(
    ("quantity", "cap", "fine"),
    [
        ("105", None, True),
        ("105.1", None, False),
        ("103", "3", True),
        ("103.1", "3", False),
        ("105", "9", True),
    ],
)
def test_of_percentage_and_cap_the_smaller_tolerance_wins(quantity: str, cap: str | None, fine: bool) -> None:
    policy = tolerating(quantity="5", quantity_cap=cap)
    line = ordered(1, "100", accepted="100")
    assert codes(matched(document(invoiced(quantity)), order(line), policy)) == ([] if fine else TOO_MUCH)


def test_the_tolerance_is_there_once_however_many_invoices_share_it() -> None:
    policy = tolerating(quantity="5")
    line = ordered(1, "100", accepted="100", billed="103")
    assert codes(matched(document(invoiced("3")), order(line), policy)) == TOO_MUCH
    found = matched(document(invoiced("2")), order(line), policy)
    assert figures(found.result, ceilings(found)) == (Result.MATCHED, {1: 105})


def test_lines_of_one_document_add_up_on_their_order_line() -> None:
    said = document(invoiced("6", id="1"), invoiced("5", id="2", name="item 1"))
    found = matched(said, order(ordered(1, "10", accepted="10")))
    assert codes(found) == [("2", "QTY", "quantity-too-high")]
    assert [line.billed_before for line in found.lines] == [0, 6]
    assert found.mismatches[0].at_risk == 41


def test_too_little_of_one_line_does_not_make_up_for_too_much_of_another() -> None:
    """Only totals compared: 8 and 12 are 20 as ordered, and each is wrong."""
    lines = (ordered(1, "10", accepted="10"), ordered(2, "10", accepted="10"))
    said = document(invoiced("8", id="1", order_line="1"), invoiced("12", id="2", order_line="2"))
    assert codes(matched(said, order(*lines))) == [("2", "QTY", "quantity-too-high")]


def test_an_order_line_below_zero_is_billed_without_a_receipt_and_down_to_itself() -> None:
    deposit = ordered(1, "-10", "3.00", billed="-4")
    found = matched(document(invoiced("-6", price="3.00")), order(deposit))
    assert figures(found.result, ceilings(found)) == (Result.MATCHED, {1: -10})
    found = matched(document(invoiced("-7", price="3.00")), order(deposit))
    assert codes(found) == TOO_MUCH
    assert figures(found.mismatches[0].stated, found.mismatches[0].expected) == (-7, -6)
    assert found.mismatches[0].at_risk == 3


def test_a_line_below_zero_takes_back_at_most_what_was_billed() -> None:
    line = ordered(1, "10", accepted="10", billed="4")
    found = matched(document(invoiced("-4")), order(line))
    assert figures(found.result, ceilings(found)) == (Result.MATCHED, {1: 0})
    assert codes(matched(document(invoiced("-5")), order(line))) == TAKEN_TOO_MUCH
    both = document(invoiced("6", id="0"), invoiced("-10", id="1"))
    assert matched(both, order(line)).result is Result.MATCHED


@pytest.mark.parametrize(("quantity", "expected"), [("3", []), ("4", TAKEN_TOO_MUCH)])
def test_a_credit_note_takes_back_what_its_invoice_billed(
    quantity: str, expected: list[tuple[str, str, str]]
) -> None:
    line = ordered(1, "10", accepted="7", billed="10")
    found = matched(credit_note(invoiced(quantity)), order(line), corrects=corrected({1: "3"}))
    assert codes(found) == expected
    assert found.lines[0].quantity == -Decimal(quantity)
    assert found.lines[0].net == -41 * Decimal(quantity)
    assert ceilings(found) == {}


def test_a_credit_note_may_come_before_its_disputed_invoice_counts() -> None:
    """10 invoiced, 7 accepted: the credit note of 3 is what settles the invoice."""
    line = ordered(1, "10", accepted="7", released="3")
    assert codes(matched(document(invoiced("10")), order(line))) == TOO_MUCH
    note = matched(credit_note(invoiced("3")), order(line), corrects=corrected({1: "10"}))
    assert note.result is Result.MATCHED
    credited = ordered(1, "10", accepted="7", released="3", billed="-3")
    assert matched(document(invoiced("10")), order(credited)).result is Result.MATCHED


def test_two_lines_of_a_credit_note_share_what_is_left() -> None:
    note = credit_note(invoiced("2", id="0"), invoiced("2", id="1"))
    line = ordered(1, "10", accepted="10", billed="10")
    assert codes(matched(note, order(line), corrects=corrected({1: "3"}))) == TAKEN_TOO_MUCH


def test_a_credit_note_that_charges_bills_like_an_invoice() -> None:
    line = ordered(1, "10", accepted="10", billed="10")
    found = matched(credit_note(invoiced("-1")), order(line), corrects=corrected({1: "10"}))
    assert codes(found) == TOO_MUCH
    assert figures(found.mismatches[0].stated, found.mismatches[0].expected) == (-1, 0)


def test_another_unit_is_never_compared() -> None:
    line = ordered(1, "10", accepted="10", unit="XBX")
    found = matched(document(invoiced("10", "9999", unit="C62")), order(line))
    assert codes(found) == [("1", "QTY", "unit-differs")]
    assert found.mismatches[0].at_risk == 9999
    assert found.lines[0].explanation.endswith("no price compared: another unit")


def test_failed_goods_are_not_paid_but_may_be_credited() -> None:
    line = ordered(1, "10", accepted="10", failed=True)
    found = matched(document(invoiced("11")), order(line))
    assert [mismatch.reason for mismatch in found.mismatches] == [Reason.QUALITY, Reason.QUANTITY]
    assert found.result is Result.DISPUTED
    note = matched(credit_note(invoiced("2")), order(line), corrects=corrected({1: "10"}))
    assert note.result is Result.MATCHED


def test_waiting_is_no_dispute_but_dispute_is_no_waiting() -> None:
    line = ordered(1, "10", accepted="0")
    said = document(invoiced("10", id="1"), invoiced("1", id="2", name="Gold"))
    found = matched(said, order(line))
    assert codes(found) == [*NOT_YET, ("2", "ITM", "item-not-ordered")]
    assert found.result is Result.DISPUTED


def test_an_amount_without_a_quantity_is_an_exception_and_takes_nothing_up() -> None:
    found = matched(document(invoiced("0", "500.00")), order(ordered(1, "10", accepted="10")))
    assert codes(found) == [("1", "QTY", "amount-without-quantity")]
    assert found.mismatches[0].at_risk == 500
    assert found.lines[0].order_line is None
    assert matched(document(invoiced("0", "0")), order(ordered())).result is Result.MATCHED


def test_a_ceiling_is_what_came_by_now_and_not_what_may_come() -> None:
    found = matched(document(invoiced("6")), order(ordered(1, "10", accepted="6")))
    assert (found.result, ceilings(found)) == (Result.MATCHED, {1: Decimal(6)})


def test_the_ceiling_is_that_of_the_direction_in_which_the_document_moves_the_line() -> None:
    line = ordered(1, "10", accepted="10", billed="2")
    up = document(invoiced("6", id="1"), invoiced("-2", id="2"))
    assert ceilings(matched(up, order(line))) == {1: 10}
    down = document(invoiced("2", id="1"), invoiced("-4", id="2"))
    assert ceilings(matched(down, order(line))) == {1: 0}
    nowhere = document(invoiced("2", id="1"), invoiced("-2", id="2"))
    assert ceilings(matched(nowhere, order(line))) == {}
