"""Everything purchasing asks of the outside, and the one thing it offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from procurement.kernel.act import Act, Answer
from procurement.kernel.actor import Actor
from procurement.kernel.errors import Blocker
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import GoodsReceiptId, InvoiceId, OrderId, SupplierId, TenantId
from procurement.purchasing.domain.content import Content
from procurement.purchasing.domain.following import Reported
from procurement.purchasing.domain.lifecycle import Command
from procurement.purchasing.domain.line import CounterProposal
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.policy import PurchasingPolicy
from procurement.purchasing.domain.progress import Extent, LineBilling, LineReceipts, Status
from procurement.purchasing.domain.standing import SupplierStanding


class Sort(StrEnum):
    CREATED = "created_at"
    CREATED_DESC = "-created_at"
    TOTAL = "total"
    TOTAL_DESC = "-total"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuery:
    """Which orders, in which order, after which one. Amounts are in the order's own currency."""

    statuses: tuple[Status, ...] = ()
    supplier: SupplierId | None = None
    requested_by: str | None = None
    number: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    """Exclusive."""
    total_from: Decimal | None = None
    total_to: Decimal | None = None
    """Inclusive."""
    issued: bool | None = None
    """Only what went out to its supplier."""
    sort: Sort = Sort.CREATED_DESC
    after: tuple[str, OrderId] | None = None
    """Sort value (as text) and id of the last order of the page before."""
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    id: OrderId
    number: str
    supplier: SupplierId
    supplier_name: str
    requested_by: str
    status: Status
    receipt_status: Extent
    billing_status: Extent
    currency: str
    total: Decimal
    line_count: int
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new order needs from outside itself."""

    number: str
    standing: SupplierStanding


class PurchaseOrders(Protocol):
    async def open(self, act: Act, supplier: SupplierId) -> Opening:
        """Give the next order number (unique and increasing per tenant; gaps are possible) and the supplier's
        standing. Raise Answered when the command was carried out before, SupplierUnknown when purchasing
        has not heard of the supplier."""
        ...

    async def for_change(self, act: Act, order: OrderId) -> PurchaseOrder:
        """Raise Answered when the command was carried out before, NotFound when there is no such order."""
        ...

    async def get(self, tenant: TenantId, order: OrderId) -> PurchaseOrder:
        """Raise NotFound when there is no such order."""
        ...

    async def save(self, order: PurchaseOrder, act: Act) -> Answer:
        """Store the order, its event, its audit entry and the command's answer together or not at all.

        Moves the order's version. Raise Stale when another save came first.
        """
        ...

    async def page(self, tenant: TenantId, query: OrderQuery) -> Sequence[OrderSummary]: ...

    async def history(self, tenant: TenantId, order: OrderId) -> Sequence[HistoryEntry]:
        """Oldest first; empty when there is no such order."""
        ...

    async def disputable(self, tenant: TenantId, supplier: SupplierId) -> Sequence[OrderId]:
        """The supplier's orders that are approved, issued or acknowledged, oldest first."""
        ...


