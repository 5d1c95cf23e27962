"""The life of a supplier as data: every command, whence, whereto, by whom, and the event it leaves.

docs/suppliers.md prints this table; tests walk all its pairs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from procurement.kernel.actor import Role


class State(StrEnum):
    PENDING = "Pending"
    APPROVED = "Approved"
    SUSPENDED = "Suspended"
    BLACKLISTED = "Blacklisted"


class Command(StrEnum):
    REGISTER = "register"
    REVISE = "revise"
    APPROVE = "approve"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    BLACKLIST = "blacklist"
    PLACE_HOLD = "place-hold"
    RELEASE_HOLD = "release-hold"


@dataclass(frozen=True, slots=True)
class Transition:
    moves: Mapping[State | None, State]
    """What each state becomes; a state that is missing refuses the command. None is before registration."""
    roles: frozenset[Role]
    event: str
    rule: str
    """The guard in words, for the published table."""


_ADMIN = frozenset({Role.SUPPLIER_ADMIN})
_APPROVER = frozenset({Role.SUPPLIER_APPROVER})
_ALIVE = (State.PENDING, State.APPROVED, State.SUSPENDED)
_STAYS: Mapping[State | None, State] = {state: state for state in _ALIVE}

RELEASERS = frozenset({Role.SUPPLIER_APPROVER, Role.FINANCE, Role.TREASURER})
"""Roles that a hold may name as the one to release it."""

LIFECYCLE: Mapping[Command, Transition] = {
    Command.REGISTER: Transition(
        {None: State.PENDING}, _ADMIN, "SupplierRegistered", "a name; 1 to 20 identifiers, each named once"
    ),
    Command.REVISE: Transition(
        {State.PENDING: State.PENDING}, _ADMIN, "SupplierRevised", "the same as for register"
    ),
    Command.APPROVE: Transition(
        {State.PENDING: State.APPROVED},
        _APPROVER,
        "SupplierApproved",
        "risk score at least 0.6; every required document there and valid today; the reviewer, and who"
        " delegated to him, neither registered nor revised it; the version he saw",
    ),
    Command.SUSPEND: Transition(
        {State.APPROVED: State.SUSPENDED},
        _APPROVER,
        "SupplierSuspended",
        "a reason; running orders go on, no new ones",
    ),
    Command.REINSTATE: Transition(
        {State.SUSPENDED: State.APPROVED}, _APPROVER, "SupplierReinstated", "a reason"
    ),
    Command.BLACKLIST: Transition(
        dict.fromkeys(_ALIVE, State.BLACKLISTED),
        _APPROVER,
        "SupplierBlacklisted",
        "a reason; for ever; open orders become Disputed",
    ),
    Command.PLACE_HOLD: Transition(
        _STAYS,
        _APPROVER | {Role.FINANCE},
        "SupplierHoldPlaced",
        "a reason; no other hold binds that scope; a last day, if any, not in the past; who may release it",
    ),
    Command.RELEASE_HOLD: Transition(
        _STAYS, RELEASERS, "SupplierHoldReleased", "a reason; a hold binds that scope; the role that it names"
    ),
}
