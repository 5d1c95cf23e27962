"""Everything invoicing asks of the outside, and the one thing it offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeAlias

from procurement.invoicing.domain.document import Document, Kind
from procurement.invoicing.domain.duplicates import Candidate
from procurement.invoicing.domain.invoice import Invoice
from procurement.invoicing.domain.lifecycle import Command, State
from procurement.invoicing.domain.ordered import BillableOrder, Corrected, OrderNews, ReceiptNews
from procurement.invoicing.domain.original import Original
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.kernel.act import Act, Answer
from procurement.kernel.actor import Actor
from procurement.kernel.errors import Blocker
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import InvoiceId, OrderId, SupplierId, TenantId


class Sort(StrEnum):
    REGISTERED = "registered_at"
    REGISTERED_DESC = "-registered_at"
    TOTAL = "total"
    TOTAL_DESC = "-total"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceQuery:
    """Which invoices, in which order, after which one."""

    states: tuple[State, ...] = ()
    kind: Kind | None = None
    supplier: SupplierId | None = None
    order: OrderId | None = None
    number: str | None = None
    """The supplier's, however it is written."""
    issued_from: date | None = None
    issued_to: date | None = None
    """Exclusive."""
    registered_from: datetime | None = None
    registered_to: datetime | None = None
    """Exclusive."""
    currency: str | None = None
    total_from: Decimal | None = None
    total_to: Decimal | None = None
    """Inclusive; with VAT."""
    sort: Sort = Sort.REGISTERED_DESC
    after: tuple[str, InvoiceId] | None = None
    """Sort value (as text) and id of the last invoice of the page before."""
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSummary:
    id: InvoiceId
    kind: Kind
    number: str
    supplier: SupplierId
    order: OrderId | None
    order_number: str | None
    state: State
    issued: date
    currency: str
    total: Decimal
    """With VAT."""
    line_count: int
    open_exceptions: int
    finding_count: int
    version: int
    registered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    document: Document
    original: Original
    content: bytes
    """The original, byte for byte."""
    supplier: SupplierId | None
    """None: the one of the order."""
    order: OrderId | None
    """None: the one whose number the document states."""
    duplicate_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a registration rests on."""

    order: BillableOrder | None
    candidates: tuple[Candidate, ...]
    """What it might be a second copy of: the supplier's documents of the same kind with a like number, the
    same file, or the same total on a near date."""


ToMatch: TypeAlias = Mapping[OrderId, Sequence[InvoiceId]]
"""Without the orders that no invoice is to be matched with."""


class Invoices(Protocol):
    async def opening(self, act: Act, registration: Registration) -> Opening:
        """Raise Answered when the command was carried out before, OrderUnknown when an order was named by id
        and invoicing has not heard of it."""
        ...

    async def for_change(self, act: Act, invoice: InvoiceId) -> Invoice:
        """Raise Answered when the command was carried out before, NotFound when there is no such invoice."""
        ...

    async def get(self, tenant: TenantId, invoice: InvoiceId) -> Invoice:
        """Raise NotFound when there is no such invoice."""
        ...

    async def original(self, tenant: TenantId, invoice: InvoiceId) -> tuple[Original, bytes]:
        """Raise NotFound when there is no such invoice."""
        ...

    async def corrected(self, tenant: TenantId, invoice: Invoice) -> Corrected | None:
        """The invoice that a credit note takes back from, by the number it states; None where unknown."""
        ...

    async def save(self, invoice: Invoice, act: Act, content: bytes | None = None) -> Answer:
        """Store the invoice, what it takes up of its order's lines, its event, its audit entry and the
        command's answer together or not at all; `content` is the original, with the first save.

        Moves the invoice's version. Raise Stale when another save came first, or when meanwhile other
        invoices took up what it was matched with; RuleBroken when meanwhile the same number was registered.
        """
        ...

    async def page(self, tenant: TenantId, query: InvoiceQuery) -> Sequence[InvoiceSummary]: ...

    async def history(self, tenant: TenantId, invoice: InvoiceId) -> Sequence[HistoryEntry]:
        """Oldest first; empty when there is no such invoice."""
        ...

    async def to_match(self, tenant: TenantId, *orders: OrderId) -> ToMatch:
        """Of each order, by id or by the number they state: the matched ones, newest first, while on any line
        more is billed than accepted; then those that wait, oldest first."""
        ...


class Deadlines(Protocol):
    async def overdue(self, at: datetime, default_days: int) -> Sequence[tuple[TenantId, InvoiceId]]:
        """Registered or Matching, and registered or last resubmitted longer ago than their tenant's policy
        allows, or `default_days` where it decided nothing; of all tenants, at most 100, the oldest first."""
        ...


class Orders(Protocol):
    """The views: what the other contexts' events said."""

    async def billable(
        self, tenant: TenantId, order: OrderId | None, number: str | None, without: InvoiceId | None = None
    ) -> BillableOrder | None:
        """By id, else by number; `billed` without what this invoice takes up. None while nothing of it is
        known, or its lines did not arrive yet."""
        ...

    async def note_order(self, tenant: TenantId, *news: OrderNews) -> None:
        """At once, to the same end as one by one in any order. Repeats and latecomers do no harm."""
        ...

    async def note_receipt(self, tenant: TenantId, *news: ReceiptNews) -> None:
        """As with orders; nor does news of a receipt for an order that is unknown yet do any harm."""
        ...


