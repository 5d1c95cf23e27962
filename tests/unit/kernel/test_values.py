"""Money, prices, quantities and ids: what they refuse and how they round."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.kernel.ids import MalformedId, id_text, parse_id
from procurement.kernel.money import BadMoney, CurrencyMismatch, Money, UnitPrice, minor_units
from procurement.kernel.quantity import BadQuantity, Quantity


@pytest.mark.parametrize(
    ("currency", "decimals"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("IQD", 3), ("AFN", 2)]
)
def test_minor_units_are_those_of_iso_4217(currency: str, decimals: int) -> None:
    assert minor_units(currency) == decimals


@pytest.mark.parametrize("currency", ["XXX", "XTS", "XAU", "XDR", "ABC", "eur", "€", ""])
def test_what_nobody_can_pay_in_is_refused(currency: str) -> None:
    with pytest.raises(BadMoney):
        minor_units(currency)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("1.005", "EUR"), ("0.1", "JPY"), ("NaN", "EUR"), ("Infinity", "EUR"), ("1E+15", "EUR")],
)
def test_money_is_whole_minor_units_within_range(amount: str, currency: str) -> None:
    with pytest.raises(BadMoney):
        Money(Decimal(amount), currency)


def test_trailing_zeros_are_no_decimals() -> None:
    assert Money(Decimal("1.500"), "EUR") == Money(Decimal("1.5"), "EUR")


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("2.345", "2.35"), ("2.355", "2.36"), ("-2.345", "-2.35"), ("2.3449999", "2.34"), ("0.005", "0.01")],
)
def test_rounding_is_half_up_not_half_even(amount: str, rounded: str) -> None:
    assert str(Money.rounded(Decimal(amount), "EUR").amount) == rounded


def test_a_price_is_for_its_base_quantity_and_rounded_once() -> None:
    """Line 3 of a real invoice: 31 days at 386.52 per 366 days are 32.74."""
    assert str(UnitPrice(Decimal("386.52"), "EUR", Decimal(366)).times(Decimal(31))) == "32.74 EUR"


@pytest.mark.parametrize(
    ("amount", "base"),
    [("-0.01", "1"), ("1.00000000001", "1"), ("1", "0"), ("1", "-1"), ("NaN", "1"), ("1", "NaN")],
)
def test_a_price_below_zero_or_per_nothing_is_refused(amount: str, base: str) -> None:
    with pytest.raises(BadMoney):
        UnitPrice(Decimal(amount), "EUR", Decimal(base))


def test_two_currencies_never_meet() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")
    with pytest.raises(CurrencyMismatch):
        _ = Money(Decimal(1), "EUR") <= Money(Decimal(1), "USD")


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("0", "EA"),
        ("1.5", "EA"),
        ("1", "XYZ1"),
        ("1", "ea"),
        ("1.0000001", "KGM"),
        ("NaN", "KGM"),
        ("1E+12", "KGM"),
    ],
)
def test_a_quantity_nobody_could_deliver_is_refused(value: str, unit: str) -> None:
    with pytest.raises(BadQuantity):
        Quantity(Decimal(value), unit)


def test_a_quantity_may_go_back() -> None:
    assert str(Quantity(Decimal(-19), "XPP")) == "-19 XPP"


@given(st.uuids().filter(lambda u: u.int != 0))
def test_an_id_reads_back_as_it_was_written(identifier: UUID) -> None:
    assert parse_id("po", id_text("po", identifier)) == identifier


@pytest.mark.parametrize(
    "text",
    [
        "po_00000000-0000-0000-0000-000000000000",
        "sup_01920000-0000-7000-8000-000000000001",
        "po_01920000000070008000000000000001",
        "po_01920000-0000-7000-8000-00000000000G",
        "po_01920000-0000-7000-8000-00000000000A",
        "po_{01920000-0000-7000-8000-0000000000}",
        "po-01920000-0000-7000-8000-000000000001",
        "01920000-0000-7000-8000-000000000001",
        "po_",
        "",
    ],
)
def test_only_the_canonical_form_of_an_id_is_read(text: str) -> None:
    with pytest.raises(MalformedId):
        parse_id("po", text)
