"""An order is the invoice, or the difference is told."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from procurement.entrypoints.demo import figures
from procurement.entrypoints.demo.ubl import parse
from tests.unit.demo.documents import LINE, changed, document

INVOICE = parse(document())


def order() -> dict[str, Any]:
    """As GET would tell it."""
    draft = deepcopy(figures.draft(INVOICE, "sup_1", "note"))
    return {**draft, "total": {"amount": "32.74", "currency": "EUR"}}


def issued() -> dict[str, Any]:
    """As the event would tell it."""
    (line,) = order()["lines"]
    flat = {**line, "quantity": "31", "unit": "DAY", "price": "386.520000000", "base_quantity": "366"}
    return {"currency": "EUR", "total": "32.74", "lines": [flat]}


def test_the_draft_says_every_number_as_it_was_written() -> None:
    (line,) = figures.draft(INVOICE, "sup_1", "note")["lines"]
    assert line["quantity"] == {"value": "31", "unit": "DAY"}
    assert line["price"] == {"amount": "386.520000000", "currency": "EUR", "base_quantity": "366"}


def test_only_zeros_are_left_off_where_there_is_no_room() -> None:
    (long,) = figures.draft(parse(changed("386.520000000", "386.5200000000000")), "s", "n")["lines"]
    assert long["price"]["amount"] == "386.52"


def test_what_is_not_stated_is_not_sent() -> None:
    bare = parse(
        changed("<cac:BuyersItemIdentification><cbc:ID>METER</cbc:ID></cac:BuyersItemIdentification>", "")
    )
    assert "sku" not in figures.draft(bare, "s", "n")["lines"][0]


def test_an_unchanged_order_has_no_differences() -> None:
    assert figures.differences(INVOICE, order()) == ([], 12)
    assert figures.differences_in_event(INVOICE, issued()) == ([], 11)


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", "metering"), ("sku", None), ("supplier_item_id", "M-2"), ("gtin", None)],
)
def test_a_changed_word_is_found(name: str, value: str | None) -> None:
    other = order()
    other["lines"][0][name] = value
    (found,), _ = figures.differences(INVOICE, other)
    assert found.startswith(f"GET: line 1 {name} is {value}")


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("quantity", "value", "30.999999"),
        ("quantity", "unit", "MON"),
        ("price", "amount", "386.5200000001"),
        ("price", "currency", "USD"),
        ("price", "base_quantity", "365"),
    ],
)
def test_a_changed_figure_is_found(part: str, name: str, value: str) -> None:
    other = order()
    other["lines"][0][part][name] = value
    found, _ = figures.differences(INVOICE, other)
    assert len(found) == 1


def test_another_total_is_found() -> None:
    other = {**order(), "total": {"amount": "32.73", "currency": "EUR"}}
    assert figures.differences(INVOICE, other)[0] == ["GET: total is 32.73, the document says 32.74"]


def test_a_line_too_few_is_found() -> None:
    assert figures.differences(INVOICE, {**order(), "lines": []})[0] == ["GET: 0 lines, the document has 1"]


def test_an_event_that_says_otherwise_is_found() -> None:
    other = issued()
    other["lines"][0]["price"] = "386.5"
    (found,), _ = figures.differences_in_event(INVOICE, other)
    assert found == "event: line 1 price is 386.5, the document says 386.520000000"


def test_lines_that_state_another_amount_are_counted() -> None:
    assert figures.other_nets(INVOICE) == 0
    assert figures.other_nets(parse(document(lines=LINE.replace(">32.74<", ">30.00<")))) == 1
    assert figures.total(INVOICE) == Decimal("32.74")
