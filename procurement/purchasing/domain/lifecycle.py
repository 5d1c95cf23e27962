"""The life of a purchase order as data: every command, whence, whereto, by whom, and the event it leaves.

docs/purchase-orders.md prints this table; tests walk all its pairs.
"""

from dataclasses import dataclass
from enum import StrEnum

from procurement.kernel.actor import Role


class State(StrEnum):
    DRAFT = "Draft"
    AWAITING_APPROVAL = "AwaitingApproval"
    APPROVED = "Approved"
    ISSUED = "Issued"
    ACKNOWLEDGED = "Acknowledged"
    CLOSED = "Closed"
    CANCELLED = "Cancelled"
    DISPUTED = "Disputed"


class Command(StrEnum):
    CREATE = "create"
    REVISE = "revise"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    ESCALATE = "escalate"
    ISSUE = "issue"
    ACKNOWLEDGE = "acknowledge"
    CANCEL = "cancel"
    CLOSE_SHORT = "close-short"
    DISPUTE = "dispute"
    RESOLVE = "resolve"
    NOTE_RECEIPTS = "note-receipts"
    NOTE_BILLING = "note-billing"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Transition:
    command: Command
    sources: frozenset[State]
    targets: frozenset[State]
    """Where it may lead; which of several is the guards' decision, never the caller's."""
    roles: frozenset[Role]
    event: str
    rule: str
    """The guard in words, for the published table."""


_BUYER = frozenset({Role.BUYER})
_APPROVER = frozenset({Role.APPROVER})
_SYSTEM = frozenset({Role.SYSTEM})
OPEN = frozenset({State.ISSUED, State.ACKNOWLEDGED})
"""Goods and invoices may come."""
_ISSUED = OPEN | {State.CLOSED, State.CANCELLED, State.DISPUTED}
_DISPUTABLE = OPEN | {State.APPROVED}


def _row(  # noqa: PLR0913, PLR0917 - a table has that many columns
    command: Command,
    sources: frozenset[State] | State | None,
    targets: frozenset[State] | State,
    roles: frozenset[Role],
    event: str,
    rule: str,
) -> Transition:
    def states(of: frozenset[State] | State | None) -> frozenset[State]:
        return frozenset() if of is None else frozenset({of}) if isinstance(of, State) else of

    return Transition(command, states(sources), states(targets), roles, event, rule)


LIFECYCLE: dict[Command, Transition] = {
    row.command: row
    for row in (
        _row(
            Command.CREATE,
            None,
            State.DRAFT,
            _BUYER,
            "PurchaseOrderCreated",
            "supplier approved, not on hold for orders; 1 to 1,000 lines; one currency; total not below zero",
        ),
        _row(
            Command.REVISE,
            State.DRAFT,
            State.DRAFT,
            _BUYER,
            "PurchaseOrderRevised",
            "by its requester; the same as for create",
        ),
        _row(
            Command.SUBMIT,
            State.DRAFT,
            State.AWAITING_APPROVAL,
            _BUYER,
            "PurchaseOrderSubmitted",
            "by its requester; an exchange rate into the base currency is known",
        ),
        _row(
            Command.APPROVE,
            State.AWAITING_APPROVAL,
            frozenset({State.AWAITING_APPROVAL, State.APPROVED}),
            _APPROVER,
            "PurchaseOrderApproved",
            "level at least that of a missing tier; not the requester; nobody twice; the version he saw",
        ),
        _row(
            Command.REJECT,
            State.AWAITING_APPROVAL,
            State.DRAFT,
            _APPROVER,
            "PurchaseOrderRejected",
            "the same authority as to approve; a reason",
        ),
        _row(
            Command.ESCALATE,
            State.AWAITING_APPROVAL,
            State.AWAITING_APPROVAL,
            _SYSTEM,
            "PurchaseOrderEscalated",
            "submitted longer ago than the policy's days to approve; once after each submission",
        ),
        _row(
            Command.ISSUE,
            State.APPROVED,
            State.ISSUED,
            frozenset({Role.BUYER, Role.FINANCE}),
            "PurchaseOrderIssued",
            "supplier still eligible; by a role that the policy names; not one of its approvers",
        ),
        _row(
            Command.ACKNOWLEDGE,
            State.ISSUED,
            State.ACKNOWLEDGED,
            frozenset({Role.BUYER, Role.SUPPLIER}),
            "PurchaseOrderAcknowledged",
            "the order's own supplier, or a buyer on his behalf; counter-proposals are recorded, not applied",
        ),
        _row(
            Command.CANCEL,
            frozenset({State.DRAFT, State.AWAITING_APPROVAL}) | _DISPUTABLE,
            State.CANCELLED,
            _BUYER,
            "PurchaseOrderCancelled",
            "nothing received, nothing billed; a reason",
        ),
        _row(
            Command.CLOSE_SHORT,
            OPEN,
            OPEN | {State.CLOSED},
            _BUYER,
            "PurchaseOrderClosedShort",
            "no more than is open on a line, what came or was billed being a floor; a reason; Closed when"
            " nothing is waited for any more",
        ),
        _row(
            Command.DISPUTE,
            _DISPUTABLE,
            State.DISPUTED,
            frozenset({Role.BUYER, Role.SYSTEM}),
            "PurchaseOrderDisputed",
            "a reason; the state before is kept; by the system for a disputed invoice, once issued, or a"
            " blacklisted supplier",
        ),
        _row(
            Command.RESOLVE,
            State.DISPUTED,
            _DISPUTABLE | {State.CANCELLED, State.CLOSED},
            frozenset({Role.BUYER, Role.SYSTEM}),
            "PurchaseOrderDisputeResolved",
            "an outcome (resume or cancel) and a reason; resuming leads to the state before the dispute, or"
            " to Closed where nothing is waited for any more; nothing is cancelled once goods or invoices"
            " came; by the system for what an invoice began, once the last disputed invoice is settled",
        ),
        _row(
            Command.NOTE_RECEIPTS,
            _ISSUED,
            _ISSUED,
            _SYSTEM,
            "PurchaseOrderReceiptProgressed",
            "stays as it is: receiving says what came or went",
        ),
        _row(
            Command.NOTE_BILLING,
            _ISSUED,
            _ISSUED,
            _SYSTEM,
            "PurchaseOrderBillingProgressed",
            "stays as it is: invoicing says what was billed or credited",
        ),
        _row(
            Command.CLOSE,
            OPEN,
            State.CLOSED,
            _SYSTEM,
            "PurchaseOrderClosed",
            "something was closed short, and everything else is received and billed",
        ),
    )
}
