"""Receiving and purchasing together, events between them late, twice and in any order of receipts: never more
accepted than ordered and tolerated, progress is the sum of what came, and empty views fill to the same."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from procurement.kernel.act import Answered
from procurement.kernel.errors import RuleBroken
from procurement.platform.cloudevents import incoming
from procurement.platform.kafka.consumer import Received
from procurement.platform.outbox import Message
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.inbound.receipt_news import TOPIC, news_of
from procurement.purchasing.domain.progress import LineReceipts
from procurement.receiving.adapters.inbound.kafka import order_news
from procurement.receiving.app.ports import Decision, OpenReceipt
from procurement.receiving.app.service import ReceivingService
from procurement.receiving.domain.line import Inspected
from tests.arrived import headers_of
from tests.memory import purchasing, receiving
from tests.unit.purchasing.office import Office
from tests.unit.receiving.builders import BEN, ORDER, TENANT, WENDY, WILL, an_act, delivered, tolerating

QUANTITIES = st.sampled_from(["1", "2.5", "40", "60", "100", "102.000001"])
LINE = st.integers(1, 2)
MOST = {1: Decimal(102), 2: Decimal("5.1")}


class GoodsFlow(RuleBasedStateMachine):
    @initialize()
    def an_order_is_issued(self) -> None:
        self.office = Office()
        run(self.office.issues())
        self.dock = receiving.Store(policies={TENANT: tolerating("2", under="1")})
        self.receiving = ReceivingService(
            receiving.MemoryGoodsReceipts(self.dock),
            receiving.MemoryExpectations(self.dock),
            receiving.MemoryPolicies(self.dock),
            uuid7,
        )
        self.on_the_way: list[Message] = []
        self.delivered_news: list[Message] = []
        self.told = 0
        for fact in self.office.store.facts:
            run(order_news(self.receiving)([record(fact.message)]))

    def tries(self, command: Awaitable[Any]) -> None:
        with suppress(RuleBroken):
            run(command)
        self.on_the_way += [fact.message for fact in self.dock.facts[self.told :]]
        self.told = len(self.dock.facts)

    def some_receipt(self, nth: int) -> Decision | None:
        ids = [receipt for _, receipt in self.dock.receipts]
        return Decision(receipt=ids[nth % len(ids)], expected_version=None) if ids else None

    def on_some(self, nth: int, command: Callable[[Decision], Awaitable[Any]]) -> None:
        if (decision := self.some_receipt(nth)) is not None:
            self.tries(command(decision))

    @rule(line=LINE, quantity=QUANTITIES)
    def opens(self, line: int, quantity: str) -> None:
        came = OpenReceipt(order=ORDER, delivery_note=None, delivered=(delivered(quantity, line),))
        self.tries(self.receiving.open(an_act(WILL), came))

    @rule(nth=st.integers(0, 9), rejected=st.sampled_from(["0", "0", "1"]))
    def verifies(self, nth: int, rejected: str) -> None:
        found = [Inspected(line=n, rejected=Decimal(rejected), reason="torn") for n in (1, 2)]

        async def verify(decision: Decision) -> None:
            receipt = await self.receiving.get(TENANT, decision.receipt)
            lines = {line.line for line in receipt.lines}
            await self.receiving.verify(an_act(WENDY), decision, [f for f in found if f.line in lines])

        self.on_some(nth, verify)

    @rule(nth=st.integers(0, 9), keep=st.booleans())
    def settles(self, nth: int, *, keep: bool) -> None:
        settle = self.receiving.resolve if keep else self.receiving.reject
        self.on_some(nth, lambda decision: settle(an_act(BEN), decision, "so be it"))

    @rule(nth=st.integers(0, 9))
    def reverses(self, nth: int) -> None:
        self.on_some(nth, lambda decision: self.receiving.reverse(an_act(WILL), decision, "miscount"))

    @rule(nth=st.integers(0, 9), line=LINE, quantity=QUANTITIES)
    def sends_back(self, nth: int, line: int, quantity: str) -> None:
        back = {line: Decimal(quantity)}
        self.on_some(nth, lambda decision: self.receiving.send_back(an_act(WILL), decision, "rust", back))

    @rule(nth=st.integers(0, 99), twice=st.booleans())
    def news_arrives(self, nth: int, *, twice: bool) -> None:
        """Any of what is on the way, not the oldest."""
        if self.on_the_way:
            message = self.on_the_way.pop(nth % len(self.on_the_way))
            self.delivered_news += [message]
            for _ in range(2 if twice else 1):
                run(self.arrives(message))

    async def arrives(self, message: Message) -> None:
        try:
            await self.office.told(message)
        except Answered:
            return

    @invariant()
    def no_more_is_here_than_was_ordered_and_tolerated(self) -> None:
        if hasattr(self, "dock"):
            for line, most in MOST.items():
                taken = self.dock.taken(TENANT, ORDER, line)
                assert taken.accepted >= 0
                assert taken.pending >= 0
                assert taken.accepted + taken.pending <= most

    @invariant()
    def progress_is_the_sum_of_what_was_told(self) -> None:
        if hasattr(self, "office"):
            assert self.progress() == self.latest_per_receipt(self.heard())

    def teardown(self) -> None:
        """Once everything has arrived, both sides agree; and empty views fill to the same from the end."""
        if not hasattr(self, "office"):
            return
        while self.on_the_way:
            self.news_arrives(7, twice=False)
        here = {line: self.dock.taken(TENANT, ORDER, line).accepted for line in MOST}
        assert self.progress() == {line: accepted for line, accepted in here.items() if accepted}
        views = purchasing.MemoryOrderReports(purchasing.Store())
        for message in reversed(self.heard()):
            run(views.note_receipt(TENANT, news_of(incoming(headers_of(message)), message.payload)))
        order = run(self.office.orders.get(TENANT, ORDER))
        assert run(views.sums(TENANT, ORDER)).receipts == order.receipts

    def heard(self) -> list[Message]:
        """What receiving told purchasing, so far."""
        return [message for message in self.delivered_news if message.topic == TOPIC]

    def progress(self) -> dict[int, Decimal]:
        order = run(self.office.orders.get(TENANT, ORDER))
        return {line: receipts.accepted for line, receipts in order.receipts.items()}

    def latest_per_receipt(self, messages: list[Message]) -> dict[int, Decimal]:
        latest: dict[UUID, tuple[int, dict[int, LineReceipts]]] = {}
        for message in messages:
            news = news_of(incoming(headers_of(message)), message.payload)
            if news.receipt not in latest or latest[news.receipt][0] < news.version:
                latest[news.receipt] = (news.version, dict(news.lines))
        sums = {
            line: sum((lines[line].accepted for _, lines in latest.values() if line in lines), Decimal(0))
            for line in MOST
        }
        return {line: accepted for line, accepted in sums.items() if accepted}


def record(message: Message) -> Received:
    return Received(message.topic, 0, 0, message.key, headers_of(message), message.payload)


def run(awaitable: Awaitable[Any]) -> Any:
    async def wait() -> Any:
        return await awaitable

    return asyncio.run(wait())


TestGoodsFlow = GoodsFlow.TestCase
