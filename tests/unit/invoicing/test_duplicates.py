"""What an invoice might be the second copy of, why, and what of it takes a reason to enter it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.invoicing.domain.document import Document, Kind
from procurement.invoicing.domain.duplicates import Candidate, Possible, explained, looser, normalised
from procurement.kernel.ids import InvoiceId
from tests.unit.invoicing.papers import INVOICE, credit_note, document, invoiced

FILE, OTHER_FILE = "0a" * 32, "0b" * 32


def held(number: str = "RE-7", **more: Any) -> Candidate:
    """An earlier invoice that has nothing in common with `said`."""
    told: dict[str, Any] = {
        "invoice": INVOICE,
        "kind": Kind.INVOICE,
        "issued": date(2025, 6, 1),
        "total": Decimal("1.00"),
        "currency": "EUR",
        "sha256": OTHER_FILE,
        "order_number": None,
    }
    return Candidate(**{**told, **more}, number=number)


def said(number: str = "RE-1", **more: Any) -> Document:
    return document(invoiced(), **{"number": number, "issued": date(2026, 3, 2), **more})


def reasons(candidate: Candidate, paper: Document | None = None) -> tuple[tuple[str, ...], bool] | None:
    found = explained(paper or said(), FILE, [candidate])
    return (found[0].reasons, found[0].blocks) if found else None


@pytest.mark.parametrize("number", ["re-1", " RE 1 ", "RE/1", "R.E._1", "\uff32\uff25-\uff11"])
def test_case_blanks_and_punctuation_make_no_other_number(number: str) -> None:
    assert normalised(number) == "re1"
    year = ", used in 2025 before"
    assert reasons(held(number)) == ((f"the same number but for case, blanks or punctuation{year}",), True)


def test_numbers_that_only_their_punctuation_tells_apart_take_a_reason() -> None:
    """Rather asked once too often than paid twice."""
    found = reasons(held("2026-1-11", issued=date(2026, 1, 9)), said("2026-11-1"))
    assert found == (("the same number but for case, blanks or punctuation",), True)


def test_a_number_of_punctuation_alone_stays_one() -> None:
    assert (normalised("--"), normalised(" - ")) == ("--", "-")


@given(st.text(), st.text())
def test_the_same_number_is_also_loosely_the_same(one: str, other: str) -> None:
    assert normalised(normalised(one)) == normalised(one)
    if one.split() == other.split():
        assert looser(one) == looser(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("RE-0012", "RE-12"), ("2026-O12", "2026-012"), ("INV1", "1NV-I"), ("BL-10", "B1-1O"), ("7", "007")],
)
def test_leading_zeros_and_characters_that_look_alike_are_worth_a_look(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)
    why = "the same number but for leading zeros or characters that look alike"
    assert reasons(held(other), said(one)) == ((why,), False)


@pytest.mark.parametrize(("one", "other"), [("RE-1", "RE-10"), ("2026-12", "2026-21"), ("A-1", "B-1")])
def test_other_numbers_are_other_numbers(one: str, other: str) -> None:
    assert reasons(held(other), said(one)) is None


def test_another_prefix_is_worth_a_look_where_the_amount_is_the_same() -> None:
    assert reasons(held("RG-1"), said("RE-1")) is None
    assert reasons(held("RG-1", total=Decimal(410)), said("RE-1")) == (
        ("the same number but for its letters",),
        False,
    )


def test_the_same_file_blocks_whatever_it_calls_itself() -> None:
    assert reasons(held(sha256=FILE)) == (("the same file",), True)
    assert reasons(held(sha256=FILE, kind=Kind.CREDIT_NOTE)) == (("the same file",), True)


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        (date(2026, 3, 2), "the same amount on the same day"),
        (date(2026, 3, 3), "the same amount 1 day apart"),
        (date(2026, 2, 27), "the same amount 3 days apart"),
        (date(2026, 3, 16), "the same amount 14 days apart"),
        (date(2026, 3, 17), None),
    ],
)
def test_the_same_amount_within_two_weeks_is_worth_a_look(issued: date, expected: str | None) -> None:
    found = reasons(held(issued=issued, total=Decimal("410.00")))
    assert found == (((expected,), False) if expected else None)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, "the same amount on the same day"),
        ({"order_number": "PO-2026-000001"}, "the same amount on the same day on the same order"),
        ({"order_number": "PO-2026-000002"}, None),
        ({"currency": "USD"}, None),
        ({"kind": Kind.CREDIT_NOTE}, None),
    ],
)
def test_the_same_amount_counts_in_one_currency_and_not_for_two_orders(
    other: dict[str, Any], expected: str | None
) -> None:
    found = reasons(held(issued=date(2026, 3, 2), total=Decimal(410), **other))
    assert found == (((expected,), False) if expected else None)


def test_a_credit_note_may_bear_the_number_of_its_invoice() -> None:
    note = credit_note(invoiced(), number="RE-1")
    assert reasons(held("RE-1"), note) is None
    assert reasons(held("RE-1", kind=Kind.CREDIT_NOTE, issued=date(2026, 1, 1)), note) == (
        ("the same number",),
        True,
    )


def test_all_reasons_are_told_and_what_blocks_comes_first() -> None:
    copy = held("re 1", issued=date(2026, 3, 2), total=Decimal(410), sha256=FILE, invoice=other(3))
    alike = held("RE-01", invoice=other(1))
    found = explained(said(), FILE, [held(), alike, copy])
    assert [possible.invoice for possible in found] == [other(3), other(1)]
    assert found[0].reasons == (
        "the same file",
        "the same number but for case, blanks or punctuation",
        "the same amount on the same day",
    )


def test_the_refusal_names_the_other_one() -> None:
    (possible,) = explained(said(), FILE, [held("RE-1")])
    assert isinstance(possible, Possible)
    assert possible.blocker.detail == (
        f"it looks like inv_{INVOICE} (number RE-1): the same number, used in 2025 before;"
        " if it is another one, say why in duplicate_reason"
    )


def other(number: int) -> InvoiceId:
    return InvoiceId(UUID(int=number))
