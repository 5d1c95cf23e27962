"""The supplier: with whom we do business, and who found that we may."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from procurement.kernel.actor import Actor
from procurement.kernel.aggregate import Aggregate
from procurement.kernel.errors import Blocker, RuleBroken
from procurement.kernel.ids import SupplierId
from procurement.supplier.domain import events, guards
from procurement.supplier.domain.lifecycle import LIFECYCLE, Command, State
from procurement.supplier.domain.record import Declaration, Hold, Scope


@dataclass(slots=True, kw_only=True, eq=False)
class Supplier(Aggregate):
    id: SupplierId
    declared: Declaration
    prepared_by: frozenset[str]
    """Everybody who answers for the declaration; none of them may approve it."""
    revision: int = 1
    """Grows with every revision of the declaration; earlier ones are kept."""
    state: State = State.PENDING
    risk_score: Decimal | None = None
    """0 (stay away) to 1 (safe), as the reviewer found it."""
    holds: tuple[Hold, ...] = ()
    """At most one per scope; the last one may have run out."""

    @classmethod
    def register(cls, supplier: SupplierId, declared: Declaration, *, by: Actor) -> "Supplier":
        if blockers := guards.in_order((*guards.declared(declared), *guards.role(Command.REGISTER, by))):
            raise RuleBroken(*blockers)
        registered = cls(id=supplier, declared=declared, prepared_by=by.persons)
        registered._record(events.SupplierRegistered(before=None, after=State.PENDING))
        return registered

    @property
    def name(self) -> str:
        return self.declared.name

    def holds_binding(self, today: date) -> dict[Scope, Hold]:
        return {hold.scope: hold for hold in self.holds if hold.binds(today)}

    def revise(self, declared: Declaration, *, by: Actor, today: date) -> None:
        self._ask(Command.REVISE, by, today, *guards.declared(declared))
        self.declared = declared
        self.revision += 1
        self.prepared_by |= by.persons
        self._move(Command.REVISE, events.SupplierRevised)

    def approve(self, risk_score: Decimal, *, by: Actor, today: date) -> None:
        self._ask(Command.APPROVE, by, today, *guards.scored(risk_score))
        self.risk_score = risk_score
        self._move(Command.APPROVE, events.SupplierApproved)

    def suspend(self, reason: str, *, by: Actor, today: date) -> None:
        self._ask(Command.SUSPEND, by, today, *guards.reasoned(reason))
        self._move(Command.SUSPEND, events.SupplierSuspended, reason)

    def reinstate(self, reason: str, *, by: Actor, today: date) -> None:
        self._ask(Command.REINSTATE, by, today, *guards.reasoned(reason))
        self._move(Command.REINSTATE, events.SupplierReinstated, reason)

    def blacklist(self, reason: str, *, by: Actor, today: date) -> None:
        self._ask(Command.BLACKLIST, by, today, *guards.reasoned(reason))
        self._move(Command.BLACKLIST, events.SupplierBlacklisted, reason)

    def place_hold(self, hold: Hold, *, by: Actor, today: date) -> None:
        self._ask(Command.PLACE_HOLD, by, today, *guards.placed(hold, self.holds_binding(today), today))
        self.holds = (*self._holds_but(hold.scope), hold)
        self._move(Command.PLACE_HOLD, events.SupplierHoldPlaced, hold.reason, hold=hold)

    def release_hold(self, scope: Scope, reason: str, *, by: Actor, today: date) -> None:
        held = self.holds_binding(today)
        self._ask(
            Command.RELEASE_HOLD, by, today, *guards.reasoned(reason), *guards.released(held, scope, by)
        )
        self.holds = self._holds_but(scope)
        self._move(Command.RELEASE_HOLD, events.SupplierHoldReleased, reason, hold=held[scope])

    def actions(self, by: Actor, today: date) -> Mapping[Command, tuple[Blocker, ...]]:
        """Every command there is, each with what forbids it now; nothing where it is allowed."""
        asked = [command for command in Command if command is not Command.REGISTER]
        return {command: guards.forbidding(self, command, by, today) for command in asked}

    def _ask(self, command: Command, by: Actor, today: date, *said: Blocker) -> None:
        if blockers := guards.forbidding(self, command, by, today, said):
            raise RuleBroken(*blockers)

    def _move(
        self, command: Command, event: type[events.SupplierEvent], reason: str | None = None, **more: Any
    ) -> None:
        before, self.state = self.state, LIFECYCLE[command].moves[self.state]
        self._record(event(before=before, after=self.state, reason=reason, **more))

    def _holds_but(self, scope: Scope) -> tuple[Hold, ...]:
        return tuple(hold for hold in self.holds if hold.scope is not scope)
