"""Purchasing learns what came of its orders: from receiving's events as they are published."""

import json
from decimal import Decimal
from typing import Any

import pytest

from procurement.kernel.act import Answered
from procurement.kernel.errors import NotFound
from procurement.kernel.ids import OrderId
from procurement.platform.cloudevents import Malformed, incoming
from procurement.platform.outbox import Message
from procurement.purchasing.adapters.inbound.receipt_news import TOPIC, news_of
from procurement.receiving.adapters.outbound.events import TOPIC as RECEIVING_TOPIC
from tests.arrived import headers_of
from tests.published.receiving import golden
from tests.unit.purchasing.builders import BUYER, ORDER, an_act
from tests.unit.purchasing.office import CURRENT, Office

pytestmark = pytest.mark.anyio


def by_type(name: str) -> Message:
    return next(message for message in golden() if message.type.endswith(f".{name}.v1"))


async def test_a_delivery_moves_the_order_and_a_return_moves_it_back() -> None:
    office = await Office().issues()
    assert await office.told(by_type("GoodsReceiptOpened")) == "Issued"
    assert await office.told(by_type("GoodsReceiptDiscrepancyDetected")) == "Issued"
    assert await office.told(by_type("GoodsReceived")) == "PartiallyReceived"
    order = await office.order()
    assert {n: receipts.accepted for n, receipts in order.receipts.items()} == {1: Decimal("57.5"), 2: 5}
    assert await office.told(by_type("GoodsReturned")) == "PartiallyReceived"
    order = await office.order()
    assert order.receipts[1].accepted == 50
    told = [json.loads(f.message.payload) for f in office.store.facts if "Progressed" in f.message.type]
    assert [(e["receipt_status"], [line["line"] for line in e["received"]]) for e in told] == [
        ("partial", [1, 2]),
        ("partial", [1]),
    ]
    assert [e["status"] for e in told] == ["Issued", "Issued"]


async def test_late_and_repeated_news_move_nothing() -> None:
    office = await Office().issues()
    late, last = by_type("GoodsReceived"), by_type("GoodsReturned")
    await office.told(last, late, by_type("GoodsReceiptOpened"))
    with pytest.raises(Answered):
        await office.told(last)
    order = await office.order()
    assert (int(order.receipts[1].accepted), order.version) == (50, 5)


async def test_what_came_of_a_cancelled_order_came_all_the_same() -> None:
    office = await Office().issues()
    await office.purchasing.cancel(an_act(BUYER), CURRENT, "not needed")
    assert await office.told(by_type("GoodsReceived")) == "Cancelled"
    assert (await office.order()).progress().receipt_status == "partial"


async def test_goods_of_an_order_that_is_not_there_are_parked_and_not_forgotten() -> None:
    office = Office()
    with pytest.raises(NotFound):
        await office.told(by_type("GoodsReceived"))
    await office.issues()
    assert await office.told(by_type("GoodsReturned")) == "PartiallyReceived"


def test_both_sides_mean_the_same_topic() -> None:
    assert TOPIC == RECEIVING_TOPIC


@pytest.mark.parametrize(
    "changes", [{"order_id": f"sup_{ORDER}"}, {"lines": [{"line": 1}]}, {"receipt_id": "x"}]
)
def test_what_is_no_event_of_a_receipt_is_malformed(changes: Any) -> None:
    message = by_type("GoodsReceived")
    body = json.dumps({**json.loads(message.payload), **changes}).encode()
    with pytest.raises(Malformed):
        news_of(incoming(headers_of(message)), body)
    headers = {**headers_of(message), "ce_type": b"procurement.receiving.ReceivingPolicyDecided.v1"}
    with pytest.raises(Malformed):
        news_of(incoming(headers), message.payload)


def test_every_golden_event_of_a_receipt_can_be_read() -> None:
    for message in golden():
        if message.topic == TOPIC:
            news = news_of(incoming(headers_of(message)), message.payload)
            assert (news.order, sorted(news.lines)) == (OrderId(ORDER), [1, 2])
