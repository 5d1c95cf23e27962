"""What happened to an order. The public form of each is in adapters/outbound/events.py."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from procurement.kernel.aggregate import DomainEvent
from procurement.kernel.ids import InvoiceId
from procurement.purchasing.domain.approval import Approval
from procurement.purchasing.domain.lifecycle import Command, State
from procurement.purchasing.domain.line import CounterProposal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(DomainEvent):
    before: State | None
    after: State


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderCreated(OrderEvent):
    action: ClassVar[str] = Command.CREATE


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderRevised(OrderEvent):
    action: ClassVar[str] = Command.REVISE


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderSubmitted(OrderEvent):
    action: ClassVar[str] = Command.SUBMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderApproved(OrderEvent):
    """One approval; with `after` still AwaitingApproval while tiers are missing."""

    action: ClassVar[str] = Command.APPROVE
    approval: Approval


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderRejected(OrderEvent):
    action: ClassVar[str] = Command.REJECT


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderEscalated(OrderEvent):
    action: ClassVar[str] = Command.ESCALATE


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderIssued(OrderEvent):
    action: ClassVar[str] = Command.ISSUE


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderAcknowledged(OrderEvent):
    action: ClassVar[str] = Command.ACKNOWLEDGE
    proposals: tuple[CounterProposal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderCancelled(OrderEvent):
    action: ClassVar[str] = Command.CANCEL


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderClosedShort(OrderEvent):
    """Quantities released by this act, per line; with `after` Closed when nothing is open any more."""

    action: ClassVar[str] = Command.CLOSE_SHORT
    released: dict[int, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderDisputed(OrderEvent):
    action: ClassVar[str] = Command.DISPUTE
    invoice: InvoiceId | None
    """Whose dispute it is, where a person's it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderDisputeResolved(OrderEvent):
    action: ClassVar[str] = Command.RESOLVE


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderProgressed(OrderEvent):
    lines: tuple[int, ...]
    """What moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderReceiptProgressed(OrderProgressed):
    action: ClassVar[str] = Command.NOTE_RECEIPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderBillingProgressed(OrderProgressed):
    action: ClassVar[str] = Command.NOTE_BILLING


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderClosed(OrderEvent):
    action: ClassVar[str] = Command.CLOSE
