"""Purchasing learns from invoicing's events what is billed, and orders go their way by themselves."""

import json
from decimal import Decimal
from typing import Any

import pytest

from procurement.invoicing.adapters.outbound.events import TOPIC as INVOICING_TOPIC
from procurement.kernel.act import Answered
from procurement.kernel.errors import NotFound, RuleBroken
from procurement.kernel.ids import GoodsReceiptId
from procurement.platform.cloudevents import Malformed, incoming
from procurement.platform.outbox import Message
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.inbound.invoice_news import TOPIC, news_of
from procurement.purchasing.domain.progress import LineBilling
from tests.arrived import headers_of
from tests.contracts.order_reports import came
from tests.published.invoicing import golden
from tests.unit import invoices
from tests.unit.invoices import Invoice, a_credit_note
from tests.unit.purchasing.builders import BUYER, ORDER, SYSTEM, an_act
from tests.unit.purchasing.office import CURRENT, Office

pytestmark = pytest.mark.anyio


async def received(office: Office, enough: str | None = None, **lines: str) -> GoodsReceiptId:
    """All in one receipt; complete from so much."""
    receipt = GoodsReceiptId(uuid7())
    news = came(receipt, 2, enough or max(lines.values(), key=Decimal), **lines)
    await office.purchasing.note_receipt(an_act(SYSTEM), news)
    return receipt


def last(office: Office) -> Any:
    return json.loads(office.store.facts[-1].message.payload)


async def test_an_order_is_invoiced_once_all_of_it_came_and_was_billed() -> None:
    office, invoice, rest = await Office("10", "5").issues(), Invoice(), Invoice(number="RE-4712")
    assert await office.told(invoice.says("InvoiceRegistered")) == "Issued"
    await received(office, enough="10", l1="6")
    assert await office.told(invoice.matched(l1="6")) == "PartiallyReceived"
    told = last(office)
    assert (told["status"], told["receipt_status"], told["billing_status"]) == (
        "Issued",
        "partial",
        "partial",
    )
    assert told["billed"] == [
        {
            "line": 1,
            "ordered": "10",
            "closed_short": "0",
            "received": "6",
            "receipt_status": "partial",
            "billed": "6",
            "billed_net": "6",
            "billing_status": "partial",
        }
    ]
    await received(office, enough="10", l1="4", l2="5")
    assert (await office.order()).status == "Received"
    assert await office.told(rest.matched(l1="4", l2="5")) == "Invoiced"
    assert (await office.order()).state == "Issued", "it is still to be paid"
    assert office.said()[-4:] == ["ReceiptProgressed", "BillingProgressed"] * 2


async def test_a_credit_note_takes_back_what_was_billed() -> None:
    office, invoice, credit = await Office("10").issues(), Invoice(), a_credit_note()
    await received(office, l1="10")
    assert await office.told(invoice.matched(l1="10"), credit.matched(l1="-3")) == "Received"
    assert (await office.order()).billing == {1: LineBilling(Decimal(7), Decimal(7))}
    assert await office.told(credit.says("InvoiceCancelled", l1="0")) == "Invoiced"


async def test_less_is_enough_where_it_was_agreed_to_be_all_of_it() -> None:
    office, invoice = await Office("100").issues(), Invoice()
    await received(office, enough="95", l1="95")
    assert await office.told(invoice.matched(l1="94")) == "Received"
    assert await office.told(invoice.says("InvoiceMatched", l1="95")) == "Invoiced"


async def test_bills_before_goods_and_goods_before_bills_end_alike() -> None:
    """https://github.com/odoo/odoo/pull/250925: what was billed is no word on what came."""
    office, invoice = await Office("10").issues(), Invoice()
    assert await office.told(invoice.matched(l1="10")) == "Issued"
    await received(office, l1="10")
    assert (await office.order()).status == "Invoiced"


async def test_late_and_repeated_news_move_nothing() -> None:
    office, invoice = await Office("10").issues(), Invoice()
    early, late = invoice.matched(l1="4"), invoice.matched(l1="6")
    await office.told(late, early)
    with pytest.raises(Answered):
        await office.told(late)
    assert (await office.order()).billing[1].billed == 6
    assert office.said().count("BillingProgressed") == 1


async def test_an_invoice_of_an_order_that_is_not_there_is_parked_and_not_forgotten() -> None:
    office, invoice = Office("10"), Invoice()
    with pytest.raises(NotFound):
        await office.told(invoice.matched(l1="10"))
    await office.issues()
    await received(office, l1="10")
    assert (await office.order()).status == "Invoiced"


async def test_an_invoice_that_belongs_to_no_order_moves_none() -> None:
    office = await Office("10").issues()
    assert await office.told(Invoice(order=None).says("InvoiceRegistered")) == "Issued"
    assert office.store.invoices == {}


