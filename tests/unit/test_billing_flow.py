"""Goods, invoices and credit notes of one order, and what purchasing and receiving make of them: whatever
comes late, twice or out of order, progress is the sum of what counts, disputes last as long as their
invoices', what is done closes by itself, and empty views fill to the same."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from procurement.kernel.act import Answered
from procurement.platform.cloudevents import incoming
from procurement.platform.kafka.consumer import Received, Subscription
from procurement.platform.outbox import Message
from procurement.purchasing.adapters.inbound import invoice_news
from procurement.purchasing.adapters.outbound.events import TOPIC as ORDERS
from procurement.purchasing.domain.lifecycle import OPEN, State
from procurement.receiving.adapters.inbound import billing_news
from procurement.receiving.adapters.inbound.kafka import order_news
from tests.arrived import headers_of
from tests.memory import purchasing, receiving
from tests.unit.invoices import Invoice, a_credit_note
from tests.unit.purchasing import builders
from tests.unit.purchasing.office import CURRENT
from tests.unit.receiving.builders import NOW, ORDER, TENANT
from tests.unit.test_goods_flow import LINE, MOST, GoodsFlow, record, run

DOCUMENT = st.integers(0, 2)
BILLED = st.sampled_from(["1", "40", "60", "100", "2.5", "5"])

Hear = Callable[[Received], Awaitable[None]]


class BillingFlow(GoodsFlow):
    @initialize()
    def an_order_is_issued(self) -> None:
        super().an_order_is_issued()
        self.documents = [Invoice(), Invoice(number="RE-4712"), a_credit_note()]
        close = billing_news.closing(self.receiving, lambda: NOW)
        learn = self.office.learn
        self.ears: dict[str, tuple[Hear, ...]] = {
            ORDERS: (Subscription.of_views("receiving", (ORDERS,), order_news(self.receiving)).handle,),
            billing_news.RECEIPTS: (learn[billing_news.RECEIPTS], close),
            billing_news.INVOICES: (learn[billing_news.INVOICES], close),
        }
        self.told_by_office = len(self.office.store.facts)

    async def arrives(self, message: Message) -> None:
        for hear in self.ears[message.topic]:
            with suppress(Answered):
                await hear(record(message))
        self.collects()

    def collects(self) -> None:
        self.on_the_way += [fact.message for fact in self.dock.facts[self.told :]]
        self.on_the_way += [fact.message for fact in self.office.store.facts[self.told_by_office :]]
        self.told, self.told_by_office = len(self.dock.facts), len(self.office.store.facts)

    @rule(nth=DOCUMENT, line=LINE, quantity=BILLED)
    def a_document_is_matched(self, nth: int, line: int, quantity: str) -> None:
        sign = -1 if self.documents[nth].kind == "credit-note" else 1
        counts = {f"l{line}": str(sign * Decimal(quantity))}
        self.on_the_way.append(self.documents[nth].matched(**counts))

    @rule(nth=DOCUMENT, counts=st.booleans())
    def a_document_is_disputed(self, nth: int, *, counts: bool) -> None:
        document = self.documents[nth]
        released = {} if counts else {f"l{line}": "0" for line in document.counts}
        self.on_the_way.append(document.disputed(**released))

    @rule(nth=DOCUMENT, name=st.sampled_from(["InvoiceResubmitted", "InvoiceRejected", "InvoiceCancelled"]))
    def a_document_goes_its_way(self, nth: int, name: str) -> None:
        released = {} if name == "InvoiceResubmitted" else {f"l{n}": "0" for n in self.documents[nth].counts}
        self.on_the_way.append(self.documents[nth].says(name, **released))

    @rule()
    def every_dispute_is_settled(self) -> None:
        self.on_the_way += [each.matched() for each in self.documents if each.status == "Disputed"]

    @rule(line=LINE, quantity=BILLED)
    def goods_come_and_are_billed(self, line: int, quantity: str) -> None:
        """As it should be; many things in a row, which chance seldom does."""
        self.opens(line=line, quantity=quantity)
        self.verifies(nth=len(self.dock.receipts) - 1, rejected="0")
        accepted = self.dock.taken(TENANT, ORDER, line).accepted
        others = sum((each.counts.get(line, Decimal(0)) for each in self.documents[1:]), Decimal(0))
        self.on_the_way.append(self.documents[0].matched(**{f"l{line}": str(accepted - others)}))

    @rule(most=st.integers(1, 9))
    def much_news_arrives(self, most: int) -> None:
        for nth in range(most):
            self.news_arrives(nth=7 * nth, twice=False)

    @rule(line=LINE)
    def the_rest_is_closed_short(self, line: int) -> None:
        rest = run(self.office.order()).progress().lines[line].still_open
        buyer = builders.an_act(builders.BUYER)
        close = self.office.purchasing.close_short(buyer, CURRENT, "enough", {line: rest} if rest else None)
        self.tries(close)
        self.collects()

    @invariant()
    def billing_is_the_sum_of_what_was_told(self) -> None:
        if hasattr(self, "ears"):
            billing = run(self.office.order()).billing
            assert {line: sums.billed for line, sums in billing.items()} == self.latest_per_document()

    def latest_per_document(self) -> dict[int, Decimal]:
        said = [message for message in self.delivered_news if message.topic == invoice_news.TOPIC]
        sums = dict.fromkeys(MOST, Decimal(0))
        for document in self.documents:
            latest: dict[int, tuple[int, Decimal]] = {}
            for envelope, message in ((incoming(headers_of(m)), m) for m in said):
                news = invoice_news.news_of(envelope, message.payload)
                if news is not None and news.invoice == document.id:
                    for line, counts in news.lines.items():
                        latest[line] = max(latest.get(line, (0, Decimal(0))), (news.version, counts.billed))
            for line, (_, billed) in latest.items():
                sums[line] += billed
        return {line: billed for line, billed in sums.items() if billed}

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "ears"):
            self.everybody_is_where_the_others_are()
            self.empty_views_fill_to_the_same()

    def everybody_is_where_the_others_are(self) -> None:
        order = run(self.office.order())
        disputed = {
            document.id
            for document in self.documents
            if [name for name in self.words(document) if name != "InvoiceResubmitted"][-1:]
            == ["InvoiceDisputed"]
        }
        assert (order.state is State.DISPUTED) == bool(disputed) or order.state is State.CLOSED
        assert not (order.state in OPEN and order.is_done), "what is done closes by itself"
        expected = run(self.receiving.expected(TENANT, ORDER))[0]
        assert expected.status == order.state
        billing = {line: sums.billed for line, sums in order.billing.items()}
        assert {n: line.billed for n, line in expected.lines.items() if line.billed} == billing
        verified = receiving.MemoryGoodsReceipts(self.dock)
        assert run(verified.billed(TENANT, ORDER)) == [], "what is billed is closed by itself"

    def words(self, document: Invoice) -> list[str]:
        """All of what was said of it, in the order of versions."""
        envelopes = [incoming(headers_of(message)) for message in self.delivered_news]
        mine = {e.version: e.type.split(".")[2] for e in envelopes if e.subject == f"inv_{document.id}"}
        return [mine[version] for version in sorted(mine)]

    def empty_views_fill_to_the_same(self) -> None:
        office = purchasing.MemoryOrderReports(purchasing.Store())
        dock = receiving.MemoryExpectations(receiving.Store(orders=self.dock.orders))
        for message in reversed(self.delivered_news):
            if message.topic == invoice_news.TOPIC:
                envelope = incoming(headers_of(message))
                told, heard = (
                    invoice_news.news_of(envelope, message.payload),
                    billing_news.news_of(envelope, message.payload),
                )
                assert told is not None
                assert heard is not None
                run(office.note_invoice(TENANT, told))
                run(dock.note_billing(TENANT, heard))
        order = run(self.office.order())
        mine = run(purchasing.MemoryOrderReports(self.office.store).sums(TENANT, ORDER))
        refilled = run(office.sums(TENANT, ORDER))
        assert (refilled.billing, refilled.disputed) == (mine.billing, mine.disputed)
        assert refilled.billing == order.billing
        lines = run(dock.expected(TENANT, ORDER)).lines.values()
        assert {line.ordered.number: line.billed for line in lines if line.billed} == {
            line: sums.billed for line, sums in order.billing.items()
        }


TestBillingFlow = BillingFlow.TestCase
