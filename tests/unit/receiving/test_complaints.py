"""What users of other systems complained about, with their figures. Each links its thread."""

from decimal import Decimal
from uuid import UUID

import pytest

from procurement.kernel.errors import RuleBroken
from procurement.kernel.tolerance import Tolerance
from procurement.receiving.app.ports import Decision, OpenReceipt
from procurement.receiving.app.service import ReceivingService
from procurement.receiving.domain.expectation import OrderedLine
from procurement.receiving.domain.line import Delivered, Inspected
from procurement.receiving.domain.policy import ReceivingPolicy
from tests.memory.receiving import MemoryExpectations, MemoryGoodsReceipts, MemoryPolicies, Store
from tests.unit.receiving.builders import (
    BEN,
    EXACT,
    ORDER,
    TENANT,
    WENDY,
    an_act,
    an_ordered_line,
    delivered,
    news,
    tolerating,
)

pytestmark = pytest.mark.anyio


class Dock:
    """One order, and what is done with its goods."""

    def __init__(self, *lines: OrderedLine, policy: ReceivingPolicy = EXACT) -> None:
        self.store, self.ids = Store(policies={TENANT: policy}), iter(range(1, 100_000))
        self.expectations = MemoryExpectations(self.store)
        self.lines = lines
        self.receiving = ReceivingService(
            MemoryGoodsReceipts(self.store), self.expectations, MemoryPolicies(self.store), self.new_id
        )

    def new_id(self) -> UUID:
        return UUID(int=next(self.ids))

    async def open(self, *came: Delivered) -> Decision:
        if not self.store.orders:
            await self.expectations.note(TENANT, news(lines=self.lines))
        await self.receiving.open(an_act(), OpenReceipt(order=ORDER, delivery_note=None, delivered=came))
        return Decision(receipt=list(self.store.receipts)[-1][1], expected_version=None)

    async def takes(self, *came: Delivered) -> Decision:
        receipt = await self.open(*came)
        await self.receiving.verify(an_act(WENDY), receipt, [])
        return receipt

    async def sends_back(self, receipt: Decision, quantity: str, line: int = 1) -> None:
        await self.receiving.send_back(an_act(), receipt, "wrong goods", {line: Decimal(quantity)})

    def accepted(self, line: int = 1) -> Decimal:
        return self.store.expected(TENANT, ORDER, None).lines[line].accepted


def pieces(quantity: str, number: int = 1, **more: Tolerance) -> OrderedLine:
    return an_ordered_line(number, quantity, unit="C62", name="Tablet", **more)


async def test_100_002_metres_do_not_come_for_100_without_tolerance() -> None:
    """https://github.com/frappe/erpnext/issues/40340: allowance 0, and 100.002 was accepted for 100."""
    dock = Dock(an_ordered_line(quantity="100"))
    with pytest.raises(RuleBroken, match=r"room for 100; 100\.002 is 0\.002 too much"):
        await dock.takes(delivered("100.002"))
    await dock.takes(delivered("100"))
    assert dock.accepted() == 100


async def test_the_refusal_says_which_limit_was_crossed_by_how_much() -> None:
    """https://github.com/frappe/erpnext/issues/34795: "limit crossed", and nobody knew which."""
    dock = Dock(pieces("50"), policy=tolerating("10", "3"))
    await dock.takes(delivered("40"))
    await dock.open(delivered("5"))
    with pytest.raises(RuleBroken) as refused:
        await dock.open(delivered("9"))
    assert refused.value.blockers[0].detail == (
        "line 1: at most 53 C62 (50 due, over-receipt tolerance 10 %, at most 3), 40 accepted and 5 awaiting"
        " verification leave room for 8; 9 is 1 too much"
    )


async def test_110_do_not_come_for_100_and_999_not_for_50() -> None:
    """https://github.com/moiz-lakkadkutta/Fabric-Inventory/issues/200: 110 for 100, and 999 for 50."""
    for ordered, came in (("100", "110"), ("50", "999")):
        with pytest.raises(RuleBroken):
            await Dock(pieces(ordered)).open(delivered(came))


async def test_60_then_50_of_100_is_refused_and_60_then_40_is_all() -> None:
    """https://github.com/moiz-lakkadkutta/Fabric-Inventory/issues/200"""
    dock = Dock(pieces("100"))
    await dock.takes(delivered("60"))
    with pytest.raises(RuleBroken, match="60 accepted"):
        await dock.open(delivered("50"))
    await dock.takes(delivered("40"))
    assert dock.accepted() == 100


async def test_a_receipt_that_nobody_verified_is_not_received() -> None:
    """https://github.com/moiz-lakkadkutta/Fabric-Inventory/issues/200: a draft of 20 closed the order at 21
    received with 1 in stock. Here the draft takes up the room, and counts for nothing."""
    dock = Dock(pieces("20"))
    draft = await dock.open(delivered("20"))
    assert dock.accepted() == 0
    with pytest.raises(RuleBroken, match="room for 0"):
        await dock.open(delivered("1"))
    await dock.receiving.reverse(an_act(), draft, "not here after all")
    await dock.takes(delivered("1"))
    assert dock.accepted() == 1


