"""Which order line an invoice line is about, and by which rung it was found."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.invoicing.domain.document import Identifier
from procurement.invoicing.domain.ladder import line_number
from procurement.invoicing.domain.matching import Result, Rung
from tests.unit.invoicing.papers import (
    TWO_WAY,
    codes,
    corrected,
    credit_note,
    document,
    invoiced,
    matched,
    order,
    ordered,
)

LINE_1 = ordered(1, sku="A-1", supplier_item_id="S-1", gtin="4012345678901", name="Cable, 3 m")
LINE_2 = ordered(2, sku="A-2", supplier_item_id="S-2", gtin="4012345678918", name="Plug")


def found(*, assigned: Any = None, **said: Any) -> tuple[int | None, Rung | None]:
    line = invoiced(**{"name": "something", **said})
    (first,) = matched(document(line), order(LINE_1, LINE_2), TWO_WAY, assigned=assigned).lines
    return first.order_line, first.rung


@pytest.mark.parametrize(
    ("said", "rung"),
    [
        ({"order_line": "2"}, Rung.LINE_REFERENCE),
        ({"order_line": " 0002 "}, Rung.LINE_REFERENCE),
        ({"buyer_id": " a-2"}, Rung.BUYER_ITEM),
        ({"seller_id": "s-2"}, Rung.SELLER_ITEM),
        ({"gtin": "04012345678918"}, Rung.GTIN),
        ({"name": "  PLUG"}, Rung.DESCRIPTION),
        ({"description": "plug."}, Rung.DESCRIPTION),
    ],
)
def test_each_rung_finds_the_line(said: dict[str, str], rung: Rung) -> None:
    assert found(**said) == (2, rung)


def test_the_surest_name_wins() -> None:
    names = {"name": "Plug", "gtin": "4012345678918", "seller_id": "S-1"}
    assert found(**names) == (1, Rung.SELLER_ITEM)
    assert found(**names, buyer_id="A-2") == (2, Rung.BUYER_ITEM)
    assert found(assigned={"1": 2}, seller_id="S-1", order_line="1") == (2, Rung.ASSIGNED)


def test_an_item_id_that_names_nothing_leaves_the_next_rung() -> None:
    assert found(buyer_id="none of ours", seller_id="S-2") == (2, Rung.SELLER_ITEM)


@pytest.mark.parametrize("reference", ["6171175.1", "3", "", "0", "-1", "²", "9" * 5000, "one"])
def test_a_reference_of_the_suppliers_own_counting_finds_nothing(reference: str) -> None:
    assert found(order_line=reference) == (None, None)
    assert found(order_line=reference, seller_id="S-2") == (2, Rung.SELLER_ITEM)


def test_a_line_reference_that_the_item_ids_contradict_does_not_count() -> None:
    """He counts his own lines: his second line is our first one."""
    assert found(order_line="2", seller_id="S-1") == (1, Rung.SELLER_ITEM)
    assert found(order_line="2", seller_id="S-1", buyer_id="A-2") == (2, Rung.LINE_REFERENCE)
    assert found(order_line="2", seller_id="S-9") == (None, None)


def test_the_same_name_with_another_item_id_is_another_item() -> None:
    assert found(name="Plug", seller_id="S-9") == (None, None)
    assert found(name="Plug", seller_id="S-9", gtin="4012345678918") == (2, Rung.GTIN)


def test_only_scheme_0160_is_a_gtin() -> None:
    assert found(standard_id=Identifier(value="4012345678918", scheme="0088")) == (None, None)


@given(st.text())
def test_any_reference_is_a_number_or_none(reference: str) -> None:
    assert line_number(reference) is None or line_number(reference) == int(reference)


def same(number: int, quantity: str, **more: Any) -> Any:
    return ordered(number, quantity, **{"sku": "SAME", "accepted": quantity, **more})


def places(*quantities: str, of: tuple[Any, ...], **more: Any) -> list[int | None]:
    lines = [invoiced(q, id=str(n), buyer_id="SAME", **more) for n, q in enumerate(quantities)]
    return [line.order_line for line in matched(document(*lines), order(*of)).lines]


def test_of_several_lines_with_the_item_the_tightest_with_room_is_taken() -> None:
    lines = (same(1, "10"), same(2, "5"), same(3, "10"))
    assert places("5", "10", "10", of=lines) == [2, 1, 3]
    assert places("5", "10", "10", of=lines[::-1]) == [2, 1, 3]
    assert places("6", "4", "9", of=lines) == [1, 1, 3]


def test_where_none_has_room_for_all_the_roomiest_is_taken() -> None:
    assert places("12", of=(same(1, "5"), same(2, "10"), same(3, "10"))) == [2]


def test_what_has_come_goes_before_what_is_due() -> None:
    assert places("10", "10", of=(same(1, "10", accepted="0"), same(2, "10"))) == [2, 1]


def test_the_same_price_and_unit_go_before_room() -> None:
    lines = (same(1, "100", price="5.00"), same(2, "3", price="4.00"), same(3, "90", unit="XBX"))
    assert places("4", of=lines, price="4.00") == [2]
    assert places("4", of=lines, price="6.00", unit="XBX") == [3]


def test_what_goes_back_is_looked_for_among_what_goes_back() -> None:
    lines = (same(1, "10", billed="5"), same(2, "-10"))
    assert places("-5", of=lines) == [2]
    assert places("-5", of=lines[:1]) == [1]
    assert places("-5", of=(same(1, "100", billed="2"), same(2, "5", billed="5"))) == [2]


def test_a_credit_note_takes_back_where_its_invoice_has_most_alike() -> None:
    lines = (same(1, "10", billed="10"), same(2, "10", billed="10"))
    note = credit_note(invoiced("4", buyer_id="SAME"))
    (line,) = matched(note, order(*lines), corrects=corrected({2: "4"})).lines
    assert line.order_line == 2


def test_a_thousand_lines_of_one_item_are_filled_one_after_the_other() -> None:
    lines = [same(n, "1") for n in range(1, 1001)]
    said = [invoiced("1", id=str(n), buyer_id="SAME") for n in range(1000)]
    found = matched(document(*said), order(*lines))
    assert found.result is Result.MATCHED
    assert [line.order_line for line in found.lines] == list(range(1, 1001))


def test_an_item_that_was_not_ordered_is_an_exception_with_all_its_money_at_risk() -> None:
    """Never priced at nothing, never left out."""
    found = matched(document(invoiced(name="Gold", price="90.00")), order(LINE_1), TWO_WAY)
    assert codes(found) == [("1", "ITM", "item-not-ordered")]
    assert found.mismatches[0].at_risk == Decimal(900)
    assert found.result is Result.DISPUTED
    assert found.lines[0].explanation == (
        "10 C62 of 'Gold': on order PO-2026-000001 nothing goes by its line reference, item ids or name"
    )


def test_two_lines_under_one_id_are_told_apart() -> None:
    found = matched(document(invoiced(name="Gold"), invoiced(name="Silver")), order(LINE_1), TWO_WAY)
    assert [mismatch.line for mismatch in found.mismatches] == ["1", "1 (2)"]
