"""What may be charged: the order's price, by the stated amount of every line."""

from decimal import Decimal

import pytest

from procurement.invoicing.domain.matching import Result
from tests.unit.invoicing.papers import (
    EXACT,
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

TOO_HIGH = [("1", "PRI", "price-too-high")]
TOO_LITTLE = [("1", "PRI", "credited-too-little")]
LINE = ordered(1, "10", "41.00", accepted="10")


@pytest.mark.parametrize(
    ("net", "percentage", "cap", "fine"),
    [
        ("410.00", "0", None, True),
        ("410.01", "0", None, False),
        ("418.20", "2", None, True),
        ("418.21", "2", None, False),
        ("415.00", "2", "5", True),
        ("415.01", "2", "5", False),
        ("418.20", "2", "50", True),
        ("418.21", "2", "50", False),
    ],
)
def test_of_percentage_and_cap_the_smaller_tolerance_wins(
    net: str, percentage: str, cap: str | None, fine: bool
) -> None:
    found = matched(document(invoiced("10", net)), order(LINE), tolerating(percentage, price_cap=cap))
    assert codes(found) == ([] if fine else TOO_HIGH)


def test_what_is_charged_too_much_is_at_risk_and_said_in_figures() -> None:
    (high,) = matched(document(invoiced("10", price="44.50")), order(LINE)).mismatches
    assert figures(high.stated, high.expected, high.at_risk) == (Decimal("445.00"), 410, 35)
    assert high.detail == (
        "35.00 charged more than ordered: 445.00 EUR, 44.5 EUR each instead of 41 EUR, the price is stated as"
        " 44.5 EUR (tolerance 0 %)"
    )


def test_what_is_charged_too_little_is_no_exception_but_said() -> None:
    found = matched(document(invoiced("10", price="40.00")), order(LINE))
    assert found.result is Result.MATCHED
    assert "400.00 EUR, 40 EUR each instead of 41 EUR" in found.lines[0].explanation


def test_a_stated_price_that_the_amount_does_not_bear_out_is_only_said() -> None:
    found = matched(document(invoiced("10", "410.00", price="49.20")), order(LINE))
    assert found.result is Result.MATCHED
    assert found.lines[0].explanation.endswith("41 EUR each as ordered, the price is stated as 49.2 EUR")


def test_too_little_for_one_line_does_not_pay_for_too_much_on_another() -> None:
    lines = (LINE, ordered(2, "10", "41.00", accepted="10"))
    said = document(invoiced("10", "405.00", id="0"), invoiced("10", "415.00", id="1", order_line="2"))
    assert codes(matched(said, order(*lines))) == TOO_HIGH


@pytest.mark.parametrize(
    ("quantity", "price", "base", "net"),
    [
        ("366", "386.52", "366", "386.52"),
        ("1000", "0.123456789", "1", "123.46"),
        ("3", "0.335", "1", "1.01"),  # 1.005 half-up, not to the even cent
        ("-3", "0.335", "1", "-1.01"),
    ],
)
def test_expected_is_price_times_quantity_by_base_quantity_rounded_once(
    quantity: str, price: str, base: str, net: str
) -> None:
    line = ordered(1, quantity, price, base_quantity=Decimal(base), accepted=quantity)
    (found,) = matched(document(invoiced(quantity, net)), order(line)).lines
    assert found.expected_net == Decimal(net)


def test_the_same_price_by_another_base_quantity_is_the_same_price() -> None:
    line = ordered(1, "200", "50.00", base_quantity=Decimal(100), accepted="200")
    found = matched(document(invoiced("200", price="500.00", base="1000")), order(line))
    assert found.result is Result.MATCHED
    assert found.lines[0].explanation.endswith("100.00 EUR, 0.5 EUR each as ordered")


def test_yen_have_no_cents() -> None:
    line = ordered(1, "3", "33.5", accepted="3")
    said = document(invoiced("3", "101"), currency="JPY")
    (found,) = matched(said, order(line, currency="JPY")).lines
    assert found.expected_net == 101


@pytest.mark.parametrize(("net", "expected"), [("123.00", []), ("130.00", []), ("122.99", TOO_LITTLE)])
def test_a_credit_note_gives_back_no_less_than_ordered(
    net: str, expected: list[tuple[str, str, str]]
) -> None:
    """More is our gain. Less, with goods taken back for it, is the supplier's: a price that is lowered
    afterwards is credited without a quantity, and that needs a person's word."""
    note = credit_note(invoiced("3", net))
    found = matched(note, order(LINE), corrects=corrected({1: "10"}))
    assert codes(found) == expected


def test_a_deposit_is_given_back_at_the_price_that_was_ordered() -> None:
    deposit = ordered(1, "-10", "3.00")
    assert matched(document(invoiced("-10", "-30.00")), order(deposit)).result is Result.MATCHED
    found = matched(document(invoiced("-10", "-20.00")), order(deposit))
    assert codes(found) == TOO_LITTLE
    assert figures(found.mismatches[0].stated, found.mismatches[0].expected) == (-20, -30)
    assert found.mismatches[0].at_risk == 10


def test_the_tolerance_is_of_the_amount_whichever_way_it_goes() -> None:
    def found(net: str) -> list[tuple[str | None, str, str]]:
        note = credit_note(invoiced("3", net))
        return codes(matched(note, order(LINE), tolerating("2"), corrects=corrected({1: "10"})))

    assert found("120.54") == []
    assert found("120.53") == TOO_LITTLE


def test_a_free_item_is_charged_nothing() -> None:
    line = ordered(1, "1", "0", accepted="1")
    assert matched(document(invoiced("1", "0")), order(line)).result is Result.MATCHED
    assert codes(matched(document(invoiced("1", "0.01")), order(line), tolerating("10"))) == TOO_HIGH


def test_the_largest_figures_lose_no_digit() -> None:
    line = ordered(1, "999999999999.999999", "999999999999999.99", unit="KGM")
    said = document(invoiced("999999999999.999999", "1", unit="KGM"))
    (found,) = matched(said, order(line), TWO_WAY).lines
    assert found.expected_net == Decimal("999999999999999989000000000.00")


@pytest.mark.parametrize(
    ("charges", "percentage", "net", "expected"),
    [
        ("0", "0", "410.00", []),
        ("12.00", "0", "410.00", [(None, "PRI", "charges-not-ordered")]),
        ("8.20", "2", "410.00", []),
        ("8.21", "2", "410.00", [(None, "PRI", "charges-not-ordered")]),
        ("-50.00", "0", "410.00", []),
        ("10.00", "0", "400.00", []),  # all in all it costs what was ordered
        ("10.01", "0", "400.00", [(None, "PRI", "charges-not-ordered")]),
        ("-35.00", "0", "445.00", TOO_HIGH),  # no allowance makes a price right
        ("1.00", "0", "445.00", [(None, "PRI", "charges-not-ordered"), *TOO_HIGH]),
    ],
)
def test_charges_that_were_not_ordered_are_an_exception_of_the_document(
    charges: str, percentage: str, net: str, expected: list[tuple[str | None, str, str]]
) -> None:
    said = document(invoiced("10", net), charges=charges, vat="90.00")
    assert codes(matched(said, order(LINE), tolerating(percentage))) == expected


def test_the_charges_are_at_risk_not_what_the_lines_were_blamed_for() -> None:
    said = document(invoiced("10", "445.00"), charges="12.00")
    charged, line = matched(said, order(LINE), EXACT).mismatches
    assert figures(charged.at_risk, line.at_risk) == (12, 35)
    assert charged.detail == (
        "457.00 EUR without VAT, its lines as ordered make 445.00: 12.00 more (tolerance 0 %)"
    )


def test_a_credit_note_that_keeps_a_fee_is_an_exception_and_one_that_adds_to_it_is_not() -> None:
    def found(charges: str) -> list[tuple[str | None, str, str]]:
        note = credit_note(invoiced("3"), charges=charges)
        return codes(matched(note, order(LINE), corrects=corrected({1: "10"})))

    assert found("-5.00") == [(None, "PRI", "charges-not-ordered")]
    assert found("5.00") == []
