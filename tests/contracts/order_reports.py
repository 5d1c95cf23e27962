"""What every adapter of OrderReports promises. Subclass it and say how to get the ports."""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import permutations
from random import Random

import pytest

from procurement.kernel.ids import GoodsReceiptId, InvoiceId, OrderId, TenantId
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.app.ports import InvoiceNews, OrderQuery, ReceiptNews
from procurement.purchasing.domain.following import Reported
from procurement.purchasing.domain.progress import LineBilling, LineReceipts, Status
from tests.contracts.purchasing import Ports, a_saved_order, a_tenant
from tests.contracts.replays import SEEDS, as_it_may_come, from_the_beginning, some
from tests.unit.purchasing.builders import BUYER, FINANCE, L1, ORDER, SYSTEM, an_act, facts

pytestmark = pytest.mark.anyio


def came(receipt: GoodsReceiptId, version: int, enough: str = "100", **lines: str) -> ReceiptNews:
    """`l1="60"`: of line 1, 60."""
    sums = {int(name[1:]): LineReceipts(Decimal(q), Decimal(enough)) for name, q in lines.items()}
    return ReceiptNews(order=ORDER, receipt=receipt, version=version, lines=sums)


INVOICE = InvoiceId(uuid7())
WORDS = [
    ("", "", "Issued"),
    ("", "3", "Issued"),
    ("2", "", "PartiallyReceived"),
    ("2", "3", "PartiallyReceived"),
    ("3", "2", "Received"),
    ("3", "3", "Invoiced"),
    ("3", "-1", "Received"),
    ("1", "1", "PartiallyReceived"),
]
"""Of 3 that were ordered: accepted, billed, and the word for it."""
NOTHING = Reported(receipts={}, billing={}, disputed=frozenset(), left=frozenset())


def billed(
    invoice: InvoiceId, version: int, disputed: str = "", settled: str = "", **lines: str
) -> InvoiceNews:
    """`l1="-3"`: of line 1, 3 are credited, at a price of 10."""
    sums = {int(name[1:]): LineBilling(Decimal(q), 10 * Decimal(q)) for name, q in lines.items()}
    return InvoiceNews(
        order=ORDER,
        invoice=invoice,
        version=version,
        lines=sums,
        disputed=disputed or None,
        settled=settled or None,
    )


def _of_receipts_and_invoices(chance: Random, elsewhere: OrderId) -> list[ReceiptNews | InvoiceNews]:
    """Of four receipts, and four documents that count, are disputed, settled, and meant for another order."""
    told: list[ReceiptNews | InvoiceNews] = []
    for _ in range(4):
        receipt, invoice, meant = GoodsReceiptId(uuid7()), InvoiceId(uuid7()), ORDER
        told += [
            came(receipt, version, l1=some(chance), l2=some(chance))
            for version in range(1, chance.randint(2, 5))
        ]
        for version in range(1, chance.randint(3, 7)):
            word = {chance.choice(["disputed", "settled", "neither"]): "said"}
            word.pop("neither", None)
            lines = {f"l{n}": f"{chance.choice('-+')}{some(chance)}" for n in (1, 2)}
            told.append(replace(billed(invoice, version, **word, **lines), order=meant))
            meant = elsewhere if chance.random() < 0.3 else meant
        told.append(replace(billed(invoice, 9, l1="7"), order=chance.choice([ORDER, elsewhere])))
    last = InvoiceId(uuid7())
    return [*told, billed(last, 1, disputed="wrong"), replace(billed(last, 2, l2="1"), order=elsewhere)]


class OrderReportsContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_any_order_of_news_and_repeats_sums_up_to_the_same(self, ports: Ports) -> None:
        one, two = GoodsReceiptId(uuid7()), GoodsReceiptId(uuid7())
        news = (
            came(one, 1, l1="0", l2="0"),
            came(one, 2, l1="60", l2="5.5"),
            came(one, 3, l1="60", l2="0"),
            came(two, 2, "98", l1="30.000001"),
        )
        for order in permutations(news):
            tenant = a_tenant()
            for each in (*order, *order):
                await ports.reports.note_receipt(tenant, each)
            sums = await ports.reports.sums(tenant, ORDER)
            assert sums.receipts == {1: LineReceipts(Decimal("90.000001"), Decimal(98))}
        assert await ports.reports.sums(a_tenant(), ORDER) == NOTHING
        assert await ports.reports.sums(tenant, OrderId(uuid7())) == NOTHING

    async def test_any_order_of_invoices_and_credit_notes_sums_up_to_the_same(self, ports: Ports) -> None:
        """A line that a later version does not name stays as it was told; what counts for nothing is gone."""
        one, two = InvoiceId(uuid7()), InvoiceId(uuid7())
        news = (
            billed(one, 1, l1="10", l2="5", l3="1"),
            billed(one, 3, l1="10", l2="0"),
            billed(two, 1, l1="-3", l3="-1"),
            billed(two, 2, l1="-3.000001"),
        )
        for order in permutations(news):
            tenant = a_tenant()
            for each in (*order, *order):
                await ports.reports.note_invoice(tenant, each)
            sums = await ports.reports.sums(tenant, ORDER)
            assert sums.billing == {1: LineBilling(Decimal("6.999999"), Decimal("69.99999"))}
        assert await ports.reports.sums(a_tenant(), ORDER) == NOTHING
        assert await ports.reports.sums(tenant, OrderId(uuid7())) == NOTHING

    async def test_a_price_that_was_credited_counts_in_money(self, ports: Ports) -> None:
        tenant, credit = a_tenant(), InvoiceId(uuid7())
        lines = {1: LineBilling(Decimal(0), Decimal("-12.50"))}
        await ports.reports.note_invoice(
            tenant, InvoiceNews(order=ORDER, invoice=credit, version=2, lines=lines)
        )
        assert (await ports.reports.sums(tenant, ORDER)).billing == lines

    async def test_the_latest_word_on_a_dispute_counts(self, ports: Ports) -> None:
        """Disputed, resubmitted, disputed again; and then settled, or not."""
        one, two = InvoiceId(uuid7()), InvoiceId(uuid7())
        life = [(2, "too much", ""), (3, "", ""), (4, "too dear", "")]
        for settled in ([], [(5, "", "Matched")], [(5, "", "Rejected"), (6, "", "")]):
            for order in permutations([*life, *settled]):
                tenant = a_tenant()
                await ports.reports.note_invoice(tenant, billed(two, 1, disputed="wrong"))
                for version, disputed, end in (*order, order[0]):
                    await ports.reports.note_invoice(tenant, billed(one, version, disputed, end))
                disputed_now = (await ports.reports.sums(tenant, ORDER)).disputed
                assert disputed_now == ({two} if settled else {one, two})

    async def test_an_invoice_disputes_the_order_that_its_latest_version_names(self, ports: Ports) -> None:
        invoice, other = InvoiceId(uuid7()), OrderId(uuid7())
        life = [
            billed(invoice, 2, disputed="not ordered"),
            replace(billed(invoice, 3), order=other),
            replace(billed(invoice, 4, disputed="too dear"), order=other),
        ]
        for news in permutations(life):
            tenant = a_tenant()
            for each in news:
                await ports.reports.note_invoice(tenant, each)
            here, there = [await ports.reports.sums(tenant, order) for order in (ORDER, other)]
            assert not here.disputed | here.left
            assert (there.disputed, there.left) == (frozenset({invoice}), frozenset({ORDER}))
            await ports.reports.note_invoice(tenant, replace(billed(invoice, 5, settled="x"), order=other))
            assert (await ports.reports.sums(tenant, other)).disputed == set()

    @pytest.mark.parametrize("seed", SEEDS)
    async def test_a_replay_into_empty_views_gives_the_same_views(self, ports: Ports, seed: int) -> None:
        elsewhere = OrderId(uuid7())
        history = _of_receipts_and_invoices(Random(seed), elsewhere)

        async def note(tenant: TenantId, each: ReceiptNews | InvoiceNews) -> None:
            if isinstance(each, ReceiptNews):
                await ports.reports.note_receipt(tenant, each)
            else:
                await ports.reports.note_invoice(tenant, each)

        lived, replayed = a_tenant(), a_tenant()
        await as_it_may_come(history, partial(note, lived), seed)
        await from_the_beginning(history, partial(note, replayed))
        for order in (ORDER, elsewhere):
            sums = await ports.reports.sums(lived, order)
            assert sums == await ports.reports.sums(replayed, order)
            assert sums != NOTHING

    async def test_progress_comes_back_and_is_found_by_the_word_for_it(self, ports: Ports) -> None:
        tenant = a_tenant()
        order = await a_saved_order(ports, tenant)
        order.submit(by=BUYER, facts=facts())
        await ports.orders.save(order, an_act(tenant=tenant))
        order.approve(by=L1, facts=facts())
        await ports.orders.save(order, an_act(L1, tenant=tenant))
        order.issue(by=FINANCE, facts=facts())
        await ports.orders.save(order, an_act(FINANCE, tenant=tenant))
        for accepted, counts, status in WORDS:
            receipts = {1: LineReceipts(Decimal(accepted), Decimal(3))} if accepted else {}
            billing = {1: LineBilling(Decimal(counts), Decimal(30))} if counts else {}
            order.note_receipts(receipts, by=SYSTEM, facts=facts())
            await ports.orders.save(order, an_act(tenant=tenant))
            order.note_billing(billing, by=SYSTEM, facts=facts())
            await ports.orders.save(order, an_act(tenant=tenant))
            stored = await ports.orders.get(tenant, order.id)
            assert (stored.receipts, stored.billing) == (receipts, billing)
            (found,) = await ports.orders.page(tenant, OrderQuery(statuses=(Status(status),)))
            assert (found.status, found.version) == (order.status, order.version)
            progress = order.progress()
            assert found.receipt_status == progress.receipt_status
            assert found.billing_status == progress.billing_status
        order.open_dispute("late", by=BUYER, facts=facts(), invoice=INVOICE)
        await ports.orders.save(order, an_act(tenant=tenant))
        (found,) = await ports.orders.page(tenant, OrderQuery(statuses=(Status.DISPUTED,)))
        assert (found.status, found.receipt_status) == ("Disputed", "partial")
        assert (await ports.orders.get(tenant, order.id)).dispute == order.dispute
