"""How far an order is: derived from what others report, never decided by anybody."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from procurement.kernel.swift import swift
from procurement.purchasing.domain.lifecycle import OPEN, State
from procurement.purchasing.domain.line import Line

NONE = Decimal(0)


class Extent(StrEnum):
    """How much of what is due has come, or was billed."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


class Status(StrEnum):
    """The one word for an order: what people decided, and where goods are to come, how many did."""

    DRAFT = "Draft"
    AWAITING_APPROVAL = "AwaitingApproval"
    APPROVED = "Approved"
    ISSUED = "Issued"
    ACKNOWLEDGED = "Acknowledged"
    PARTIALLY_RECEIVED = "PartiallyReceived"
    RECEIVED = "Received"
    INVOICED = "Invoiced"
    CLOSED = "Closed"
    CANCELLED = "Cancelled"
    DISPUTED = "Disputed"


@dataclass(frozen=True, slots=True)
class LineReceipts:
    """The sum over all receipts of a line, less what was returned and reversed."""

    accepted: Decimal = NONE
    complete_from: Decimal = NONE
    """So much was agreed to be enough."""


@dataclass(frozen=True, slots=True)
class LineBilling:
    """The sum over all invoices of a line, less what was credited."""

    billed: Decimal = NONE
    net: Decimal = NONE


@swift
@dataclass(frozen=True, slots=True)
class LineProgress:
    due: Decimal
    """Ordered less closed short; below zero for what goes back."""
    receipts: LineReceipts = LineReceipts()
    billing: LineBilling = LineBilling()

    @property
    def receipt_status(self) -> Extent:
        if not self.receipts.accepted:  # as with most lines that are asked, so it is asked first
            return Extent.NONE
        return _extent(self.receipts.accepted, min(self.due, self.receipts.complete_from))

    @property
    def billing_status(self) -> Extent:
        """Less than what is due is enough where less came and that was agreed to be all of it."""
        if not self.billing.billed:
            return Extent.NONE
        complete = self.due > 0 and self.receipt_status is Extent.FULL
        return _extent(self.billing.billed, min(self.due, self.receipts.accepted) if complete else self.due)

    @property
    def comes(self) -> bool:
        """What is ordered below zero goes back and never comes; what was closed short is not waited for."""
        return self.due > 0 or self.receipts.accepted > 0

    @property
    def is_billed(self) -> bool:
        """What goes back is billed, too: below zero."""
        return self.due != 0 or self.billing.billed != 0

    @property
    def still_open(self) -> Decimal:
        """What can be given up: what came and what was billed are a floor, and more may have come than was
        due."""
        if self.due > 0:
            return max(self.due - max(self.receipts.accepted, self.billing.billed), NONE)
        return min(self.due - min(self.billing.billed, NONE), NONE)

    @property
    def settled(self) -> bool:
        """Nothing of it is waited for: no goods, no invoice."""
        received = self.due <= 0 or self.receipt_status is Extent.FULL
        return received and (self.due == 0 or self.billing_status is Extent.FULL)


def _extent(so_far: Decimal, enough: Decimal) -> Extent:
    """Of more or less than nothing; below zero counts where below zero is due."""
    if (so_far < 0) != (enough < 0):
        return Extent.NONE
    return Extent.FULL if abs(so_far) >= abs(enough) else Extent.PARTIAL


@dataclass(frozen=True, slots=True)
class OrderProgress:
    lines: Mapping[int, LineProgress]
    """Per line number."""
    receipt_status: Extent = Extent.NONE
    billing_status: Extent = Extent.NONE

    @classmethod
    def of(
        cls,
        ordered: Sequence[Line],
        closed_short: Mapping[int, Decimal],
        receipts: Mapping[int, LineReceipts],
        billing: Mapping[int, LineBilling],
    ) -> "OrderProgress":
        if not (closed_short or receipts or billing):  # as with most orders that are asked
            return cls({line.number: LineProgress(line.quantity.value) for line in ordered})
        none, nothing = LineReceipts(), LineBilling()
        lines = {
            (n := line.number): LineProgress(
                line.quantity.value - closed_short.get(n, NONE),
                receipts.get(n, none),
                billing.get(n, nothing),
            )
            for line in ordered
        }
        return cls(
            lines,
            _of_all({line.receipt_status for line in lines.values() if line.comes}),
            _of_all({line.billing_status for line in lines.values() if line.is_billed}),
        )

    def status(self, state: State) -> Status:
        return status_of(state, self.receipt_status, self.billing_status)

    @property
    def is_settled(self) -> bool:
        return all(line.settled for line in self.lines.values())


def _of_all(found: AbstractSet[Extent]) -> Extent:
    """Too much on one line is not enough on another."""
    if len(found) > 1:
        return Extent.PARTIAL
    return next(iter(found), Extent.NONE)


def status_of(state: State, received: Extent, billed: Extent) -> Status:
    """As the generated column purchase_orders.status has it."""
    if state not in OPEN or received is Extent.NONE:
        return Status(state.value)
    if received is Extent.PARTIAL:
        return Status.PARTIALLY_RECEIVED
    return Status.INVOICED if billed is Extent.FULL else Status.RECEIVED
