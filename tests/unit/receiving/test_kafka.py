"""Receiving reads purchasing's events as they are published, and nothing else."""

from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest

from procurement.kernel.errors import Refusal
from procurement.kernel.tolerance import Tolerance
from procurement.platform.cloudevents import Malformed, incoming
from procurement.platform.kafka.consumer import Received
from procurement.platform.outbox import Message
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound.events import TOPIC as PURCHASING_TOPIC
from procurement.purchasing.adapters.outbound.events import EncodePurchaseOrder
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.receiving.adapters.inbound.kafka import TOPIC, news_of, order_news
from procurement.receiving.domain.expectation import OrderUnknown
from tests.arrived import headers_of
from tests.unit.purchasing.builders import BUYER, FINANCE, L1, a_content, an_act, an_order, facts
from tests.unit.receiving.builders import ORDER, TENANT
from tests.unit.receiving.dock import Dock, dock

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Dock:
    return dock(tmp_path_factory.mktemp("issuer"))


def published(order: PurchaseOrder) -> Message:
    """What purchasing says of the order's last step."""
    message = EncodePurchaseOrder(uuid7)(order, order.take_event(), an_act(BOSS_FOR_BEA)).message
    order.version += 1
    return message


BOSS_FOR_BEA = replace(BUYER, on_behalf_of="boss")


def a_life() -> list[Message]:
    content = a_content("10.00", "20.00")
    agreed = replace(content.lines[1], over_receipt=Tolerance(Decimal(5), Decimal(1)))
    order = an_order(replace(content, lines=(content.lines[0], agreed)))
    told = [published(order)]
    for step in (
        partial(order.submit, by=BUYER, facts=facts()),
        partial(order.approve, by=replace(L1, on_behalf_of="chief"), facts=facts()),
        partial(order.issue, by=FINANCE, facts=facts()),
        partial(order.acknowledge, [], by=BUYER, facts=facts()),
        partial(order.close_short, "enough", {2: Decimal(1)}, by=BUYER, facts=facts()),
        partial(order.open_dispute, "wrong", by=BUYER, facts=facts()),
    ):
        step()
        told.append(published(order))
    return told


def received(message: Message) -> Received:
    return Received(message.topic, 0, 0, message.key, headers_of(message), message.payload)


async def test_a_life_of_an_order_becomes_an_expectation(built: Dock) -> None:
    built.empty()
    learn, statuses = order_news(built.service), []
    for message in a_life():
        await learn([received(message)])
        await learn([received(message), received(message)])
        try:
            statuses.append((await built.expectations.expected(TENANT, ORDER)).status)
        except OrderUnknown:
            statuses.append("not yet")
    assert statuses == [
        "Draft", "AwaitingApproval", "Approved", "Issued", "Acknowledged", "Acknowledged", "Disputed",
    ]  # fmt: skip
    expected = await built.expectations.expected(TENANT, ORDER)
    assert expected.requesters == {"bea.buyer", "boss"}
    assert expected.approvers == {"ann.approver", "chief"}
    assert [line.ordered.over for line in expected.lines.values()] == [
        None,
        Tolerance(Decimal(5), Decimal(1)),
    ]
    assert [(n, int(line.due), line.ordered.unit) for n, line in expected.lines.items()] == [
        (1, 3, "XPP"),
        (2, 2, "XPP"),
    ]


def test_both_sides_mean_the_same_topic() -> None:
    assert TOPIC == PURCHASING_TOPIC


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        (b"procurement.supplier.SupplierApproved.v1", b"{}"),
        (b"procurement.purchasing.PurchaseOrderIssued.v2", b"{}"),
        (b"procurement.purchasing.PurchaseOrderIssued.v1", b"{}"),
        (b"procurement.purchasing.PurchaseOrderIssued.v1", b"not json"),
        (b"procurement.purchasing.PurchaseOrderIssued.v1", b""),
    ],
)
def test_what_is_no_event_of_an_order_is_malformed(type_: bytes, body: bytes) -> None:
    headers = {**headers_of(a_life()[3]), "ce_type": type_}
    with pytest.raises(Malformed):
        news_of(incoming(headers), body)


async def test_a_record_without_an_envelope_is_parked(built: Dock) -> None:
    with pytest.raises(Refusal):
        await order_news(built.service)([Received(TOPIC, 0, 0, None, {}, None)])
