"""The life of an invoice as a table: every pair of state and command does as the table says."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from procurement.invoicing.domain.guards import Facts
from procurement.invoicing.domain.invoice import SYSTEM, Invoice
from procurement.invoicing.domain.lifecycle import LIFECYCLE, MOST_RESUBMISSIONS, Command, State
from procurement.kernel.actor import Actor
from procurement.kernel.errors import RuleBroken
from tests.unit.invoicing.builders import (
    BEA,
    CARL,
    CLARA,
    FINN,
    LATER,
    NOW,
    OVERCHARGED,
    UNKNOWN,
    WILL,
    an_invoice,
    an_order,
    facts,
    rematched,
    stored,
)

# Written by hand from the trade's table, not computed from LIFECYCLE. Commands of people; the match, which
# does nothing where nothing changes, has tests of its own.
ALLOWED: dict[State, dict[Command, State]] = {
    State.REGISTERED: {
        Command.TIME_OUT: State.DISPUTED,
        Command.REJECT: State.REJECTED,
        Command.CANCEL: State.CANCELLED,
    },
    State.MATCHING: {
        Command.TIME_OUT: State.DISPUTED,
        Command.ASSIGN: State.MATCHING,
        Command.RELEASE: State.MATCHED,
        Command.REJECT: State.REJECTED,
        Command.CANCEL: State.CANCELLED,
    },
    State.MATCHED: {Command.CANCEL: State.CANCELLED},
    State.DISPUTED: {
        Command.ASSIGN: State.DISPUTED,
        Command.RELEASE: State.MATCHED,
        Command.RESUBMIT: State.MATCHING,
        Command.REJECT: State.REJECTED,
        Command.CANCEL: State.CANCELLED,
    },
    State.REJECTED: {},
    State.CANCELLED: {},
}

NOT_HERE = an_order(accepted="0")

ACTS: dict[Command, Callable[[Invoice], None]] = {
    Command.TIME_OUT: lambda i: i.time_out(by=SYSTEM, at=LATER, facts=_known(i)),
    Command.ASSIGN: lambda i: i.assign(1, "carl.clerk", by=CARL, order=None),
    Command.RELEASE: lambda i: i.release(1, "agreed by phone", by=FINN, facts=_known(i)),
    Command.RESUBMIT: lambda i: i.resubmit("line 1 is meant", an_order(), {"1": 1}, by=CARL, at=NOW),
    Command.REJECT: lambda i: i.reject("not ours", by=CLARA, order=None),
    Command.CANCEL: lambda i: i.cancel("scanned twice", by=CLARA, order=None),
}


def _known(invoice: Invoice) -> Facts:
    return facts(NOT_HERE) if invoice.state is State.MATCHING else facts()


def an_invoice_in(state: State) -> Invoice:
    if state is State.DISPUTED:
        return rematched(stored(an_invoice(document=OVERCHARGED)))
    invoice = stored(an_invoice())
    match state:
        case State.MATCHED:
            rematched(invoice)
        case State.MATCHING:
            rematched(invoice, facts(NOT_HERE))
        case State.REJECTED:
            ACTS[Command.REJECT](invoice)
            stored(invoice)
        case State.CANCELLED:
            ACTS[Command.CANCEL](invoice)
            stored(invoice)
        case _:
            pass
    assert invoice.state is state
    return invoice


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("command", ACTS)
def test_every_command_in_every_state_does_what_the_table_says(state: State, command: Command) -> None:
    invoice = an_invoice_in(state)
    if command in ALLOWED[state]:
        ACTS[command](invoice)
        assert (invoice.state, invoice.take_event().action) == (ALLOWED[state][command], command)
        return
    before = deepcopy(invoice)
    with pytest.raises(RuleBroken) as refused:
        ACTS[command](invoice)
    assert refused.value.blockers[0].code == "invoice-state"
    assert (invoice.state, invoice.exceptions, invoice.counted) == (
        before.state,
        before.exceptions,
        before.counted,
    )


def test_the_published_table_is_the_one_that_is_tested() -> None:
    sources = {c: {s for s in State if c in ALLOWED[s]} for c in ACTS}
    assert {c: set(LIFECYCLE[c].moves) for c in ACTS} == sources
    assert set(LIFECYCLE) == set(Command) == {*ACTS, Command.REGISTER, Command.MATCH}


@pytest.mark.parametrize("state", State)
def test_the_match_moves_what_waits_and_leaves_alone_what_is_over(state: State) -> None:
    invoice = an_invoice_in(state)
    moved = invoice.rematch(by=SYSTEM, facts=UNKNOWN)
    assert moved == (state in LIFECYCLE[Command.MATCH].moves)
    assert invoice.state == (State.DISPUTED if moved else state)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("actor", [CLARA, FINN, BEA, WILL, SYSTEM], ids=lambda actor: actor.person)
def test_what_actions_tells_is_what_the_commands_do(state: State, actor: Actor) -> None:
    invoice = an_invoice_in(state)
    apart = {BEA: {Command.RELEASE}, WILL: {Command.RELEASE, Command.RESUBMIT}}.get(actor, set())
    for command, blockers in invoice.actions(actor, an_order()).items():
        own = actor.roles & LIFECYCLE[command].roles
        allowed = state in LIFECYCLE[command].moves and own and command not in apart
        assert (not blockers) == bool(allowed), (command, blockers)


def test_after_three_resubmissions_somebody_has_to_decide() -> None:
    invoice = an_invoice_in(State.DISPUTED)
    for _ in range(MOST_RESUBMISSIONS):
        ACTS[Command.RESUBMIT](invoice)
        rematched(stored(invoice))
        assert invoice.state is State.DISPUTED
    with pytest.raises(RuleBroken, match="resubmitted 3 times: release its exceptions or reject it"):
        ACTS[Command.RESUBMIT](invoice)
