"""Receiving's out-ports in memory, with the promises of the Postgres ones: isolation, versions, limits."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from decimal import Decimal

from procurement.kernel.act import Act, Answer
from procurement.kernel.errors import NotFound, RuleBroken, Stale
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import GoodsReceiptId, InvoiceId, OrderId, TenantId
from procurement.platform.uuid7 import uuid7
from procurement.receiving.adapters.outbound.events import EncodeGoodsReceipt, EncodeReceivingPolicy
from procurement.receiving.app.ports import ReceiptQuery, ReceiptSummary
from procurement.receiving.domain.content import no_room, received_before
from procurement.receiving.domain.expectation import (
    BillingNews,
    ExpectedLine,
    ExpectedOrder,
    OrderedLine,
    OrderNews,
)
from procurement.receiving.domain.expectation import OrderUnknown as Unknown
from procurement.receiving.domain.guards import Facts
from procurement.receiving.domain.lifecycle import State
from procurement.receiving.domain.line import Counted
from procurement.receiving.domain.policy import DEFAULT_POLICY, ReceivingPolicy
from procurement.receiving.domain.receipt import GoodsReceipt
from tests.memory.history import entry_of
from tests.memory.lists import beyond
from tests.memory.policies import Deciding, TenantPolicies

GONE = {State.REJECTED, State.REVERSED}


@dataclass
class Known:
    """What was heard of an order."""

    news: OrderNews
    requesters: set[str] = field(default_factory=set)
    approvers: set[str] = field(default_factory=set)
    lines: dict[int, OrderedLine] = field(default_factory=dict)
    released: dict[tuple[int, int], Decimal] = field(default_factory=dict)
    """By line and version."""


@dataclass
class Store(Deciding[ReceivingPolicy]):
    orders: dict[tuple[TenantId, OrderId], Known] = field(default_factory=dict)
    receipts: dict[tuple[TenantId, GoodsReceiptId], GoodsReceipt] = field(default_factory=dict)
    history: dict[tuple[TenantId, GoodsReceiptId], list[HistoryEntry]] = field(
        default_factory=lambda: defaultdict(list)
    )
    invoices: dict[tuple[TenantId, OrderId, InvoiceId, int], tuple[int, Decimal]] = field(
        default_factory=dict
    )
    """Version and what is billed, per line."""

    def of_order(self, tenant: TenantId, order: OrderId) -> list[GoodsReceipt]:
        return [r for (owner, _), r in self.receipts.items() if owner == tenant and r.order == order]

    def taken(
        self, tenant: TenantId, order: OrderId, line: int, but: GoodsReceiptId | None = None
    ) -> Counted:
        counted = [
            receipt.counted(each)
            for receipt in self.of_order(tenant, order)
            for each in receipt.lines
            if each.line == line and receipt.id != but
        ]
        none = Decimal(0)
        return Counted(sum((c.pending for c in counted), none), sum((c.accepted for c in counted), none))

    def expected(self, tenant: TenantId, order: OrderId, lines: Collection[int] | None) -> ExpectedOrder:
        known = self.orders.get((tenant, order))
        if known is None:
            raise Unknown("not heard of")
        found = ExpectedOrder(
            order=order,
            number=known.news.number,
            supplier=known.news.supplier,
            status=known.news.status,
            requesters=frozenset(known.requesters),
            approvers=frozenset(known.approvers),
            lines={n: self._line(tenant, known, n) for n in known.lines if lines is None or n in lines},
        )
        if found.is_open and not known.lines:
            raise Unknown("its lines were not heard of")
        return found

    def _line(self, tenant: TenantId, known: Known, number: int) -> ExpectedLine:
        taken = self.taken(tenant, known.news.order, number)
        released = sum((q for (n, _), q in known.released.items() if n == number), Decimal(0))
        return ExpectedLine(
            ordered=known.lines[number],
            released=released,
            pending=taken.pending,
            accepted=taken.accepted,
            billed=self.billed(tenant, known.news.order, number),
        )

    def billed(self, tenant: TenantId, order: OrderId, line: int) -> Decimal:
        entries = self.invoices.items()
        return sum((q for (t, o, _, n), (_, q) in entries if (t, o, n) == (tenant, order, line)), Decimal(0))


class MemoryGoodsReceipts:
    def __init__(self, store: Store) -> None:
        self._store, self._encode = store, EncodeGoodsReceipt(uuid7)

    async def opening(self, act: Act, order: OrderId, lines: Collection[int]) -> ExpectedOrder:
        self._store.seen(act)
        return self._store.expected(act.tenant, order, lines)

    async def for_change(self, act: Act, receipt: GoodsReceiptId) -> GoodsReceipt:
        found = await self.get(act.tenant, receipt)
        self._store.seen(act)
        return found

    async def get(self, tenant: TenantId, receipt: GoodsReceiptId) -> GoodsReceipt:
        if (tenant, receipt) not in self._store.receipts:
            raise NotFound("there is no such receipt")
        return deepcopy(self._store.receipts[tenant, receipt])

    async def save(self, receipt: GoodsReceipt, act: Act) -> Answer:
        current = self._store.receipts.get((act.tenant, receipt.id))
        if (current.version if current else 0) != receipt.version:
            raise Stale("changed meanwhile")
        self._store.seen(act)
        self._within_limits(receipt, act.tenant)
        fact = self._encode(receipt, receipt.take_event(), act)
        receipt.version = fact.version
        answer = act.answer(receipt)
        self._store.receipts[act.tenant, receipt.id] = deepcopy(receipt)
        self._store.history[act.tenant, receipt.id].append(entry_of(act, fact))
        self._store.record(act, answer, fact)
        return answer

    def _within_limits(self, receipt: GoodsReceipt, tenant: TenantId) -> None:
        if receipt.version:
            return  # what is here takes no more room, whatever happens to it
        policy = self._store.policies.get(tenant, DEFAULT_POLICY)
        expected = self._store.expected(tenant, receipt.order, None)
        if blockers := list(no_room(receipt.lines, Facts(expected=expected, policy=policy))):
            raise RuleBroken(*blockers)
        notes = {r.delivery_note for r in self._store.of_order(tenant, receipt.order) if r.state not in GONE}
        if receipt.delivery_note is not None and receipt.delivery_note in notes:
            raise RuleBroken(received_before(receipt.delivery_note, receipt.order_number))

    async def page(self, tenant: TenantId, query: ReceiptQuery) -> Sequence[ReceiptSummary]:
        every = [_summary(r) for (owner, _), r in self._store.receipts.items() if owner == tenant]
        down = query.sort.startswith("-")
        every.sort(key=lambda receipt: (receipt.created_at, receipt.id), reverse=down)
        return beyond(every, query.after, lambda summary: _wanted(query, summary))[: query.limit]

    async def history(self, tenant: TenantId, receipt: GoodsReceiptId) -> Sequence[HistoryEntry]:
        return list(self._store.history[tenant, receipt])

    async def billed(self, tenant: TenantId, order: OrderId) -> Sequence[GoodsReceiptId]:
        verified = [r for r in self._store.of_order(tenant, order) if r.state is State.VERIFIED]
        return [receipt.id for receipt in verified if self._is_billed(tenant, receipt)]

    def _is_billed(self, tenant: TenantId, receipt: GoodsReceipt) -> bool:
        lines = [line.line for line in receipt.lines]
        billed = [self._store.billed(tenant, receipt.order, line) for line in lines]
        accepted = [self._store.taken(tenant, receipt.order, line).accepted for line in lines]
        return any(b > 0 for b in billed) and all(b >= a for a, b in zip(accepted, billed, strict=True))


class MemoryExpectations:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def expected(
        self, tenant: TenantId, order: OrderId, lines: Collection[int] | None = None
    ) -> ExpectedOrder:
        return self._store.expected(tenant, order, lines)

    async def note(self, tenant: TenantId, *news: OrderNews) -> None:
        for each in news:
            self._note(tenant, each)

    def _note(self, tenant: TenantId, news: OrderNews) -> None:
        known = self._store.orders.setdefault((tenant, news.order), Known(news))
        if news.version > known.news.version:
            known.news = replace(known.news, version=news.version, status=news.status)
        known.requesters |= news.requesters
        known.approvers |= news.approvers
        known.lines |= {line.number: line for line in news.lines if line.number not in known.lines}
        known.released |= {(line, news.version): quantity for line, quantity in news.released}

    async def note_billing(self, tenant: TenantId, news: BillingNews) -> None:
        for line, billed in news.billed.items():
            key = (tenant, news.order, news.invoice, line)
            if key not in self._store.invoices or self._store.invoices[key][0] < news.version:
                self._store.invoices[key] = (news.version, billed)


class MemoryPolicies(TenantPolicies[ReceivingPolicy]):
    def __init__(self, store: Store) -> None:
        super().__init__(store, DEFAULT_POLICY, EncodeReceivingPolicy(uuid7))


def _wanted(query: ReceiptQuery, receipt: ReceiptSummary) -> bool:
    return all(
        (
            not query.states or receipt.state in query.states,
            query.order in {None, receipt.order},
            query.supplier in {None, receipt.supplier},
            query.delivery_note in {None, receipt.delivery_note},
            query.opened_by in {None, receipt.opened_by},
            query.created_from is None or receipt.created_at >= query.created_from,
            query.created_to is None or receipt.created_at < query.created_to,
        )
    )


def _summary(receipt: GoodsReceipt) -> ReceiptSummary:
    return ReceiptSummary(
        id=receipt.id,
        order=receipt.order,
        order_number=receipt.order_number,
        supplier=receipt.supplier,
        delivery_note=receipt.delivery_note,
        opened_by=receipt.opened_by,
        state=receipt.state,
        line_count=len(receipt.lines),
        open_discrepancies=sum(found.resolution is None for found in receipt.discrepancies),
        version=receipt.version,
        created_at=receipt.created_at,
    )
