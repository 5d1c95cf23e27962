"""What invoicing's memory adapters keep together: one database, written in one go between two awaits."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import chain

from procurement.invoicing.domain.billing import NOTHING, Billed
from procurement.invoicing.domain.document import Document, Kind
from procurement.invoicing.domain.duplicates import Candidate, looser, normalised
from procurement.invoicing.domain.invoice import Invoice
from procurement.invoicing.domain.lifecycle import State
from procurement.invoicing.domain.ordered import (
    NONE,
    BillableLine,
    BillableOrder,
    Corrected,
    OrderedLine,
    OrderNews,
    ReceiptNews,
)
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import GoodsReceiptId, InvoiceId, OrderId, SupplierId, TenantId
from tests.memory.policies import Deciding

GONE = {State.REJECTED, State.CANCELLED}


@dataclass
class Known:
    """What was heard of an order."""

    news: OrderNews
    requesters: set[str] = field(default_factory=set)
    lines: dict[int, OrderedLine] = field(default_factory=dict)
    released: dict[tuple[int, int], Decimal] = field(default_factory=dict)
    """By line and version."""


@dataclass
class Store(Deciding[InvoicingPolicy]):
    orders: dict[tuple[TenantId, OrderId], Known] = field(default_factory=dict)
    receipts: dict[tuple[TenantId, OrderId], dict[GoodsReceiptId, ReceiptNews]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    invoices: dict[tuple[TenantId, InvoiceId], Invoice] = field(default_factory=dict)
    contents: dict[tuple[TenantId, InvoiceId], bytes] = field(default_factory=dict)
    history: dict[tuple[TenantId, InvoiceId], list[HistoryEntry]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def note_order(self, tenant: TenantId, news: OrderNews) -> None:
        known = self.orders.setdefault((tenant, news.order), Known(news))
        if news.version > known.news.version:
            known.news = replace(known.news, version=news.version, status=news.status, currency=news.currency)
        known.requesters |= news.requesters
        known.lines |= {line.number: line for line in news.lines if line.number not in known.lines}
        known.released |= {(line, news.version): quantity for line, quantity in news.released}

    def note_receipt(self, tenant: TenantId, news: ReceiptNews) -> None:
        known = self.receipts[tenant, news.order].get(news.receipt, news)
        latest = news if news.version > known.version else known
        together = replace(latest, receivers=known.receivers | news.receivers)
        self.receipts[tenant, news.order][news.receipt] = together

    def held(self, tenant: TenantId, supplier: SupplierId) -> Iterator[Invoice]:
        for (owner, _), invoice in self.invoices.items():
            if owner == tenant and invoice.supplier == supplier and invoice.state not in GONE:
                yield invoice

    def billable(
        self,
        tenant: TenantId,
        order: OrderId | None,
        number: str | None,
        without: InvoiceId | None = None,
    ) -> BillableOrder | None:
        if order is None:
            ids = (o for (owner, o), k in self.orders.items() if owner == tenant and k.news.number == number)
            order = min(ids, default=None)
        known = self.orders.get((tenant, order)) if order else None
        if order is None or known is None or not known.lines:
            return None
        receipts = self.receipts[tenant, order].values()
        return BillableOrder(
            order=order,
            number=known.news.number,
            supplier=known.news.supplier,
            status=known.news.status,
            currency=known.news.currency,
            requesters=frozenset(known.requesters),
            receivers=frozenset(chain.from_iterable(receipt.receivers for receipt in receipts)),
            lines={n: self._line(tenant, known, n, without) for n in sorted(known.lines)},
        )

    def _line(self, tenant: TenantId, known: Known, number: int, without: InvoiceId | None) -> BillableLine:
        order = known.news.order
        receipts = self.receipts[tenant, order].values()
        return BillableLine(
            ordered=known.lines[number],
            released=sum((q for (n, _), q in known.released.items() if n == number), NONE),
            accepted=sum((receipt.accepted.get(number, NONE) for receipt in receipts), NONE),
            failed=any(number in receipt.failed for receipt in receipts),
            billed=self.billed(tenant, order, number, without),
        )

    def billed(self, tenant: TenantId, order: OrderId, line: int, without: InvoiceId | None) -> Decimal:
        return sum(
            (
                invoice.counted.get(line, NOTHING).quantity
                for (owner, _), invoice in self.invoices.items()
                if owner == tenant and invoice.order == order and invoice.id != without
            ),
            NONE,
        )

    def overdrawn(self, tenant: TenantId, invoice: Invoice, let_pass: bool) -> bool:
        """Whether it takes up, or takes back, what others have taken since it was matched."""
        return any(self._past_limit(tenant, invoice, n, taken) for n, taken in invoice.counted.items()) or (
            invoice.state is State.MATCHED and not let_pass and self._credits_too_much(tenant, invoice)
        )

    def _past_limit(self, tenant: TenantId, invoice: Invoice, line: int, taken: Billed) -> bool:
        limit = invoice.limits.get(line)
        if limit is None or invoice.order is None:
            return False
        before = self.billed(tenant, invoice.order, line, None)
        after = self.billed(tenant, invoice.order, line, invoice.id) + taken.quantity
        if taken.quantity < 0:
            return after < min(limit, before)
        return after > max(limit, before)

    def _credits_too_much(self, tenant: TenantId, invoice: Invoice) -> bool:
        corrected = self.invoices.get((tenant, invoice.corrects)) if invoice.corrects else None
        if corrected is None:
            return False
        left = self.left(tenant, corrected, invoice)
        return invoice.document.totals.with_vat > left.total - left.credited or any(
            line in left.quantities and (-taken.quantity > left.quantities[line] >= 0)
            for line, taken in invoice.counted.items()
        )

    def corrected(self, tenant: TenantId, invoice: Invoice) -> Corrected | None:
        for reference in invoice.document.preceding:
            found = [
                known
                for known in self.held(tenant, invoice.supplier)
                if known.document.kind is Kind.INVOICE
                and normalised(known.document.number) == normalised(reference.number)
            ]
            if found:
                surest = min(found, key=lambda k: (k.duplicate_reason is not None, k.registered_at, k.id))
                return self.left(tenant, surest, invoice)
        return None

    def left(self, tenant: TenantId, corrected: Invoice, credit: Invoice) -> Corrected:
        others = [
            known
            for (owner, _), known in self.invoices.items()
            if owner == tenant
            and known.id != credit.id
            and known.state is State.MATCHED
            and known.corrects == corrected.id
        ]
        same = credit.order == corrected.order or (
            credit.order is None and credit.order_number == corrected.order_number
        )
        quantities: dict[int, Decimal] = {}
        for line in corrected.match.lines if corrected.match and same else ():
            if line.order_line is not None:
                quantities[line.order_line] = quantities.get(line.order_line, NONE) + line.quantity
        for other in others:
            for number, taken in other.counted.items() if other.order == corrected.order else ():
                if number in quantities:
                    quantities[number] += taken.quantity
        return Corrected(
            invoice=corrected.id,
            total=corrected.document.totals.with_vat,
            credited=sum((max(other.document.totals.with_vat, NONE) for other in others), NONE),
            quantities=quantities,
        )

    def candidates(
        self, tenant: TenantId, document: Document, sha256: str, supplier: SupplierId
    ) -> tuple[Candidate, ...]:
        near = timedelta(days=45)
        found = []
        for known in self.held(tenant, supplier):
            said = known.document
            ways = (
                said.kind is document.kind and normalised(said.number) == normalised(document.number),
                known.original.sha256 == sha256,
                said.kind is document.kind and looser(said.number) == looser(document.number),
                said.kind is document.kind
                and said.totals.with_vat == document.totals.with_vat
                and abs(said.issued - document.issued) <= near,
            )
            if any(ways):
                found.append((ways.index(True), known.id, known))
        return tuple(_candidate(known) for *_, known in sorted(found)[:20])


def _candidate(known: Invoice) -> Candidate:
    document = known.document
    return Candidate(
        invoice=known.id,
        kind=document.kind,
        number=document.number,
        issued=document.issued,
        total=document.totals.with_vat,
        currency=document.currency,
        sha256=known.original.sha256,
        order_number=known.order_number,
    )
