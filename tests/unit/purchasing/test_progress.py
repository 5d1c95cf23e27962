"""How far an order is: what came is told by receiving, and nobody sets it."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from procurement.kernel.errors import RuleBroken
from procurement.purchasing.domain.content import Content
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.progress import LineBilling, LineReceipts
from tests.unit.purchasing.builders import (
    BUYER,
    FINANCE,
    L1,
    SYSTEM,
    a_line,
    an_order,
    due,
    facts,
    still_open,
    stored,
)

LINES = tuple[str, ...]


def issued(*quantities: str) -> PurchaseOrder:
    lines = tuple(a_line(n, "1.00", quantity) for n, quantity in enumerate(quantities, start=1))
    order = stored(an_order(Content(currency="EUR", lines=lines)))
    order.submit(by=BUYER, facts=facts())
    stored(order)
    order.approve(by=L1, facts=facts())
    stored(order)
    order.issue(by=FINANCE, facts=facts())
    return stored(order)


def received(order: PurchaseOrder, *accepted: str, enough: str | None = None) -> PurchaseOrder:
    """So much of line 1, 2 …"""
    wanted = due(order)
    sums: Mapping[int, LineReceipts] = {
        n: LineReceipts(Decimal(q), Decimal(enough) if enough else wanted[n])
        for n, q in enumerate(accepted, start=1)
        if Decimal(q)
    }
    order.note_receipts(sums, by=SYSTEM, facts=facts())
    return stored(order)


@pytest.mark.parametrize(
    ("ordered", "accepted", "lines", "word"),
    [
        (("100",), ("0",), ["none"], "Issued"),
        (("100",), ("0.000001",), ["partial"], "PartiallyReceived"),
        (("100",), ("99.999999",), ["partial"], "PartiallyReceived"),
        (("100",), ("100",), ["full"], "Received"),
        # https://github.com/frappe/erpnext/issues/13171: 5 % more came, and 83.85 % was shown as received.
        (("100",), ("105",), ["full"], "Received"),
        # https://github.com/frappe/erpnext/issues/31535: 3 of the first of three lines of 1: "complete".
        (("1", "1", "1"), ("3", "0", "0"), ["full", "none", "none"], "PartiallyReceived"),
        (("1", "1"), ("1", "1"), ["full", "full"], "Received"),
        # What is ordered below zero goes back: it is not waited for.
        (("5", "-2"), ("5", "0"), ["full", "none"], "Received"),
        # https://github.com/odoo/odoo/issues/15757: of 10 that came 3 went back.
        (("10",), ("7",), ["partial"], "PartiallyReceived"),
    ],
)
def test_status_is_derived_line_by_line(ordered: LINES, accepted: LINES, lines: list[str], word: str) -> None:
    order = received(issued(*ordered), *accepted)
    assert [str(line.receipt_status) for line in order.progress().lines.values()] == lines
    assert (order.status, order.state) == (word, "Issued")


def billed(order: PurchaseOrder, *quantities: str) -> PurchaseOrder:
    """So much of line 1, 2 …, at a price of 1."""
    sums = {n: LineBilling(Decimal(q), Decimal(q)) for n, q in enumerate(quantities, start=1) if Decimal(q)}
    order.note_billing(sums, by=SYSTEM, facts=facts())
    return stored(order)


@pytest.mark.parametrize(
    ("ordered", "accepted", "counts", "lines", "word"),
    [
        (("100",), ("0",), ("0",), ["none"], "Issued"),
        (("100",), ("0",), ("100",), ["full"], "Issued"),
        (("100",), ("50",), ("50",), ["partial"], "PartiallyReceived"),
        (("100",), ("50",), ("100",), ["full"], "PartiallyReceived"),
        (("100",), ("100",), ("99.999999",), ["partial"], "Received"),
        (("100",), ("100",), ("100",), ["full"], "Invoiced"),
        # Too much on one line is not enough on another.
        (("1", "1"), ("1", "1"), ("2", "0"), ["full", "none"], "Received"),
        (("1", "1"), ("1", "1"), ("1", "1"), ["full", "full"], "Invoiced"),
        # More was credited than billed: nothing is billed of it.
        (("10",), ("10",), ("-1",), ["none"], "Received"),
        # What goes back never comes, and is billed below zero.
        (("5", "-2"), ("5", "0"), ("5", "0"), ["full", "none"], "Received"),
        (("5", "-2"), ("5", "0"), ("5", "-1"), ["full", "partial"], "Received"),
        (("5", "-2"), ("5", "0"), ("5", "-2"), ["full", "full"], "Invoiced"),
        (("5", "-2"), ("5", "0"), ("5", "2"), ["full", "none"], "Received"),
    ],
)
def test_billing_is_derived_line_by_line(
    ordered: LINES, accepted: LINES, counts: LINES, lines: list[str], word: str
) -> None:
    order = billed(received(issued(*ordered), *accepted), *counts)
    assert [str(line.billing_status) for line in order.progress().lines.values()] == lines
    assert (order.status, order.state) == (word, "Issued")


def test_what_goes_back_can_be_given_up_as_far_as_it_was_not_billed() -> None:
    order = billed(received(issued("5", "-2"), "5"), "5", "-0.5")
    assert still_open(order) == {1: Decimal(0), 2: Decimal("-1.5")}
    order.close_short("the deposit is kept", None, by=BUYER, facts=facts())
    assert (due(order), order.status) == ({1: Decimal(5), 2: Decimal("-0.5")}, "Closed")


def test_what_is_short_within_what_was_agreed_is_all_of_it() -> None:
    """https://github.com/OCA/purchase-workflow/pull/642: +-5 % is agreed, and it stayed open for ever."""
    assert received(issued("100"), "95", enough="95").status == "Received"
    assert received(issued("100"), "94.9", enough="95").status == "PartiallyReceived"


