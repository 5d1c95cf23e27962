"""Receiving closes what is billed: from invoicing's events, and from its own, in whatever order they come."""

import json
from decimal import Decimal
from typing import Any

import pytest

from procurement.kernel.errors import RuleBroken
from procurement.kernel.ids import GoodsReceiptId
from procurement.platform.cloudevents import Malformed, incoming
from procurement.platform.kafka.consumer import Received
from procurement.platform.outbox import Message
from procurement.platform.uuid7 import uuid7
from procurement.receiving.adapters.inbound.billing_news import (
    INVOICES,
    RECEIPTS,
    closing,
    news_of,
    order_of,
)
from procurement.receiving.adapters.outbound.events import TOPIC
from procurement.receiving.app.ports import Decision, OpenReceipt
from procurement.receiving.app.service import ReceivingService
from procurement.receiving.domain.lifecycle import State
from procurement.receiving.domain.line import Delivered
from tests.arrived import headers_of
from tests.memory.receiving import MemoryExpectations, MemoryGoodsReceipts, MemoryPolicies, Store
from tests.published.invoicing import golden as invoicing_golden
from tests.published.receiving import golden
from tests.unit import invoices
from tests.unit.invoices import Invoice, a_credit_note
from tests.unit.receiving.builders import (
    EXACT,
    NOW,
    ORDER,
    SYSTEM,
    TENANT,
    WENDY,
    WILL,
    an_act,
    an_order,
    an_ordered_line,
    delivered,
    facts,
    news,
    stored,
)
from tests.unit.receiving.test_lifecycle import a_receipt_in

pytestmark = pytest.mark.anyio


class Ramp:
    """An order of 100 of line 1 and 5 of line 2, and whoever closes its receipts."""

    def __init__(self) -> None:
        self.store = Store(policies={TENANT: EXACT})
        self.expectations = MemoryExpectations(self.store)
        self.service = ReceivingService(
            MemoryGoodsReceipts(self.store), self.expectations, MemoryPolicies(self.store), uuid7
        )
        self.learn = closing(self.service, lambda: NOW)

    async def takes(self, *came: Delivered) -> GoodsReceiptId:
        if not self.store.orders:
            lines = (an_ordered_line(), an_ordered_line(2, "5"))
            await self.expectations.note(TENANT, news(lines=lines))
        await self.service.open(an_act(WILL), OpenReceipt(order=ORDER, delivery_note=None, delivered=came))
        receipt = list(self.store.receipts)[-1][1]
        await self.service.verify(an_act(WENDY), current(receipt), [])
        return receipt

    async def hears(self, *messages: Message) -> list[State]:
        """The states of all receipts after it."""
        for message in messages:
            await self.learn(record(message))
        return [receipt.state for receipt in self.store.receipts.values()]

    def last(self) -> Message:
        return self.store.facts[-1].message


def current(receipt: GoodsReceiptId) -> Decision:
    return Decision(receipt=receipt, expected_version=None)


def record(message: Message) -> Received:
    return Received(message.topic, 0, 0, message.key, headers_of(message), message.payload)


async def test_a_receipt_is_closed_when_all_its_lines_are_billed() -> None:
    ramp, invoice = Ramp(), Invoice()
    await ramp.takes(delivered("60"), delivered("5", 2))
    assert await ramp.hears(invoice.says("InvoiceRegistered")) == [State.VERIFIED]
    assert await ramp.hears(invoice.matched(l1="60")) == [State.VERIFIED]
    assert await ramp.hears(Invoice().matched(l2="5")) == [State.CLOSED]
    assert ramp.last().type == "procurement.receiving.GoodsReceiptClosed.v1"
    assert dict(ramp.last().headers)["ce_actor"] == "system"


async def test_partial_invoices_close_once_everything_on_the_lines_is_billed() -> None:
    ramp = Ramp()
    await ramp.takes(delivered("60"))
    await ramp.takes(delivered("40"))
    assert await ramp.hears(Invoice().matched(l1="60")) == [State.VERIFIED] * 2
    assert await ramp.hears(Invoice().matched(l1="40")) == [State.CLOSED] * 2


async def test_goods_that_come_after_their_invoice_are_closed_by_their_own_news() -> None:
    ramp, invoice = Ramp(), Invoice()
    assert await ramp.hears(invoice.matched(l1="60")) == []
    await ramp.takes(delivered("60"))
    assert await ramp.hears(ramp.last()) == [State.CLOSED]
    assert await ramp.hears(ramp.last(), invoice.matched()) == [State.CLOSED], "and heard of that"


