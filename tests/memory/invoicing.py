"""Invoicing's out-ports in memory, with the promises of the Postgres ones: isolation, versions, limits."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime, timedelta

from procurement.invoicing.adapters.outbound.events import EncodeInvoice, EncodeInvoicingPolicy
from procurement.invoicing.app.ports import InvoiceQuery, InvoiceSummary, Opening, Registration, ToMatch
from procurement.invoicing.domain.credits import let_pass
from procurement.invoicing.domain.duplicates import explained, normalised
from procurement.invoicing.domain.invoice import Invoice
from procurement.invoicing.domain.lifecycle import OPEN, State
from procurement.invoicing.domain.ordered import BillableOrder, Corrected, OrderNews, ReceiptNews
from procurement.invoicing.domain.ordered import OrderUnknown as Unknown
from procurement.invoicing.domain.original import Original
from procurement.invoicing.domain.policy import DEFAULT_POLICY, InvoicingPolicy
from procurement.kernel.act import Act, Answer
from procurement.kernel.errors import NotFound, RuleBroken, Stale
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import InvoiceId, OrderId, TenantId
from procurement.platform.uuid7 import uuid7
from tests.memory.history import entry_of
from tests.memory.invoicing_lists import found_by
from tests.memory.invoicing_store import GONE, Store
from tests.memory.policies import TenantPolicies

__all__ = ["MemoryDeadlines", "MemoryInvoices", "MemoryOrders", "MemoryPolicies", "Store"]


class MemoryInvoices:
    def __init__(self, store: Store) -> None:
        self._store, self._encode = store, EncodeInvoice(uuid7)

    async def opening(self, act: Act, registration: Registration) -> Opening:
        self._store.seen(act)
        document = registration.document
        order = self._store.billable(act.tenant, registration.order, document.order_number)
        if registration.order and order is None:
            raise Unknown("not heard of")
        supplier = registration.supplier or (order.supplier if order else None)
        sha256 = registration.original.sha256
        return Opening(
            order=order,
            candidates=self._store.candidates(act.tenant, document, sha256, supplier) if supplier else (),
        )

    async def for_change(self, act: Act, invoice: InvoiceId) -> Invoice:
        found = await self.get(act.tenant, invoice)
        self._store.seen(act)
        return found

    async def get(self, tenant: TenantId, invoice: InvoiceId) -> Invoice:
        if (tenant, invoice) not in self._store.invoices:
            raise NotFound("there is no such invoice")
        return deepcopy(self._store.invoices[tenant, invoice])

    async def original(self, tenant: TenantId, invoice: InvoiceId) -> tuple[Original, bytes]:
        found = await self.get(tenant, invoice)
        return found.original, self._store.contents[tenant, invoice]

    async def corrected(self, tenant: TenantId, invoice: Invoice) -> Corrected | None:
        return self._store.corrected(tenant, invoice)

    async def save(self, invoice: Invoice, act: Act, content: bytes | None = None) -> Answer:
        tenant, current = act.tenant, self._store.invoices.get((act.tenant, invoice.id))
        if (current.version if current else 0) != invoice.version:
            raise Stale("changed meanwhile")
        self._store.seen(act)
        self._number_free(invoice, tenant)
        if self._store.overdrawn(tenant, invoice, let_pass(invoice.exceptions)):
            raise Stale("other documents came first")
        fact = self._encode(invoice, invoice.take_event(), act)
        invoice.version = fact.version
        answer = act.answer(invoice)
        kept = deepcopy(invoice)
        kept.limits = {}
        self._store.invoices[tenant, invoice.id] = kept
        if content is not None:
            self._store.contents[tenant, invoice.id] = content
        self._store.history[tenant, invoice.id].append(entry_of(act, fact))
        self._store.record(act, answer, fact)
        return answer

    def _number_free(self, invoice: Invoice, tenant: TenantId) -> None:
        if invoice.duplicate_reason is not None or invoice.state in GONE:
            return
        document, key = invoice.document, normalised(invoice.document.number)
        taken = [
            known
            for known in self._store.held(tenant, invoice.supplier)
            if known.id != invoice.id
            and known.duplicate_reason is None
            and (known.document.kind, normalised(known.document.number)) == (document.kind, key)
        ]
        if taken:
            sha256 = invoice.original.sha256
            candidates = self._store.candidates(tenant, document, sha256, invoice.supplier)
            possible = explained(document, sha256, candidates)
            raise RuleBroken(*(each.blocker for each in possible if each.blocks))

    async def page(self, tenant: TenantId, query: InvoiceQuery) -> Sequence[InvoiceSummary]:
        return found_by(query, [i for (owner, _), i in self._store.invoices.items() if owner == tenant])

    async def history(self, tenant: TenantId, invoice: InvoiceId) -> Sequence[HistoryEntry]:
        return list(self._store.history[tenant, invoice])

    async def to_match(self, tenant: TenantId, *orders: OrderId) -> ToMatch:
        found = {order: self._to_match(tenant, order) for order in orders}
        return {order: invoices for order, invoices in found.items() if invoices}

    def _to_match(self, tenant: TenantId, order: OrderId) -> Sequence[InvoiceId]:
        known = self._store.billable(tenant, order, None)
        lines = known.lines if known else {}
        over = {number for number, line in lines.items() if line.billed > line.accepted}
        every = sorted(
            (i for (owner, _), i in self._store.invoices.items() if owner == tenant),
            key=lambda invoice: (invoice.registered_at, invoice.id),
        )
        fell = [
            i.id
            for i in every[::-1]
            if i.order == order
            and i.state is State.MATCHED
            and any(line in over and taken.quantity > 0 for line, taken in i.counted.items())
        ]
        heard = self._store.orders.get((tenant, order))
        named = (heard.news.number, heard.news.supplier) if heard else None
        wait = [
            i.id
            for i in every
            if i.state in OPEN
            and (i.order == order or (i.order is None and (i.order_number, i.supplier) == named))
        ]
        return fell + wait


class MemoryOrders:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def billable(
        self, tenant: TenantId, order: OrderId | None, number: str | None, without: InvoiceId | None = None
    ) -> BillableOrder | None:
        return self._store.billable(tenant, order, number, without)

    async def note_order(self, tenant: TenantId, *news: OrderNews) -> None:
        for each in news:
            self._store.note_order(tenant, each)

    async def note_receipt(self, tenant: TenantId, *news: ReceiptNews) -> None:
        for each in news:
            self._store.note_receipt(tenant, each)


class MemoryPolicies(TenantPolicies[InvoicingPolicy]):
    def __init__(self, store: Store) -> None:
        super().__init__(store, DEFAULT_POLICY, EncodeInvoicingPolicy(uuid7))


class MemoryDeadlines:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def overdue(self, at: datetime, default_days: int) -> Sequence[tuple[TenantId, InvoiceId]]:
        def since(invoice: Invoice) -> datetime:
            return invoice.resubmitted_at or invoice.registered_at

        def due(tenant: TenantId, invoice: Invoice) -> bool:
            policy = self._store.policies.get(tenant)
            days = timedelta(days=policy.days_to_match if policy else default_days)
            return invoice.state in {State.REGISTERED, State.MATCHING} and since(invoice) + days <= at

        found = [(tenant, i) for (tenant, _), i in self._store.invoices.items() if due(tenant, i)]
        found.sort(key=lambda each: (since(each[1]), each[1].id))
        return [(tenant, invoice.id) for tenant, invoice in found[:100]]