class SupplierStandings(Protocol):
    async def standing(self, tenant: TenantId, supplier: SupplierId) -> SupplierStanding:
        """Raise SupplierUnknown when purchasing has not heard of the supplier."""
        ...

    async def note(self, tenant: TenantId, standing: SupplierStanding) -> None:
        """Keep the standing unless a later version is already known; so repeats and latecomers do no harm."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptNews:
    """What a goods receipt counts for, at one of its versions."""

    order: OrderId
    receipt: GoodsReceiptId
    version: int
    lines: Mapping[int, LineReceipts]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceNews:
    """What an invoice or a credit note counts for, at one of its versions."""

    order: OrderId
    invoice: InvoiceId
    version: int
    lines: Mapping[int, LineBilling]
    disputed: str | None = None
    """By this event: which invoice, and why."""
    settled: str | None = None
    """As of this version: which invoice, and how. No dispute is left of it."""


class OrderReports(Protocol):
    """Keeps the latest version of each document; repeats and latecomers do no harm."""

    async def note_receipt(self, tenant: TenantId, news: ReceiptNews) -> None: ...

    async def note_invoice(self, tenant: TenantId, news: InvoiceNews) -> None: ...

    async def sums(self, tenant: TenantId, order: OrderId) -> Reported: ...


class Deadlines(Protocol):
    async def overdue(self, at: datetime, default_days: int) -> Sequence[tuple[TenantId, OrderId]]:
        """Waiting for approval, submitted longer ago than their tenant's policy allows, or `default_days`
        where it decided nothing, and not escalated yet; of all tenants, at most 100, the oldest first."""
        ...


class Policies(Protocol):
    async def current(self, tenant: TenantId) -> PurchasingPolicy:
        """The default policy, version 0, while the tenant has decided nothing."""
        ...

    async def for_change(self, act: Act) -> PurchasingPolicy:
        """Raise Answered when the command was carried out before."""
        ...

    async def save(self, policy: PurchasingPolicy, act: Act) -> Answer:
        """Store the policy under the version it carries, together with its event, its audit entry and the
        command's answer. Raise Stale when it is not the next one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrder:
    supplier: SupplierId
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A command on an existing order, with the version that its sender has seen."""

    order: OrderId
    expected_version: int | None
    """None for acts of the system, which decide on whatever is current."""


class Purchasing(Protocol):
    """The use cases. Commands raise RuleBroken with every blocker, NotFound, VersionMismatch, and Answered
    when the very same command was carried out before; they return what the transport made of the result."""

    async def create(self, act: Act, command: CreateOrder) -> Answer: ...
    async def revise(self, act: Act, decision: Decision, content: Content) -> Answer: ...
    async def submit(self, act: Act, decision: Decision) -> Answer: ...
    async def approve(self, act: Act, decision: Decision, reason: str | None) -> Answer: ...
    async def reject(self, act: Act, decision: Decision, reason: str) -> Answer: ...
    async def issue(self, act: Act, decision: Decision) -> Answer: ...
    async def acknowledge(
        self, act: Act, decision: Decision, proposals: Sequence[CounterProposal]
    ) -> Answer: ...
    async def cancel(self, act: Act, decision: Decision, reason: str) -> Answer: ...
    async def close_short(
        self, act: Act, decision: Decision, reason: str, release: Mapping[int, Decimal] | None
    ) -> Answer: ...
    async def dispute(self, act: Act, decision: Decision, reason: str) -> Answer: ...
    async def resolve(self, act: Act, decision: Decision, reason: str, *, cancel: bool) -> Answer: ...

    async def get(self, tenant: TenantId, by: Actor, order: OrderId) -> PurchaseOrder: ...
    async def page(self, tenant: TenantId, by: Actor, query: OrderQuery) -> Sequence[OrderSummary]: ...
    async def history(self, tenant: TenantId, by: Actor, order: OrderId) -> Sequence[HistoryEntry]: ...
    async def actions(
        self, tenant: TenantId, by: Actor, order: OrderId
    ) -> tuple[PurchaseOrder, Mapping[Command, tuple[Blocker, ...]]]:
        """For every command what forbids it to this actor now; nothing where it is allowed."""
        ...

    async def policy(self, tenant: TenantId) -> PurchasingPolicy: ...
    async def decide_policy(self, act: Act, expected_version: int, policy: PurchasingPolicy) -> Answer: ...

    async def note_supplier(self, act: Act, standing: SupplierStanding) -> None:
        """Learn a supplier's standing; a blacklisted one has its open orders disputed. Repeatable."""
        ...

    async def note_receipt(self, act: Act, news: ReceiptNews) -> None:
        """Learn what came or went; the order's progress moves where that changes it. Repeatable."""
        ...

    async def note_invoice(self, act: Act, news: InvoiceNews) -> None:
        """Learn what was billed or credited; the order's progress moves, a disputed invoice disputes it, and
        the last one settled ends that. Repeatable."""
        ...

    async def escalate(self, act: Act, order: OrderId) -> None:
        """Tell the world that the order waits for its approvers longer than its tenant allows."""
        ...

    async def overdue(self, at: datetime) -> Sequence[tuple[TenantId, OrderId]]:
        """Of all tenants: the orders to escalate."""
        ...