async def test_goods_that_go_back_can_close_the_rest() -> None:
    ramp = Ramp()
    receipt = await ramp.takes(delivered("60"))
    assert await ramp.hears(Invoice().matched(l1="50")) == [State.VERIFIED]
    await ramp.service.send_back(an_act(WILL), current(receipt), "rust", {1: Decimal(10)})
    assert await ramp.hears(ramp.last()) == [State.CLOSED]
    await ramp.service.send_back(an_act(WILL), current(receipt), "more rust", {1: Decimal(10)})
    assert await ramp.hears(ramp.last()) == [State.CLOSED], "a return after that stays possible"


async def test_credited_and_repeated_and_late_news_close_nothing() -> None:
    ramp, invoice, credit = Ramp(), Invoice(), a_credit_note()
    early, late = invoice.matched(l1="60"), invoice.says("InvoiceDisputed", l1="0")
    await ramp.takes(delivered("60"))
    assert await ramp.hears(late, early, late) == [State.VERIFIED]
    assert await ramp.hears(credit.matched(l1="-10"), Invoice().matched(l1="60")) == [State.VERIFIED]
    assert await ramp.hears(credit.says("InvoiceCancelled", l1="0")) == [State.CLOSED]


async def test_a_redelivery_closes_what_the_crash_left_and_nothing_twice() -> None:
    ramp, matched = Ramp(), Invoice().matched(l1="100")
    await ramp.takes(delivered("60"))
    await ramp.hears(matched)
    await ramp.takes(delivered("40"))
    assert await ramp.hears(matched, matched) == [State.CLOSED] * 2
    assert [fact.action for fact in ramp.store.facts].count("close") == 2


async def test_an_invoice_that_belongs_to_no_order_closes_nothing() -> None:
    ramp = Ramp()
    assert await ramp.hears(Invoice(order=None).says("InvoiceRegistered")) == []
    assert ramp.store.invoices == {}


async def test_what_nobody_billed_is_not_closed_when_all_of_it_went_back() -> None:
    ramp = Ramp()
    receipt = await ramp.takes(delivered("60"))
    await ramp.service.send_back(an_act(WILL), current(receipt), "rust", {1: Decimal(60)})
    assert await ramp.hears(ramp.last()) == [State.VERIFIED]


@pytest.mark.parametrize(
    ("accepted", "billed", "why"),
    [
        ("60", "0", "60 of line 1 came and is not invoiced yet"),
        ("60", "59.999999", "0.000001 of line 1 came and is not invoiced yet"),
        ("0", "0", "nothing of it is left, and nothing was invoiced"),
    ],
)
def test_nothing_is_closed_before_it_is_billed(accepted: str, billed: str, why: str) -> None:
    receipt = a_receipt_in(State.VERIFIED)
    with pytest.raises(RuleBroken, match=why):
        receipt.close(by=SYSTEM, facts=facts(order=an_order(accepted=accepted, billed=billed)))
    receipt.close(by=SYSTEM, facts=facts(order=an_order(accepted=accepted, billed="60")))
    assert stored(receipt).state is State.CLOSED


def test_both_sides_mean_the_same_topics() -> None:
    assert (INVOICES, RECEIPTS) == (invoices.TOPIC, TOPIC)


def test_every_golden_event_of_an_invoice_can_be_read() -> None:
    for message in invoicing_golden():
        if message.topic == INVOICES:
            news = news_of(incoming(headers_of(message)), message.payload)
            assert news is None or news.order == ORDER


def test_every_golden_event_of_a_receipt_can_be_read() -> None:
    for message in golden():
        if message.topic == RECEIPTS:
            assert order_of(incoming(headers_of(message)), message.payload) == ORDER


@pytest.mark.parametrize("changes", [{"order_id": "x"}, {"invoice_id": "x"}, {"lines": [{"line": "one"}]}])
def test_what_is_no_event_of_an_invoice_is_malformed(changes: Any) -> None:
    message = Invoice().matched(l1="4")
    body = json.dumps({**json.loads(message.payload), **changes}).encode()
    with pytest.raises(Malformed):
        news_of(incoming(headers_of(message)), body)


async def test_an_event_on_the_wrong_topic_is_malformed() -> None:
    message = Invoice().matched(l1="4")
    with pytest.raises(Malformed):
        order_of(incoming(headers_of(message)), message.payload)
    with pytest.raises(Malformed):
        news_of(incoming(headers_of(golden_receipt())), golden_receipt().payload)
    body = message.payload.replace(f"po_{ORDER}".encode(), b"x")
    with pytest.raises(Malformed):
        order_of(incoming(headers_of(golden_receipt())), body)


def golden_receipt() -> Message:
    return next(message for message in golden() if message.topic == RECEIPTS)
