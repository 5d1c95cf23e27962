"""The life of a goods receipt as data: every command, whence, whereto, by whom, and the event it leaves.

docs/receiving.md prints this table; tests walk all its pairs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from procurement.kernel.actor import Role


class State(StrEnum):
    OPEN = "Open"
    VERIFIED = "Verified"
    DISCREPANT = "Discrepant"
    REJECTED = "Rejected"
    CLOSED = "Closed"
    REVERSED = "Reversed"


class Command(StrEnum):
    OPEN = "open"
    VERIFY = "verify"
    ASSIGN = "assign"
    RESOLVE = "resolve"
    REJECT = "reject"
    REVERSE = "reverse"
    RETURN = "return"
    CLOSE = "close"


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


_WAREHOUSE = frozenset({Role.WAREHOUSE})
_EITHER = frozenset({Role.WAREHOUSE, Role.BUYER})


def _to(state: State, *sources: State | None) -> Mapping[State | None, frozenset[State]]:
    return {source: frozenset({state}) for source in sources}


def _stay(*sources: State) -> Mapping[State | None, frozenset[State]]:
    return {source: frozenset({source}) for source in sources}


LIFECYCLE: dict[Command, Transition] = {
    row.command: row
    for row in (
        Transition(
            Command.OPEN,
            _to(State.OPEN, None),
            _WAREHOUSE,
            {State.OPEN: "GoodsReceiptOpened"},
            "the order is Issued or Acknowledged; its lines, each once; no more than ordered and tolerated;"
            " a delivery note once; neither requested nor approved the order",
        ),
        Transition(
            Command.VERIFY,
            {State.OPEN: frozenset({State.VERIFIED, State.DISCREPANT})},
            _WAREHOUSE,
            {State.VERIFIED: "GoodsReceived", State.DISCREPANT: "GoodsReceiptDiscrepancyDetected"},
            "the order is still open; no more rejected than came, each with a reason; Discrepant where"
            " something was rejected, failed or differs from the delivery note",
        ),
        Transition(
            Command.ASSIGN,
            _stay(State.DISCREPANT),
            _EITHER,
            {State.DISCREPANT: "GoodsReceiptDiscrepancyAssigned"},
            "a discrepancy of this receipt",
        ),
        Transition(
            Command.RESOLVE,
            _to(State.VERIFIED, State.DISCREPANT),
            _EITHER,
            {State.VERIFIED: "GoodsReceived"},
            "a reason; the order is still open; a second person, who neither opened nor verified it",
        ),
        Transition(
            Command.REJECT,
            _to(State.REJECTED, State.DISCREPANT),
            _EITHER,
            {State.REJECTED: "GoodsReceiptRejected"},
            "a reason; a second person, who neither opened nor verified it",
        ),
        Transition(
            Command.REVERSE,
            _to(State.REVERSED, State.OPEN, State.VERIFIED, State.DISCREPANT),
            _WAREHOUSE,
            {State.REVERSED: "GoodsReceiptReversed"},
            "a reason; all its quantities are taken back",
        ),
        Transition(
            Command.RETURN,
            _stay(State.VERIFIED, State.CLOSED),
            _WAREHOUSE,
            {State.VERIFIED: "GoodsReturned", State.CLOSED: "GoodsReturned"},
            "a reason; no more than was accepted and is still here",
        ),
        Transition(
            Command.CLOSE,
            _to(State.CLOSED, State.VERIFIED),
            frozenset({Role.SYSTEM}),
            {State.CLOSED: "GoodsReceiptClosed"},
            "all that was accepted on its order lines is invoiced",
        ),
    )
}