async def test_what_is_closed_short_closes_the_order_once_the_rest_is_billed() -> None:
    office, invoice = await Office("10", "5").issues(), Invoice()
    await received(office, l1="4", l2="5")
    await office.purchasing.close_short(an_act(BUYER), CURRENT, "enough", None)
    assert await office.told(invoice.matched(l1="4")) == "Received"
    assert await office.told(invoice.says("InvoiceMatched", l2="5")) == "Closed"
    assert office.said()[-2:] == ["BillingProgressed", "Closed"]
    assert (office.store.facts[-1].from_state, office.store.facts[-1].to_state) == ("Issued", "Closed")


async def test_closing_the_rest_short_closes_what_is_received_and_billed() -> None:
    office, invoice = await Office("10").issues(), Invoice()
    await received(office, enough="10", l1="4")
    assert await office.told(invoice.matched(l1="4")) == "PartiallyReceived"
    await office.purchasing.close_short(an_act(BUYER), CURRENT, "enough", None)
    assert ((await office.order()).status, office.said()[-1]) == ("Closed", "ClosedShort")


async def test_the_last_receipt_closes_what_was_billed_before() -> None:
    office, invoice = await Office("10").issues(), Invoice()
    await office.told(invoice.matched(l1="6"))
    await office.purchasing.close_short(an_act(BUYER), CURRENT, "enough", None)
    await received(office, l1="6")
    assert ((await office.order()).status, office.said()[-1]) == ("Closed", "Closed")


async def test_what_was_billed_is_a_floor_for_closing_short() -> None:
    office, invoice = await Office("10").issues(), Invoice()
    await received(office, enough="10", l1="2")
    await office.told(invoice.matched(l1="4"))
    with pytest.raises(RuleBroken, match="line 1 has 6 open; 7 cannot be closed short"):
        await office.purchasing.close_short(an_act(BUYER), CURRENT, "enough", {1: Decimal(7)})


async def test_nothing_is_cancelled_once_it_was_billed() -> None:
    office, invoice = await Office("10").issues(), Invoice()
    await office.told(invoice.matched(l1="4"))
    with pytest.raises(RuleBroken) as refused:
        await office.purchasing.cancel(an_act(BUYER), CURRENT, "not needed")
    assert [b.code for b in refused.value.blockers] == ["order-billed"]
    assert "4 of line 1" in str(refused.value)
    await office.told(invoice.says("InvoiceCancelled", l1="0"))
    await office.purchasing.cancel(an_act(BUYER), CURRENT, "not needed")
    assert (await office.order()).status == "Cancelled"


async def test_what_was_billed_of_a_cancelled_order_was_billed_all_the_same() -> None:
    office = await Office("10").issues()
    await office.purchasing.cancel(an_act(BUYER), CURRENT, "not needed")
    assert await office.told(Invoice().matched(l1="4")) == "Cancelled"
    assert (await office.order()).progress().billing_status == "partial"


def test_both_sides_mean_the_same_topic() -> None:
    assert TOPIC == INVOICING_TOPIC == invoices.TOPIC


def test_every_golden_event_of_an_invoice_can_be_read() -> None:
    told = [message for message in golden() if message.topic == TOPIC]
    news = [news_of(incoming(headers_of(message)), message.payload) for message in told]
    assert len(told) == 10
    assert {each.order for each in news if each} == {ORDER}
    assert [each for each in news if each and each.disputed], "one of them disputes"
    assert {str(line.billed) for each in news if each for line in each.lines.values()} > {"0"}


def test_our_own_words_for_an_invoice_are_those_of_invoicing() -> None:
    (matched,) = [message for message in golden() if message.type.endswith(".InvoiceMatched.v1")]
    theirs, ours = (json.loads(m.payload) for m in (matched, Invoice().matched(l1="4")))
    assert set(ours) <= set(theirs)
    assert set(ours["lines"][0]) == set(theirs["lines"][0])


@pytest.mark.parametrize(
    "changes",
    [
        {"order_id": "sup_01920000-0000-7000-8000-000000000001"},
        {"order_id": 7},
        {"invoice_id": "x"},
        {"lines": [{"line": 1}]},
        {"lines": [{"line": 1, "billed": "much", "net": "1"}]},
    ],
)
def test_what_is_no_event_of_an_invoice_is_malformed(changes: Any) -> None:
    message = Invoice().matched(l1="4")
    body = json.dumps({**json.loads(message.payload), **changes}).encode()
    with pytest.raises(Malformed):
        news_of(incoming(headers_of(message)), body)


@pytest.mark.parametrize("type_", [b"procurement.receiving.GoodsReceived.v1", b"procurement.invoicing.X.v2"])
def test_an_event_of_something_else_is_malformed(type_: bytes) -> None:
    message: Message = Invoice().matched(l1="4")
    with pytest.raises(Malformed):
        news_of(incoming({**headers_of(message), "ce_type": type_}), message.payload)
