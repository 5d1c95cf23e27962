"""The life of a supplier as a table: every pair of state and command, allowed or refused as it says."""

from collections.abc import Callable
from itertools import product

import pytest

from procurement.kernel.actor import Actor, Role
from procurement.kernel.errors import Concern, RuleBroken
from procurement.supplier.domain import events
from procurement.supplier.domain.lifecycle import LIFECYCLE, Command, State
from procurement.supplier.domain.record import Scope
from procurement.supplier.domain.supplier import Supplier
from tests.unit.supplier.builders import (
    ADMIN,
    REVIEWER,
    SCORE,
    TODAY,
    a_declaration,
    a_hold,
    a_person,
    a_supplier,
    stored,
)

# Written by hand from the trade's table, not computed from LIFECYCLE.
ALLOWED: dict[State, dict[Command, State]] = {
    State.PENDING: {
        Command.REVISE: State.PENDING,
        Command.APPROVE: State.APPROVED,
        Command.BLACKLIST: State.BLACKLISTED,
        Command.PLACE_HOLD: State.PENDING,
        Command.RELEASE_HOLD: State.PENDING,
    },
    State.APPROVED: {
        Command.SUSPEND: State.SUSPENDED,
        Command.BLACKLIST: State.BLACKLISTED,
        Command.PLACE_HOLD: State.APPROVED,
        Command.RELEASE_HOLD: State.APPROVED,
    },
    State.SUSPENDED: {
        Command.REINSTATE: State.APPROVED,
        Command.BLACKLIST: State.BLACKLISTED,
        Command.PLACE_HOLD: State.SUSPENDED,
        Command.RELEASE_HOLD: State.SUSPENDED,
    },
    State.BLACKLISTED: {},
}

Do = Callable[[Supplier, Actor], None]
ACTS: dict[Command, tuple[Actor, Do]] = {
    Command.REVISE: (ADMIN, lambda s, by: s.revise(a_declaration(name="New"), by=by, today=TODAY)),
    Command.APPROVE: (REVIEWER, lambda s, by: s.approve(SCORE, by=by, today=TODAY)),
    Command.SUSPEND: (REVIEWER, lambda s, by: s.suspend("audit", by=by, today=TODAY)),
    Command.REINSTATE: (REVIEWER, lambda s, by: s.reinstate("audit passed", by=by, today=TODAY)),
    Command.BLACKLIST: (REVIEWER, lambda s, by: s.blacklist("fraud", by=by, today=TODAY)),
    Command.PLACE_HOLD: (REVIEWER, lambda s, by: s.place_hold(a_hold(), by=by, today=TODAY)),
    Command.RELEASE_HOLD: (
        REVIEWER,
        lambda s, by: s.release_hold(Scope.PAYMENTS, "settled", by=by, today=TODAY),
    ),
}

WAY_TO: dict[State, tuple[Command, ...]] = {
    State.PENDING: (),
    State.APPROVED: (Command.APPROVE,),
    State.SUSPENDED: (Command.APPROVE, Command.SUSPEND),
    State.BLACKLISTED: (Command.BLACKLIST,),
}


def a_supplier_in(state: State) -> Supplier:
    """On hold for payments, so that every command has something to act on."""
    supplier = stored(a_supplier())
    supplier.place_hold(a_hold(Scope.PAYMENTS), by=REVIEWER, today=TODAY)
    stored(supplier)
    for command in WAY_TO[state]:
        actor, do = ACTS[command]
        do(supplier, actor)
        stored(supplier)
    assert supplier.state is state
    return supplier


def test_a_registered_supplier_is_pending() -> None:
    supplier = a_supplier()
    assert (supplier.state, supplier.version) == (State.PENDING, 0)
    assert supplier.take_event() == events.SupplierRegistered(before=None, after=State.PENDING)


@pytest.mark.parametrize(("state", "command"), list(product(State, ACTS)))
def test_every_pair_of_state_and_command(state: State, command: Command) -> None:
    supplier = a_supplier_in(state)
    actor, do = ACTS[command]
    after = ALLOWED[state].get(command)
    allowed = supplier.actions(actor, TODAY)[command] == ()
    if after is None:
        with pytest.raises(RuleBroken) as refused:
            do(supplier, actor)
        assert refused.value.blockers[0].code == "supplier-state"
        assert (supplier.state, supplier._event, allowed) == (state, None, False)
    else:
        do(supplier, actor)
        event = supplier.take_event()
        assert isinstance(event, events.SupplierEvent)
        assert (event.before, event.after, supplier.state) == (state, after, after)
        assert (event.action, type(event).__name__) == (command, LIFECYCLE[command].event)
        assert allowed


@pytest.mark.parametrize(("command", "role"), list(product(ACTS, Role)))
def test_every_pair_of_command_and_role(command: Command, role: Role) -> None:
    supplier = a_supplier_in(next(state for state in State if command in ALLOWED[state]))
    by_table = {
        Command.REVISE: {Role.SUPPLIER_ADMIN},
        Command.PLACE_HOLD: {Role.SUPPLIER_APPROVER, Role.FINANCE},
        Command.RELEASE_HOLD: {Role.SUPPLIER_APPROVER},  # the one that the hold names
    }
    if role in by_table.get(command, {Role.SUPPLIER_APPROVER}):
        ACTS[command][1](supplier, a_person("somebody", role))
    else:
        with pytest.raises(RuleBroken) as refused:
            ACTS[command][1](supplier, a_person("somebody", role))
        assert {blocker.concern for blocker in refused.value.blockers} == {Concern.AUTHORITY}


def test_the_table_names_every_command_and_every_event_once() -> None:
    assert set(LIFECYCLE) == set(Command)
    assert len({row.event for row in LIFECYCLE.values()}) == len(LIFECYCLE)
    assert all(getattr(events, row.event).action == command for command, row in LIFECYCLE.items())