def test_the_rest_can_be_dropped() -> None:
    """https://github.com/inventree/InvenTree/issues/583, https://github.com/ingadhoc/purchase/pull/342"""
    order = received(issued("10", "5"), "4")
    assert still_open(order) == {1: Decimal(6), 2: Decimal(5)}
    order.close_short("enough", None, by=BUYER, facts=facts())
    assert (due(order), order.status) == ({1: Decimal(4), 2: Decimal(0)}, "Received")
    assert order.state == "Issued", "what came is still to be paid"


def test_what_came_is_a_floor_for_closing_short() -> None:
    order = received(issued("10"), "4")
    with pytest.raises(RuleBroken, match="line 1 has 6 open; 7 cannot be closed short"):
        order.close_short("enough", {1: Decimal(7)}, by=BUYER, facts=facts())


def test_nothing_is_cancelled_once_goods_came() -> None:
    order = received(issued("10"), "4")
    with pytest.raises(RuleBroken) as refused:
        order.cancel("not needed", by=BUYER, facts=facts())
    assert [b.code for b in refused.value.blockers] == ["goods-received"]
    order.open_dispute("wrong goods", by=BUYER, facts=facts())
    stored(order)
    with pytest.raises(RuleBroken) as refused:
        order.resolve(cancel=True, reason="given up", by=BUYER, facts=facts())
    assert [b.code for b in refused.value.blockers] == ["goods-received"]
    received(order, "0")
    order.resolve(cancel=True, reason="all went back", by=BUYER, facts=facts())
    assert order.status == "Cancelled"


def test_nobody_reports_billing_by_hand() -> None:
    order = issued("10")
    with pytest.raises(RuleBroken) as refused:
        order.note_billing({1: LineBilling(Decimal(4), Decimal(4))}, by=BUYER, facts=facts())
    assert [b.code for b in refused.value.blockers] == ["role-missing"]


def test_nobody_reports_receipts_by_hand() -> None:
    order = issued("10")
    with pytest.raises(RuleBroken) as refused:
        order.note_receipts({1: LineReceipts(Decimal(4), Decimal(10))}, by=BUYER, facts=facts())
    assert [b.code for b in refused.value.blockers] == ["role-missing"]


def test_a_revision_has_other_lines_to_make_progress_on() -> None:
    order = stored(an_order(Content(currency="EUR", lines=(a_line(1, "1.00", "3"),))))
    assert due(order) == {1: 3}
    lines = (a_line(1, "1.00", "5"), a_line(2, "1.00", "7"))
    order.revise(Content(currency="EUR", lines=lines), by=BUYER, facts=facts())
    assert due(order) == {1: 5, 2: 7}
