"""What happened to an invoice. The public form of each is in adapters/outbound/events.py."""

from dataclasses import dataclass
from typing import ClassVar

from procurement.invoicing.domain.lifecycle import Command, State
from procurement.kernel.aggregate import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceEvent(DomainEvent):
    before: State | None
    after: State


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRegistered(InvoiceEvent):
    action: ClassVar[str] = Command.REGISTER


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceMatchDeferred(InvoiceEvent):
    action: ClassVar[str] = Command.MATCH


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceMatched(InvoiceEvent):
    """An invoice or a credit note agrees with the order and with what came."""

    action: ClassVar[str] = Command.MATCH


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceMatchedAfterAll(InvoiceMatched):
    """To the world the same fact: somebody released the last exception."""

    action: ClassVar[str] = Command.RELEASE


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDisputed(InvoiceEvent):
    action: ClassVar[str] = Command.MATCH


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceTimedOut(InvoiceDisputed):
    """To the world the same fact."""

    action: ClassVar[str] = Command.TIME_OUT


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceExceptionAssigned(InvoiceEvent):
    action: ClassVar[str] = Command.ASSIGN


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceExceptionReleased(InvoiceEvent):
    action: ClassVar[str] = Command.RELEASE


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceResubmitted(InvoiceEvent):
    action: ClassVar[str] = Command.RESUBMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRejected(InvoiceEvent):
    action: ClassVar[str] = Command.REJECT


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceCancelled(InvoiceEvent):
    action: ClassVar[str] = Command.CANCEL


OF_A_MATCH = {
    State.MATCHED: InvoiceMatched,
    State.MATCHING: InvoiceMatchDeferred,
    State.DISPUTED: InvoiceDisputed,
}
"""By the state it leads to."""