async def test_a_line_of_another_order_is_refused() -> None:
    """https://github.com/moiz-lakkadkutta/Fabric-Inventory/issues/200: a line of another order was taken."""
    with pytest.raises(RuleBroken, match="has no line 7"):
        await Dock(pieces("20")).open(delivered("1", line=7))


async def test_the_same_line_twice_does_not_get_around_the_limit() -> None:
    """https://github.com/frappe/erpnext/issues/49271: a second row of the same item was not counted."""
    dock = Dock(pieces("10"))
    with pytest.raises(RuleBroken, match="line 1 is named 2 times"):
        await dock.open(delivered("10"), delivered("5"))


async def test_three_of_the_first_line_are_not_one_of_each() -> None:
    """https://github.com/frappe/erpnext/issues/31535: three lines of 1, 3 came of the first: "complete"."""
    dock = Dock(*(pieces("1", number) for number in (1, 2, 3)), policy=tolerating("10"))
    with pytest.raises(RuleBroken, match=r"at most 1\.1 C62"):
        await dock.open(delivered("3", line=1))
    await dock.takes(delivered("1", line=1))
    assert [dock.accepted(n) for n in (1, 2, 3)] == [1, 0, 0]


async def test_twenty_truckloads_fill_10000_bags_to_10200_and_not_one_over() -> None:
    """https://github.com/frappe/erpnext/pull/55247: 10,000 bags, 2 % tolerance, many deliveries."""
    dock = Dock(an_ordered_line(quantity="10000", unit="XBG"), policy=tolerating("2"))
    for _ in range(20):
        await dock.takes(delivered("510"))
    assert dock.accepted() == 10200
    with pytest.raises(RuleBroken, match="room for 0; 1 is 1 too much"):
        await dock.open(delivered("1"))


async def test_105_come_where_5_percent_are_agreed_for_the_line() -> None:
    """https://github.com/OCA/purchase-workflow/pull/642: +-5 % agreed with the vendor, 101 came for 100."""
    agreed = pieces("100", over=Tolerance(Decimal(5)))
    dock = Dock(agreed, pieces("100", 2))
    await dock.takes(delivered("101"))
    await dock.takes(delivered("4"))
    with pytest.raises(RuleBroken):
        await dock.open(delivered("1"))
    with pytest.raises(RuleBroken):
        await dock.open(delivered("101", line=2))
    assert dock.accepted() == 105


@pytest.mark.parametrize(
    ("ordered", "back", "left"),
    [
        ("10", "3", 7),  # https://github.com/odoo/odoo/issues/15757
        ("20", "5", 15),  # https://github.com/odoo/odoo/issues/13974
        ("25", "5", 20),  # https://github.com/odoo/odoo/issues/13642
        ("100", "1", 99),  # https://github.com/odoo/odoo/issues/20839
    ],
)
async def test_what_went_back_is_not_received(ordered: str, back: str, left: int) -> None:
    dock = Dock(pieces(ordered))
    receipt = await dock.takes(delivered(ordered))
    await dock.sends_back(receipt, back)
    assert dock.accepted() == left
    await dock.takes(delivered(back))
    assert dock.accepted() == int(ordered)


async def test_the_same_goods_do_not_go_back_again_and_again() -> None:
    """https://github.com/frappe/erpnext/pull/58313: a return of quantity zero, repeatable without end."""
    dock = Dock(pieces("10"))
    receipt = await dock.takes(delivered("10"))
    with pytest.raises(RuleBroken):
        await dock.sends_back(receipt, "0")
    await dock.sends_back(receipt, "10")
    with pytest.raises(RuleBroken):
        await dock.sends_back(receipt, "1")
    assert dock.accepted() == 0


async def test_of_10_with_5_rejected_5_are_accepted() -> None:
    """https://github.com/frappe/erpnext/issues/47571: 5 accepted and 5 rejected, and 10 billed."""
    dock = Dock(pieces("10"))
    receipt = await dock.open(delivered("10"))
    found = Inspected(line=1, rejected=Decimal(5), reason="broken")
    await dock.receiving.verify(an_act(WENDY), receipt, [found])
    assert dock.accepted() == 0
    await dock.receiving.resolve(an_act(BEN), receipt, "keep the other five")
    assert dock.accepted() == 5


async def test_what_was_closed_short_is_not_waited_for_and_not_taken() -> None:
    """https://github.com/inventree/InvenTree/issues/583: no way to drop the rest."""
    dock = Dock(pieces("10"))
    await dock.takes(delivered("4"))
    await dock.expectations.note(TENANT, news(9, lines=(), released=((1, Decimal(5)),)))
    with pytest.raises(RuleBroken, match="room for 1; 2 is 1 too much"):
        await dock.open(delivered("2"))
    await dock.takes(delivered("1"))
