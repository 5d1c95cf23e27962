"""Purchasing's out-ports in memory, with the promises of the Postgres ones: isolation, versions, memory."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from uuid import uuid4

from procurement.kernel.act import Act, Answer
from procurement.kernel.errors import NotFound, Stale
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import GoodsReceiptId, InvoiceId, OrderId, SupplierId, TenantId
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound.events import EncodePurchaseOrder, EncodePurchasingPolicy
from procurement.purchasing.app.ports import InvoiceNews, Opening, OrderQuery, OrderSummary, ReceiptNews
from procurement.purchasing.domain.following import Reported
from procurement.purchasing.domain.lifecycle import State
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.policy import DEFAULT_POLICY, PurchasingPolicy
from procurement.purchasing.domain.progress import LineBilling, LineReceipts
from procurement.purchasing.domain.standing import SupplierStanding, SupplierUnknown
from tests.memory.history import entry_of
from tests.memory.lists import beyond
from tests.memory.policies import Deciding, TenantPolicies

DISPUTABLE = {State.APPROVED, State.ISSUED, State.ACKNOWLEDGED}


@dataclass
class Store(Deciding[PurchasingPolicy]):
    orders: dict[tuple[TenantId, OrderId], PurchaseOrder] = field(default_factory=dict)
    suppliers: dict[tuple[TenantId, SupplierId], SupplierStanding] = field(default_factory=dict)
    numbers: dict[tuple[TenantId, int], int] = field(default_factory=lambda: defaultdict(int))
    history: dict[tuple[TenantId, OrderId], list[HistoryEntry]] = field(
        default_factory=lambda: defaultdict(list)
    )
    receipts: dict[tuple[TenantId, OrderId, GoodsReceiptId], ReceiptNews] = field(default_factory=dict)
    invoices: dict[tuple[TenantId, OrderId, InvoiceId], dict[int, InvoiceNews]] = field(
        default_factory=lambda: defaultdict(dict)
    )


class MemoryPurchaseOrders:
    def __init__(self, store: Store) -> None:
        self._store, self._encode = store, EncodePurchaseOrder(uuid7)

    async def open(self, act: Act, supplier: SupplierId) -> Opening:
        self._store.seen(act)
        standing = self._store.suppliers.get((act.tenant, supplier))
        if standing is None:
            raise SupplierUnknown("not heard of")
        self._store.numbers[act.tenant, act.at.year] += 1
        last = self._store.numbers[act.tenant, act.at.year]
        return Opening(number=f"PO-{act.at.year}-{last:06d}", standing=standing)

    async def for_change(self, act: Act, order: OrderId) -> PurchaseOrder:
        found = await self.get(act.tenant, order)
        self._store.seen(act)
        return found

    async def get(self, tenant: TenantId, order: OrderId) -> PurchaseOrder:
        if (tenant, order) not in self._store.orders:
            raise NotFound("there is no such order")
        return deepcopy(self._store.orders[tenant, order])

    async def save(self, order: PurchaseOrder, act: Act) -> Answer:
        current = self._store.orders.get((act.tenant, order.id))
        if (current.version if current else 0) != order.version:
            raise Stale("changed meanwhile")
        self._store.seen(act)
        fact = self._encode(order, order.take_event(), act)
        order.version = fact.version
        answer = act.answer(order)
        self._store.orders[act.tenant, order.id] = deepcopy(order)
        self._store.history[act.tenant, order.id].append(entry_of(act, fact))
        self._store.record(act, answer, fact)
        return answer

    async def page(self, tenant: TenantId, query: OrderQuery) -> Sequence[OrderSummary]:
        every = [
            _summary(order, self._store.suppliers[tenant, order.supplier])
            for (owner, _), order in self._store.orders.items()
            if owner == tenant and (order.issued_at is not None or not query.issued)
        ]
        column, down = query.sort.lstrip("-"), query.sort.startswith("-")
        every.sort(key=attrgetter(column, "id"), reverse=down)
        return beyond(every, query.after, lambda summary: _wanted(query, summary))[: query.limit]

    async def history(self, tenant: TenantId, order: OrderId) -> Sequence[HistoryEntry]:
        return list(self._store.history[tenant, order])

    async def disputable(self, tenant: TenantId, supplier: SupplierId) -> Sequence[OrderId]:
        return [
            order.id
            for (owner, _), order in self._store.orders.items()
            if owner == tenant and order.supplier == supplier and order.state in DISPUTABLE
        ]


class MemorySupplierStandings:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def standing(self, tenant: TenantId, supplier: SupplierId) -> SupplierStanding:
        if (tenant, supplier) not in self._store.suppliers:
            raise SupplierUnknown("not heard of")
        return self._store.suppliers[tenant, supplier]

    async def note(self, tenant: TenantId, standing: SupplierStanding) -> None:
        known = self._store.suppliers.get((tenant, standing.supplier))
        if known is None or known.version < standing.version:
            self._store.suppliers[tenant, standing.supplier] = standing


Life = Mapping[int, InvoiceNews]
"""Of an invoice, by version."""


class MemoryOrderReports:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def note_receipt(self, tenant: TenantId, news: ReceiptNews) -> None:
        key = (tenant, news.order, news.receipt)
        known = self._store.receipts.get(key)
        if known is None or known.version < news.version:
            self._store.receipts[key] = news

    async def note_invoice(self, tenant: TenantId, news: InvoiceNews) -> None:
        self._store.invoices[tenant, news.order, news.invoice][news.version] = news

    async def sums(self, tenant: TenantId, order: OrderId) -> Reported:
        receipts: dict[int, LineReceipts] = {}
        for (owner, of, _), news in self._store.receipts.items():
            for line, more in news.lines.items() if (owner, of) == (tenant, order) else ():
                if more.accepted:
                    known = receipts.get(line, LineReceipts(Decimal(0), more.complete_from))
                    receipts[line] = LineReceipts(
                        known.accepted + more.accepted, min(known.complete_from, more.complete_from)
                    )
        lives = {i: life for (*owned, i), life in self._store.invoices.items() if owned == [tenant, order]}
        every = {i: self._of_all_orders(tenant, i) for i in lives}
        return Reported(
            receipts=receipts,
            billing=_billing(lives.values()),
            disputed=frozenset(i for i, life in every.items() if _disputed_on(life) == order),
            left=frozenset(left for life in every.values() for left in _left(life, order)),
        )

    def _of_all_orders(self, tenant: TenantId, invoice: InvoiceId) -> Life:
        lives = [life for (t, _, i), life in self._store.invoices.items() if (t, i) == (tenant, invoice)]
        return {version: news for life in lives for version, news in life.items()}


def _billing(lives: Iterable[Life]) -> Mapping[int, LineBilling]:
    """Each line as the latest version that names it says."""
    sums: dict[int, LineBilling] = defaultdict(LineBilling)
    for life in lives:
        latest = {line: sums_ for version in sorted(life) for line, sums_ in life[version].lines.items()}
        for line, more in latest.items():
            sums[line] = LineBilling(sums[line].billed + more.billed, sums[line].net + more.net)
    return {line: billing for line, billing in sums.items() if billing.billed or billing.net}


def _disputed_on(life: Life) -> OrderId | None:
    """Where its last dispute still lasts."""
    disputed = max((v for v, news in life.items() if news.disputed), default=0)
    later = [news for v, news in life.items() if v > disputed]
    if not disputed or any(news.settled or news.order != life[disputed].order for news in later):
        return None
    return life[disputed].order


def _left(life: Life, order: OrderId) -> set[OrderId]:
    """Other orders with a dispute that did not end there, before this order was named."""
    last = max(v for v, news in life.items() if news.order == order)
    found = set()
    for other in {news.order for news in life.values()} - {order}:
        own = {v: news for v, news in life.items() if news.order == other}
        disputed = max((v for v, news in own.items() if news.disputed), default=last)
        if disputed < last and not any(news.settled for v, news in own.items() if v > disputed):
            found.add(other)
    return found


class MemoryPolicies(TenantPolicies[PurchasingPolicy]):
    def __init__(self, store: Store) -> None:
        super().__init__(store, DEFAULT_POLICY, EncodePurchasingPolicy(uuid4))


class MemoryDeadlines:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def overdue(self, at: datetime, default_days: int) -> Sequence[tuple[TenantId, OrderId]]:
        def days(tenant: TenantId) -> timedelta:
            policy = self._store.policies.get(tenant)
            return timedelta(days=policy.days_to_approve if policy else default_days)

        found = [
            (order.waiting_since, order.id, tenant)
            for (tenant, _), order in self._store.orders.items()
            if order.waiting_since is not None and order.waiting_since + days(tenant) <= at
        ]
        return [(tenant, order) for _, order, tenant in sorted(found)[:100]]


def _wanted(query: OrderQuery, order: OrderSummary) -> bool:
    return all(
        (
            not query.statuses or order.status in query.statuses,
            query.supplier in {None, order.supplier},
            query.requested_by in {None, order.requested_by},
            query.number in {None, order.number},
            query.created_from is None or order.created_at >= query.created_from,
            query.created_to is None or order.created_at < query.created_to,
            query.total_from is None or order.total >= query.total_from,
            query.total_to is None or order.total <= query.total_to,
        )
    )


def _summary(order: PurchaseOrder, standing: SupplierStanding) -> OrderSummary:
    return OrderSummary(
        id=order.id,
        number=order.number,
        supplier=order.supplier,
        supplier_name=standing.name,
        requested_by=order.requested_by,
        status=order.status,
        receipt_status=order.progress().receipt_status,
        billing_status=order.progress().billing_status,
        currency=order.currency,
        total=order.total.amount,
        line_count=len(order.content.lines),
        version=order.version,
        created_at=order.created_at,
    )
