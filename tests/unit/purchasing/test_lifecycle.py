"""The life of an order as a table: every pair of state and command, allowed or refused as the table says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from procurement.kernel.actor import Role
from procurement.kernel.errors import RuleBroken
from procurement.purchasing.domain.lifecycle import LIFECYCLE, Command, State
from procurement.purchasing.domain.order import SYSTEM, PurchaseOrder
from procurement.purchasing.domain.progress import LineBilling, LineReceipts
from tests.unit.purchasing.builders import BUYER, FINANCE, L1, a_content, an_order, facts, still_open, stored

# Written by hand from the trade's table, not computed from LIFECYCLE.
ALLOWED: dict[State, dict[Command, State]] = {
    State.DRAFT: {
        Command.REVISE: State.DRAFT,
        Command.SUBMIT: State.AWAITING_APPROVAL,
        Command.CANCEL: State.CANCELLED,
    },
    State.AWAITING_APPROVAL: {
        Command.APPROVE: State.APPROVED,
        Command.REJECT: State.DRAFT,
        Command.ESCALATE: State.AWAITING_APPROVAL,
        Command.CANCEL: State.CANCELLED,
    },
    State.APPROVED: {
        Command.ISSUE: State.ISSUED,
        Command.CANCEL: State.CANCELLED,
        Command.DISPUTE: State.DISPUTED,
    },
    State.ISSUED: {
        Command.NOTE_RECEIPTS: State.ISSUED,
        Command.NOTE_BILLING: State.ISSUED,
        Command.CLOSE: State.CLOSED,
        Command.ACKNOWLEDGE: State.ACKNOWLEDGED,
        Command.CANCEL: State.CANCELLED,
        Command.CLOSE_SHORT: State.CLOSED,
        Command.DISPUTE: State.DISPUTED,
    },
    State.ACKNOWLEDGED: {
        Command.NOTE_RECEIPTS: State.ACKNOWLEDGED,
        Command.NOTE_BILLING: State.ACKNOWLEDGED,
        Command.CLOSE: State.CLOSED,
        Command.CANCEL: State.CANCELLED,
        Command.CLOSE_SHORT: State.CLOSED,
        Command.DISPUTE: State.DISPUTED,
    },
    State.CLOSED: {Command.NOTE_RECEIPTS: State.CLOSED, Command.NOTE_BILLING: State.CLOSED},
    State.CANCELLED: {Command.NOTE_RECEIPTS: State.CANCELLED, Command.NOTE_BILLING: State.CANCELLED},
    State.DISPUTED: {
        Command.NOTE_RECEIPTS: State.DISPUTED,
        Command.NOTE_BILLING: State.DISPUTED,
        Command.RESOLVE: State.ISSUED,
    },
}

CAME = {1: LineReceipts(Decimal(1), Decimal(3))}
BILLED = {1: LineBilling(Decimal(1), Decimal(10))}


LATER = replace(facts(), at=facts().at + timedelta(days=5))
"""When an order submitted now is escalated."""


def done(order: PurchaseOrder) -> PurchaseOrder:
    """1 of 3 came and was billed, the rest was closed short."""
    order.receipts, order.billing, order.closed_short = CAME, BILLED, {1: Decimal(2)}
    return order


ACTS: dict[Command, Callable[[PurchaseOrder], None]] = {
    Command.REVISE: lambda o: o.revise(a_content("5.00"), by=BUYER, facts=facts()),
    Command.SUBMIT: lambda o: o.submit(by=BUYER, facts=facts()),
    Command.APPROVE: lambda o: o.approve(by=L1, facts=facts()),
    Command.REJECT: lambda o: o.reject("too dear", by=L1, facts=facts()),
    Command.ESCALATE: lambda o: o.escalate(by=SYSTEM, facts=LATER),
    Command.ISSUE: lambda o: o.issue(by=FINANCE, facts=facts()),
    Command.ACKNOWLEDGE: lambda o: o.acknowledge([], by=BUYER, facts=facts()),
    Command.CANCEL: lambda o: o.cancel("not needed", by=BUYER, facts=facts()),
    Command.CLOSE_SHORT: lambda o: o.close_short("enough", None, by=BUYER, facts=facts()),
    Command.DISPUTE: lambda o: o.open_dispute("wrong goods", by=BUYER, facts=facts()),
    Command.NOTE_RECEIPTS: lambda o: o.note_receipts(CAME, by=SYSTEM, facts=facts()),
    Command.NOTE_BILLING: lambda o: o.note_billing(BILLED, by=SYSTEM, facts=facts()),
    Command.CLOSE: lambda o: done(o).close(by=SYSTEM, facts=facts()),
    Command.RESOLVE: lambda o: o.resolve(cancel=False, reason="settled", by=BUYER, facts=facts()),
}

WAY_TO: dict[State, tuple[Command, ...]] = {
    State.DRAFT: (),
    State.AWAITING_APPROVAL: (Command.SUBMIT,),
    State.APPROVED: (Command.SUBMIT, Command.APPROVE),
    State.ISSUED: (Command.SUBMIT, Command.APPROVE, Command.ISSUE),
    State.ACKNOWLEDGED: (Command.SUBMIT, Command.APPROVE, Command.ISSUE, Command.ACKNOWLEDGE),
    State.CLOSED: (Command.SUBMIT, Command.APPROVE, Command.ISSUE, Command.CLOSE_SHORT),
    State.CANCELLED: (Command.CANCEL,),
    State.DISPUTED: (Command.SUBMIT, Command.APPROVE, Command.ISSUE, Command.DISPUTE),
}


def an_order_in(state: State) -> PurchaseOrder:
    order = stored(an_order())
    for command in WAY_TO[state]:
        ACTS[command](order)
        stored(order)
    assert order.state is state
    return order


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("command", ACTS)
def test_every_command_in_every_state_does_what_the_table_says(state: State, command: Command) -> None:
    order = an_order_in(state)
    if command in ALLOWED[state]:
        ACTS[command](order)
        assert (order.state, order.take_event().action) == (ALLOWED[state][command], command)
    else:
        with pytest.raises(RuleBroken) as refused:
            ACTS[command](order)
        assert refused.value.blockers[0].code == "order-state"
        assert order.state is state


def test_the_published_table_is_the_one_that_is_tested() -> None:
    sources = {c: {s for s in State if c in ALLOWED[s]} for c in ACTS}
    assert {c: set(LIFECYCLE[c].sources) for c in ACTS} == sources
    assert set(ACTS) == set(Command) - {Command.CREATE}
    assert set(LIFECYCLE) == set(Command)


@pytest.mark.parametrize("state", State)
def test_what_actions_tells_is_what_the_commands_do(state: State) -> None:
    order = an_order_in(state)
    told = order.actions(BUYER, facts())
    for command, blockers in told.items():
        if Role.BUYER in LIFECYCLE[command].roles:
            assert (not blockers) == (command in ALLOWED[state]), (command, blockers)


def test_resuming_leads_back_to_where_the_dispute_began() -> None:
    for state in (State.APPROVED, State.ISSUED, State.ACKNOWLEDGED):
        order = an_order_in(state)
        order.open_dispute("wrong goods", by=BUYER, facts=facts())
        stored(order)
        order.resolve(cancel=False, reason="settled", by=BUYER, facts=facts())
        assert (order.state, order.dispute) == (state, None)


def test_a_dispute_can_end_in_cancellation() -> None:
    order = an_order_in(State.DISPUTED)
    order.resolve(cancel=True, reason="given up", by=BUYER, facts=facts())
    assert order.state is State.CANCELLED


def test_closing_a_part_short_leaves_the_order_open() -> None:
    order = an_order_in(State.ISSUED)
    order.close_short("enough", {1: Decimal(1)}, by=BUYER, facts=facts())
    assert (order.state, still_open(order)) == (State.ISSUED, {1: Decimal(2)})
    stored(order)
    order.close_short("enough", {1: Decimal(2)}, by=BUYER, facts=facts())
    assert (order.state, still_open(order)) == (State.CLOSED, {1: Decimal(0)})


@pytest.mark.parametrize(
    ("release", "code"),
    [
        ({1: Decimal("3.000001")}, "quantity-not-open"),
        ({1: Decimal(-1)}, "quantity-not-open"),
        ({1: Decimal(0)}, "quantity-not-open"),
        ({7: Decimal(1)}, "line-unknown"),
    ],
)
def test_no_more_than_is_open_can_be_closed_short(release: dict[int, Decimal], code: str) -> None:
    order = an_order_in(State.ISSUED)
    with pytest.raises(RuleBroken) as refused:
        order.close_short("enough", release, by=BUYER, facts=facts())
    assert [b.code for b in refused.value.blockers] == [code]
    assert order.closed_short == {}


def test_nothing_closes_before_it_is_done() -> None:
    for missing in ("receipts", "billing", "closed_short"):
        order = done(an_order_in(State.ISSUED))
        setattr(order, missing, {})
        with pytest.raises(RuleBroken) as refused:
            order.close(by=SYSTEM, facts=facts())
        assert [b.code for b in refused.value.blockers] == ["order-not-done"]
