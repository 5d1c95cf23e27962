"""Whatever is asked of an order, by whomever, in whatever order: it only moves along the table, a refusal
changes nothing, and nobody ever holds two duties on it."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from procurement.kernel.actor import Actor, Role
from procurement.kernel.errors import RuleBroken
from procurement.purchasing.domain.lifecycle import LIFECYCLE, Command, State
from procurement.purchasing.domain.order import PurchaseOrder
from tests.unit.purchasing.builders import a_content, a_person, an_order, facts, still_open, stored, worth

NAMES = ["ann", "bea", "cem", "dan"]
actors = st.builds(
    a_person,
    st.sampled_from(NAMES),
    st.sampled_from([Role.BUYER, Role.APPROVER, Role.FINANCE]),
    level=st.integers(0, 3),
    for_whom=st.none() | st.sampled_from(NAMES),
)
statuses = st.sampled_from(["Approved", "Approved", "Approved", "Suspended"])


class OrderMachine(RuleBasedStateMachine):
    order: PurchaseOrder

    @initialize(
        by=st.builds(a_person, st.sampled_from(NAMES), st.just(Role.BUYER)),
        total=st.sampled_from(["5.00", "1000.01", "10000.01"]),
    )
    def draft(self, by: Actor, total: str) -> None:
        self.order = stored(an_order(worth(total), by=by))
        self.issuers: set[str] = set()

    def ask(self, command: Command, *args: Any, by: Actor, status: str = "Approved", **more: Any) -> None:
        act = {Command.DISPUTE: "open_dispute"}.get(command, command.replace("-", "_"))
        before, copy = self.order.state, deepcopy(self.order)
        told = self.order.actions(by, facts(status=status))[command]
        try:
            getattr(self.order, act)(*args, by=by, facts=facts(status=status), **more)
        except RuleBroken as refused:
            assert set(told) <= set(refused.blockers)  # noqa: PT017 - the property is about both outcomes
            assert _all(self.order) == _all(copy), "a refusal must change nothing"
        else:
            assert not told, "actions told a blocker that the command did not hold"
            assert before in LIFECYCLE[command].sources
            assert self.order.state in LIFECYCLE[command].targets
            if command is Command.ISSUE:
                self.issuers = set(by.persons)
            stored(self.order)

    @rule(by=actors, status=statuses)
    def revise(self, by: Actor, status: str) -> None:
        self.ask(Command.REVISE, a_content("7.00", "8.00"), by=by, status=status)

    @rule(by=actors)
    def submit(self, by: Actor) -> None:
        self.ask(Command.SUBMIT, by=by)

    @rule(by=actors)
    def approve(self, by: Actor) -> None:
        self.ask(Command.APPROVE, by=by)

    @rule(by=actors)
    def reject(self, by: Actor) -> None:
        self.ask(Command.REJECT, "no", by=by)

    @rule(by=actors, status=statuses)
    def issue(self, by: Actor, status: str) -> None:
        self.ask(Command.ISSUE, by=by, status=status)

    @rule(by=actors)
    def acknowledge(self, by: Actor) -> None:
        self.ask(Command.ACKNOWLEDGE, [], by=by)

    @rule(by=actors, release=st.none() | st.dictionaries(st.integers(1, 3), st.sampled_from([Decimal(1)])))
    def close_short(self, by: Actor, release: dict[int, Decimal] | None) -> None:
        self.ask(Command.CLOSE_SHORT, "enough", release, by=by)

    @rule(by=actors)
    def dispute(self, by: Actor) -> None:
        self.ask(Command.DISPUTE, "wrong", by=by)

    @rule(by=actors, cancel=st.booleans())
    def resolve(self, by: Actor, *, cancel: bool) -> None:
        self.ask(Command.RESOLVE, reason="settled", cancel=cancel, by=by)

    @invariant()
    def duties_are_apart(self) -> None:
        if not hasattr(self, "order") or self.order.approval is None:
            return
        approvers = self.order.approval.persons
        assert approvers.isdisjoint(self.order.requester)
        assert approvers.isdisjoint(self.issuers)
        if self.order.state in {State.APPROVED, State.ISSUED, State.ACKNOWLEDGED}:
            assert not self.order.approval.missing

    @invariant()
    def no_more_is_given_up_than_was_ordered(self) -> None:
        if hasattr(self, "order"):
            assert all(left >= 0 for left in still_open(self.order).values())


def _all(order: PurchaseOrder) -> dict[str, Any]:
    names = [name for base in type(order).__mro__ for name in getattr(base, "__slots__", ())]
    return {name: getattr(order, name) for name in names}


TestOrderMachine = OrderMachine.TestCase
