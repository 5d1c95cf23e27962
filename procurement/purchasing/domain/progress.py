"""How far an order is: derived from what others report, never decided by anybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from procurement.purchasing.domain.lifecycle import State


class ReceiptStatus(StrEnum):
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
    CLOSED = "Closed"
    CANCELLED = "Cancelled"
    DISPUTED = "Disputed"


@dataclass(frozen=True, slots=True)
class LineReceipts:
    """The sum over all receipts of a line, less what was returned and reversed."""

    accepted: Decimal
    complete_from: Decimal
    """So much was agreed to be enough."""


NOTHING = LineReceipts(Decimal(0), Decimal(0))


def of_line(due: Decimal, receipts: LineReceipts) -> ReceiptStatus:
    """`due` is what was ordered less what was closed short."""
    if receipts.accepted <= 0:
        return ReceiptStatus.NONE
    enough = receipts.accepted >= min(due, receipts.complete_from)
    return ReceiptStatus.FULL if enough else ReceiptStatus.PARTIAL


def of_order(lines: Iterable[tuple[Decimal, LineReceipts]]) -> ReceiptStatus:
    """Too much on one line is not enough on another. What was ordered below zero goes back and never comes;
    what was closed short is not waited for."""
    known = [(due, receipts) for due, receipts in lines if due > 0 or receipts.accepted > 0]
    if not any(receipts.accepted > 0 for _, receipts in known):
        return ReceiptStatus.NONE
    full = all(of_line(due, receipts) is ReceiptStatus.FULL for due, receipts in known)
    return ReceiptStatus.FULL if full else ReceiptStatus.PARTIAL


def status_of(state: State, receipts: ReceiptStatus) -> Status:
    """As the generated column purchase_orders.status has it."""
    if state not in {State.ISSUED, State.ACKNOWLEDGED} or receipts is ReceiptStatus.NONE:
        return Status(state.value)
    return Status.RECEIVED if receipts is ReceiptStatus.FULL else Status.PARTIALLY_RECEIVED
