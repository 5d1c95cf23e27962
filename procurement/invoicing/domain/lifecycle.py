"""The life of an invoice as data: every command, whence, whereto, by whom, and the event it leaves.

docs/invoicing.md prints this table; tests walk all its pairs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from procurement.kernel.actor import Role


class State(StrEnum):
    REGISTERED = "Registered"
    MATCHING = "Matching"
    MATCHED = "Matched"
    DISPUTED = "Disputed"
    REJECTED = "Rejected"
    CANCELLED = "Cancelled"


class Command(StrEnum):
    REGISTER = "register"
    MATCH = "match"
    TIME_OUT = "time-out"
    ASSIGN = "assign"
    RELEASE = "release"
    RESUBMIT = "resubmit"
    REJECT = "reject"
    CANCEL = "cancel"


OPEN = frozenset({State.REGISTERED, State.MATCHING, State.DISPUTED})
"""Still waiting for a match."""

MOST_RESUBMISSIONS = 3


@dataclass(frozen=True, slots=True)
class Transition:
    command: Command
    moves: Mapping[State | None, frozenset[State]]
    """From where it may lead where; which of several is the guards' decision, never the caller's."""
    roles: frozenset[Role]
    events: Mapping[State, str]
    """By the state it leads to."""
    rule: str
    """The guard in words, for the published table."""


_CLERK = frozenset({Role.AP_CLERK})
_SYSTEM = frozenset({Role.SYSTEM})
_FINANCE = frozenset({Role.FINANCE})
_EITHER = _CLERK | _FINANCE


def _to(targets: frozenset[State], *sources: State | None) -> Mapping[State | None, frozenset[State]]:
    return dict.fromkeys(sources, targets)


def _only(state: State) -> frozenset[State]:
    return frozenset({state})


LIFECYCLE: dict[Command, Transition] = {
    row.command: row
    for row in (
        Transition(
            Command.REGISTER,
            _to(_only(State.REGISTERED), None),
            _CLERK,
            {State.REGISTERED: "InvoiceRegistered"},
            "the supplier of the order; a number that he has not used, or a reason why it is no duplicate;"
            " did not receive the goods",
        ),
        Transition(
            Command.MATCH,
            {
                **_to(
                    frozenset({State.MATCHING, State.MATCHED, State.DISPUTED}),
                    State.REGISTERED,
                    State.MATCHING,
                    State.DISPUTED,
                ),
                State.MATCHED: frozenset({State.MATCHING, State.DISPUTED}),
            },
            _SYSTEM,
            {
                State.MATCHING: "InvoiceMatchDeferred",
                State.MATCHED: "InvoiceMatched or CreditNoteMatched",
                State.DISPUTED: "InvoiceDisputed",
            },
            "by itself, whenever the order, its receipts or its other invoices change; Matching while all"
            " that is missing has yet to come; a match that fell with a return is Disputed again",
        ),
        Transition(
            Command.TIME_OUT,
            _to(_only(State.DISPUTED), State.REGISTERED, State.MATCHING),
            _SYSTEM,
            {State.DISPUTED: "InvoiceDisputed"},
            "not matched within the days that the policy gives it, counted from registration or the last"
            " resubmission",
        ),
        Transition(
            Command.ASSIGN,
            {
                State.MATCHING: _only(State.MATCHING),
                State.DISPUTED: _only(State.DISPUTED),
            },
            _EITHER,
            {
                State.MATCHING: "InvoiceExceptionAssigned",
                State.DISPUTED: "InvoiceExceptionAssigned",
            },
            "an open exception of this invoice",
        ),
        Transition(
            Command.RELEASE,
            {
                State.MATCHING: frozenset({State.MATCHING, State.MATCHED}),
                State.DISPUTED: frozenset({State.DISPUTED, State.MATCHED}),
            },
            _FINANCE,
            {
                State.MATCHING: "InvoiceExceptionReleased",
                State.DISPUTED: "InvoiceExceptionReleased",
                State.MATCHED: "InvoiceMatched or CreditNoteMatched",
            },
            "a reason; an open exception of this invoice, the last one matches it; neither entered the"
            " invoice nor requested the order nor received the goods",
        ),
        Transition(
            Command.RESUBMIT,
            _to(_only(State.MATCHING), State.DISPUTED),
            _CLERK,
            {State.MATCHING: "InvoiceResubmitted"},
            f"at most {MOST_RESUBMISSIONS} times; says which order and which of its lines are meant",
        ),
        Transition(
            Command.REJECT,
            _to(_only(State.REJECTED), *sorted(OPEN)),
            _EITHER,
            {State.REJECTED: "InvoiceRejected"},
            "a reason, which the supplier is told",
        ),
        Transition(
            Command.CANCEL,
            _to(_only(State.CANCELLED), *sorted(OPEN), State.MATCHED),
            _CLERK,
            {State.CANCELLED: "InvoiceCancelled"},
            "a reason: entered by mistake; what it counted for is taken back",
        ),
    )
}
