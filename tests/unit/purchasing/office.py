"""Purchasing on memory adapters, with one issued order and a way to hear of what others say."""

import json
from dataclasses import replace
from typing import Any

from procurement.kernel.ids import OrderId
from procurement.platform.kafka.consumer import Received
from procurement.platform.outbox import Message
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.inbound import invoice_news, receipt_news
from procurement.purchasing.app.ports import Decision
from procurement.purchasing.app.service import PurchasingService
from procurement.purchasing.domain.order import PurchaseOrder
from tests.arrived import headers_of
from tests.memory.purchasing import (
    MemoryDeadlines,
    MemoryOrderReports,
    MemoryPolicies,
    MemoryPurchaseOrders,
    MemorySupplierStandings,
    Store,
)
from tests.unit.purchasing.builders import (
    BUYER,
    FINANCE,
    L3,
    NOW,
    ORDER,
    SUPPLIER,
    TENANT,
    a_content,
    a_line,
    a_standing,
    an_act,
    an_order,
)

CURRENT = Decision(order=ORDER, expected_version=None)


class Office:
    """Purchasing with one issued order, with a line for each quantity."""

    def __init__(self, *quantities: str) -> None:
        self.quantities = quantities or ("100", "5")
        self.store = Store(suppliers={(TENANT, SUPPLIER): a_standing()})
        self.orders = MemoryPurchaseOrders(self.store)
        self.purchasing = PurchasingService(
            self.orders,
            MemorySupplierStandings(self.store),
            MemoryOrderReports(self.store),
            MemoryPolicies(self.store),
            MemoryDeadlines(self.store),
            lambda: NOW,
            uuid7,
        )
        self.learn = {
            receipt_news.TOPIC: receipt_news.receipt_news(self.purchasing, lambda: NOW),
            invoice_news.TOPIC: invoice_news.invoice_news(self.purchasing, lambda: NOW),
        }

    async def drafts(self, order: OrderId = ORDER) -> None:
        lines = tuple(a_line(n, "1.00", quantity) for n, quantity in enumerate(self.quantities, start=1))
        await self.orders.save(an_order(replace(a_content(), lines=lines), order=order), an_act())

    async def approves(self, order: OrderId = ORDER) -> None:
        seen = Decision(order=order, expected_version=None)
        await self.purchasing.submit(an_act(BUYER), seen)
        await self.purchasing.approve(an_act(L3), seen, None)

    async def issues(self, order: OrderId = ORDER) -> "Office":
        await self.drafts(order)
        await self.approves(order)
        await self.purchasing.issue(an_act(FINANCE), Decision(order=order, expected_version=None))
        return self

    async def told(self, *messages: Message, **changes: Any) -> str:
        """The order's word after it."""
        for message in messages:
            body = json.dumps({**json.loads(message.payload), **changes}).encode()
            headers = headers_of(message)
            await self.learn[message.topic](Received(message.topic, 0, 0, message.key, headers, body))
        return (await self.order()).status

    async def order(self) -> PurchaseOrder:
        return await self.orders.get(TENANT, ORDER)

    def said(self) -> list[str]:
        """The names of the events of the order, in their order."""
        return [fact.message.type.split(".")[2].removeprefix("PurchaseOrder") for fact in self.store.facts]
