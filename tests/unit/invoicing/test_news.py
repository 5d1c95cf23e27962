"""Invoicing hears of orders in portions: as many as have piled up, of whichever tenants."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from procurement.invoicing.adapters.inbound.news import ORDERS, order_news
from procurement.invoicing.app.ports import ToMatch
from procurement.invoicing.app.service import InvoicingService
from procurement.invoicing.domain.lifecycle import State
from procurement.invoicing.domain.ordered import OrderNews
from procurement.kernel.act import Act, Answered
from procurement.kernel.ids import InvoiceId, OrderId, TenantId
from procurement.platform.cloudevents import Malformed, incoming
from procurement.platform.kafka.consumer import Received
from procurement.platform.outbox import Message
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound.events import EncodePurchaseOrder
from tests.arrived import headers_of
from tests.contracts.invoicing import Ports, received, registered
from tests.memory.invoicing import MemoryDeadlines, MemoryInvoices, MemoryOrders, MemoryPolicies, Store
from tests.unit.invoicing.clerk import Clerk
from tests.unit.invoicing.papers import EXACT, ORDER, document, invoiced
from tests.unit.purchasing.builders import BUYER, FINANCE, L1, NOW, TENANT, an_act, an_order, facts

pytestmark = pytest.mark.anyio


def a_life(order: OrderId = ORDER, tenant: TenantId = TENANT) -> list[Received]:
    """Of an order of three at 10.00."""
    encode, bought = EncodePurchaseOrder(uuid7), an_order(order=order)
    steps: Sequence[Callable[[], None]] = (
        lambda: None,
        lambda: bought.submit(by=BUYER, facts=facts()),
        lambda: bought.approve(by=L1, facts=facts()),
        lambda: bought.issue(by=FINANCE, facts=facts()),
    )
    told = []
    for step in steps:
        step()
        told.append(_record(encode(bought, bought.take_event(), an_act(tenant=tenant)).message))
        bought.version += 1
    return told


def _record(message: Message) -> Received:
    return Received(message.topic, 0, 0, message.key, headers_of(message), message.payload)


@dataclass
class Ear(Clerk):
    """For each order one invoice waits, and it was matched before under this name."""

    waiting: dict[OrderId, InvoiceId] = field(default_factory=dict)
    heard: list[tuple[TenantId, int]] = field(default_factory=list)
    matched: list[tuple[TenantId, str]] = field(default_factory=list)

    async def note_order(self, tenant: TenantId, *news: OrderNews) -> ToMatch:
        self.heard.append((tenant, len(news)))
        return {each.order: [self.waiting.setdefault(each.order, InvoiceId(uuid7()))] for each in news}

    async def match(self, act: Act, invoice: InvoiceId) -> None:
        assert act.command.scope == ORDERS
        self.matched.append((act.tenant, act.command.key))
        raise Answered(act.answer(None))


async def test_a_portion_is_one_note_for_each_tenant_and_one_match_after_the_last_event_of_an_order() -> None:
    ear, other, tenant = Ear(), OrderId(uuid7()), TenantId(uuid7())
    one, two, theirs = a_life(), a_life(other), a_life(tenant=tenant)
    await order_news(ear, lambda: NOW)([*one[:2], *two[:3], *theirs, one[2]])
    assert ear.heard == [(TENANT, 6), (tenant, 4)]
    assert ear.matched == [
        (owner, f"{incoming(last.headers).id}:{ear.waiting[order]}")
        for owner, order, last in (
            (TENANT, ORDER, one[2]),
            (TENANT, other, two[2]),
            (tenant, ORDER, theirs[3]),
        )
    ]


async def test_one_that_cannot_be_read_leaves_the_whole_portion_to_be_taken_one_by_one() -> None:
    ear, told = Ear(), a_life()
    with pytest.raises(Malformed):
        await order_news(ear, lambda: NOW)([*told, told[0]._replace(value=b"no")])
    assert not ear.heard


@pytest.mark.parametrize("cuts", [(0, 4), (0, 1, 2, 3, 4), (0, 2, 3, 4), (0, 3, 4)])
async def test_what_comes_again_in_other_portions_does_nothing(cuts: Sequence[int]) -> None:
    store, told = Store(policies={TENANT: EXACT}), a_life()
    ports = Ports(MemoryInvoices(store), MemoryOrders(store), MemoryPolicies(store), MemoryDeadlines(store))
    service = InvoicingService(ports.invoices, ports.orders, ports.policies, ports.deadlines, uuid7)
    said = document(
        invoiced("3", price="10.00", unit="XPP", name="Hex bolt M8"), order_number="PO-2026-000001"
    )
    invoice = await registered(ports, TENANT, said, order=None)
    await ports.orders.note_receipt(TENANT, received({1: "3"}))
    learn = order_news(service, lambda: NOW)
    await learn(told)
    matched = await ports.invoices.get(TENANT, invoice.id)
    assert matched.state is State.MATCHED
    for first, last in pairwise(cuts):
        await learn(told[first:last])
    assert (await ports.invoices.get(TENANT, invoice.id)).version == matched.version
