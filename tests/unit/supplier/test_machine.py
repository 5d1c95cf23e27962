"""Whatever is asked of a supplier, by whomever: a refusal changes nothing, and what `actions` says is what
the commands do."""

from copy import deepcopy
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from procurement.kernel.actor import Actor, Role
from procurement.kernel.errors import RuleBroken
from procurement.supplier.domain.lifecycle import LIFECYCLE, Command, State
from procurement.supplier.domain.record import Hold, Scope
from procurement.supplier.domain.supplier import Supplier
from tests.unit.supplier.builders import ADMIN, REQUIRED, SUPPLIER, TODAY, a_declaration, stored

roles = st.sets(st.sampled_from(Role), max_size=2).map(
    lambda some: frozenset({*some, Role.SUPPLIER_APPROVER})
)
people = st.builds(
    Actor,
    person=st.sampled_from(["ann", "bob", "cid"]),
    roles=roles,
    on_behalf_of=st.sampled_from([None, "ann", "bob"]),
)
days = st.sampled_from([TODAY, TODAY + timedelta(days=3)])
reasons = st.sampled_from(["because", ""])
holds = st.builds(
    Hold,
    scope=st.sampled_from(Scope),
    reason=reasons,
    releaser=st.sampled_from([Role.SUPPLIER_APPROVER, Role.FINANCE, Role.BUYER]),
    until=st.sampled_from([None, TODAY, TODAY - timedelta(days=1)]),
)
declarations = st.builds(
    a_declaration, name=st.sampled_from(["A", "B", ""]), documents=st.sampled_from([REQUIRED, REQUIRED[:2]])
)


ABOUT_ONE_SCOPE = {Command.PLACE_HOLD, Command.RELEASE_HOLD}
"""Before a scope is named the holds are asked as a whole, afterwards the one that is meant."""


def refused(supplier: Supplier, command: Command, **said: Any) -> RuleBroken | None:
    try:
        getattr(supplier, command.replace("-", "_"))(**said)
    except RuleBroken as refusal:
        return refusal
    return None


def snapshot(supplier: Supplier) -> dict[str, Any]:
    return {field.name: deepcopy(getattr(supplier, field.name)) for field in fields(supplier)}


class SupplierMachine(RuleBasedStateMachine):
    @initialize()
    def register(self) -> None:
        self.supplier = Supplier.register(SUPPLIER, a_declaration(), by=ADMIN)
        stored(self.supplier)
        self.states = [State.PENDING]

    def attempt(self, command: Command, by: Actor, today: date, **said: Any) -> None:
        before = snapshot(self.supplier)
        forbidden = self.supplier.actions(by, today)[command]
        if refusal := refused(self.supplier, command, by=by, today=today, **said):
            assert snapshot(self.supplier) == before, "a refusal must change nothing"
            assert command in ABOUT_ONE_SCOPE or set(forbidden) <= set(refusal.blockers)
            return
        assert not forbidden, "what is forbidden whatever is said was done"
        event = self.supplier.take_event()
        self.supplier.version += 1
        assert event.action == command
        assert LIFECYCLE[command].moves[before["state"]] == self.supplier.state
        self.states.append(self.supplier.state)

    @rule(by=people, today=days, declared=declarations)
    def revise(self, by: Actor, today: date, declared: Any) -> None:
        self.attempt(Command.REVISE, by, today, declared=declared)

    @rule(by=people, today=days, score=st.decimals(min_value=0, max_value=Decimal("1.1"), places=2))
    def approve(self, by: Actor, today: date, score: Decimal) -> None:
        self.attempt(Command.APPROVE, by, today, risk_score=score)

    @rule(
        command=st.sampled_from([Command.SUSPEND, Command.REINSTATE, Command.SUSPEND, Command.BLACKLIST]),
        by=people,
        today=days,
        reason=reasons,
    )
    def decide(self, command: Command, by: Actor, today: date, reason: str) -> None:
        self.attempt(command, by, today, reason=reason)

    @rule(by=people, today=days, hold=holds)
    def place_hold(self, by: Actor, today: date, hold: Hold) -> None:
        self.attempt(Command.PLACE_HOLD, by, today, hold=hold)

    @rule(by=people, today=days, scope=st.sampled_from(Scope), reason=reasons)
    def release_hold(self, by: Actor, today: date, scope: Scope, reason: str) -> None:
        self.attempt(Command.RELEASE_HOLD, by, today, scope=scope, reason=reason)

    @invariant()
    def every_version_is_one_event(self) -> None:
        assert self.supplier.version == len(self.states)

    @invariant()
    def one_hold_per_scope(self) -> None:
        assert len({hold.scope for hold in self.supplier.holds}) == len(self.supplier.holds)

    @invariant()
    def the_blacklist_is_for_ever_and_approval_needs_a_score(self) -> None:
        if State.BLACKLISTED in self.states:
            assert self.states.index(State.BLACKLISTED) == len(self.states) - 1
        if State.APPROVED in self.states:
            assert self.supplier.risk_score is not None
            assert self.supplier.risk_score >= Decimal("0.6")


TestSupplierMachine = SupplierMachine.TestCase
TestSupplierMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