class Policies(Protocol):
    async def current(self, tenant: TenantId) -> InvoicingPolicy:
        """The default policy, version 0, while the tenant has decided nothing."""
        ...

    async def for_change(self, act: Act) -> InvoicingPolicy:
        """Raise Answered when the command was carried out before."""
        ...

    async def save(self, policy: InvoicingPolicy, act: Act) -> Answer:
        """Store the policy under the version it carries, together with its event, its audit entry and the
        command's answer. Raise Stale when it is not the next one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A command on an existing invoice, with the version that its sender has seen."""

    invoice: InvoiceId
    expected_version: int | None
    """None for acts of the system, which decide on whatever is current."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Which order is meant, where it is another one, and which of its lines, by invoice line."""

    order: OrderId | None
    assigned: Mapping[str, int]


class Invoicing(Protocol):
    """The use cases. Commands raise RuleBroken with every blocker, NotFound, VersionMismatch, OrderUnknown,
    and Answered when the very same command was carried out before; they return what the transport made of
    the result."""

    async def register(self, act: Act, registration: Registration) -> Answer: ...
    async def match(self, act: Act, invoice: InvoiceId) -> None:
        """Match it, or match it again. Does nothing where nothing would change."""
        ...

    async def time_out(self, act: Act, invoice: InvoiceId) -> None: ...
    async def assign(self, act: Act, decision: Decision, exception: int, owner: str) -> Answer: ...
    async def release(self, act: Act, decision: Decision, exception: int, reason: str) -> Answer: ...
    async def resubmit(self, act: Act, decision: Decision, correction: Correction, reason: str) -> Answer: ...
    async def reject(self, act: Act, decision: Decision, reason: str) -> Answer: ...
    async def cancel(self, act: Act, decision: Decision, reason: str) -> Answer: ...

    async def get(self, tenant: TenantId, invoice: InvoiceId) -> Invoice: ...
    async def original(self, tenant: TenantId, invoice: InvoiceId) -> tuple[Original, bytes]: ...
    async def page(self, tenant: TenantId, query: InvoiceQuery) -> Sequence[InvoiceSummary]: ...
    async def history(self, tenant: TenantId, invoice: InvoiceId) -> Sequence[HistoryEntry]: ...
    async def actions(
        self, tenant: TenantId, by: Actor, invoice: InvoiceId
    ) -> tuple[Invoice, Mapping[Command, tuple[Blocker, ...]]]:
        """For every command what forbids it to this actor now; nothing where it is allowed."""
        ...

    async def policy(self, tenant: TenantId) -> InvoicingPolicy: ...
    async def decide_policy(self, act: Act, expected_version: int, policy: InvoicingPolicy) -> Answer: ...

    async def note_order(self, tenant: TenantId, *news: OrderNews) -> ToMatch:
        """Learn of orders; return the invoices to match again. Repeatable."""
        ...

    async def note_receipt(self, tenant: TenantId, *news: ReceiptNews) -> ToMatch:
        """Learn of receipts; return the invoices to match again. Repeatable."""
        ...

    async def of_order(self, tenant: TenantId, order: OrderId) -> Sequence[InvoiceId]:
        """The invoices to match again after one of the order changed."""
        ...

    async def overdue(self, at: datetime) -> Sequence[tuple[TenantId, InvoiceId]]:
        """Of all tenants: the invoices whose time is up."""
        ...
