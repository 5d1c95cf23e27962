"""The life of a receipt as a table: every pair of state and command, allowed or refused as the table says."""

from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal

import pytest

from procurement.kernel.actor import Actor, Role
from procurement.kernel.errors import RuleBroken
from procurement.receiving.domain.lifecycle import LIFECYCLE, Command, State
from procurement.receiving.domain.line import Inspected, Quality
from procurement.receiving.domain.receipt import GoodsReceipt
from tests.unit.receiving.builders import (
    BEN,
    SYSTEM,
    WENDY,
    WILL,
    a_person,
    a_receipt,
    an_order,
    delivered,
    facts,
    stored,
    tolerating,
)

BILLED = facts(order=an_order(accepted="60", billed="60"))
TORN = Inspected(line=1, rejected=Decimal(5), reason="torn")

# Written by hand from the trade's table, not computed from LIFECYCLE.
ALLOWED: dict[State, dict[Command, State]] = {
    State.OPEN: {Command.VERIFY: State.VERIFIED, Command.REVERSE: State.REVERSED},
    State.VERIFIED: {
        Command.REVERSE: State.REVERSED,
        Command.RETURN: State.VERIFIED,
        Command.CLOSE: State.CLOSED,
    },
    State.DISCREPANT: {
        Command.ASSIGN: State.DISCREPANT,
        Command.RESOLVE: State.VERIFIED,
        Command.REJECT: State.REJECTED,
        Command.REVERSE: State.REVERSED,
    },
    State.REJECTED: {},
    State.CLOSED: {Command.RETURN: State.CLOSED},
    State.REVERSED: {},
}

ACTS: dict[Command, Callable[[GoodsReceipt], None]] = {
    Command.VERIFY: lambda r: r.verify([], by=WENDY, facts=facts()),
    Command.ASSIGN: lambda r: r.assign(1, "ben.buyer", by=BEN, facts=facts()),
    Command.RESOLVE: lambda r: r.resolve("keep it", by=BEN, facts=facts()),
    Command.REJECT: lambda r: r.reject("useless", by=BEN, facts=facts()),
    Command.REVERSE: lambda r: r.reverse("miscount", by=WILL, facts=facts()),
    Command.RETURN: lambda r: r.send_back("rust", {1: Decimal(1)}, by=WILL, facts=facts()),
    Command.CLOSE: lambda r: r.close(by=SYSTEM, facts=BILLED),
}

WAY_TO: dict[State, tuple[Callable[[GoodsReceipt], None], ...]] = {
    State.OPEN: (),
    State.VERIFIED: (ACTS[Command.VERIFY],),
    State.DISCREPANT: (lambda r: r.verify([TORN], by=WENDY, facts=facts()),),
    State.REJECTED: (lambda r: r.verify([TORN], by=WENDY, facts=facts()), ACTS[Command.REJECT]),
    State.CLOSED: (ACTS[Command.VERIFY], ACTS[Command.CLOSE]),
    State.REVERSED: (ACTS[Command.REVERSE],),
}


def a_receipt_in(state: State) -> GoodsReceipt:
    receipt = stored(a_receipt())
    for step in WAY_TO[state]:
        step(receipt)
        stored(receipt)
    assert receipt.state is state
    return receipt


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("command", ACTS)
def test_every_command_in_every_state_does_what_the_table_says(state: State, command: Command) -> None:
    receipt = a_receipt_in(state)
    if command in ALLOWED[state]:
        ACTS[command](receipt)
        assert (receipt.state, receipt.take_event().action) == (ALLOWED[state][command], command)
        return
    before = deepcopy(receipt)
    with pytest.raises(RuleBroken) as refused:
        ACTS[command](receipt)
    assert refused.value.blockers[0].code == "receipt-state"
    assert (receipt.state, receipt.lines) == (before.state, before.lines)


def test_the_published_table_is_the_one_that_is_tested() -> None:
    sources = {c: {s for s in State if c in ALLOWED[s]} for c in ACTS}
    assert {c: set(LIFECYCLE[c].moves) for c in ACTS} == sources
    assert set(LIFECYCLE) == set(Command)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("actor", [WILL, BEN, SYSTEM], ids=lambda actor: actor.person)
def test_what_actions_tells_is_what_the_commands_do(state: State, actor: Actor) -> None:
    receipt = a_receipt_in(state)
    for command, blockers in receipt.actions(actor, BILLED).items():
        own = actor.roles & LIFECYCLE[command].roles
        second = actor is WILL and command in {Command.RESOLVE, Command.REJECT}
        assert (not blockers) == bool(command in ALLOWED[state] and own and not second), (command, blockers)


@pytest.mark.parametrize(
    "status", ["Draft", "AwaitingApproval", "Approved", "Closed", "Cancelled", "Disputed"]
)
def test_nothing_is_received_for_an_order_that_is_not_open(status: str) -> None:
    """https://github.com/moiz-lakkadkutta/Fabric-Inventory/issues/200: received on a cancelled order."""
    known = facts(order=an_order(status=status))
    with pytest.raises(RuleBroken, match=f"order PO-2026-000001 is {status}") as refused:
        a_receipt(known=known)
    assert [b.code for b in refused.value.blockers] == ["order-not-open"]
    receipt = stored(a_receipt())
    with pytest.raises(RuleBroken) as refused:
        receipt.verify([], by=WILL, facts=known)
    assert [b.code for b in refused.value.blockers] == ["order-not-open"]
    receipt.reverse("cancelled meanwhile", by=WILL, facts=known)


def test_every_blocker_is_told_at_once_in_order() -> None:
    known = facts(order=an_order(status="Disputed"))
    approver = a_person("ann.approver", Role.APPROVER, for_whom="bea.buyer")
    came = [delivered("100.5"), delivered("1", line=7), delivered("0", line=1)]
    with pytest.raises(RuleBroken) as refused:
        a_receipt(*came, by=approver, known=known)
    assert [(b.concern.value, b.code) for b in refused.value.blockers] == [
        ("state", "order-not-open"),
        ("content", "line-repeated"),
        ("content", "over-receipt"),
        ("content", "line-unknown"),
        ("content", "bad-quantity"),
        ("authority", "role-missing"),
        ("authority", "receiver-is-requester"),
        ("authority", "receiver-is-approver"),
    ]


@pytest.mark.parametrize("person", ["bea.buyer", "ann.approver"])
@pytest.mark.parametrize("delegated", [False, True])
def test_who_ordered_or_approved_does_not_receive_whoever_stands_in(person: str, delegated: bool) -> None:
    by = a_person("x", Role.WAREHOUSE, for_whom=person) if delegated else a_person(person, Role.WAREHOUSE)
    with pytest.raises(RuleBroken) as refused:
        a_receipt(by=by)
    assert refused.value.blockers[0].code.startswith("receiver-is-")
    for command, blockers in stored(a_receipt()).actions(by, facts()).items():
        assert any(b.code.startswith("receiver-is-") for b in blockers), command


def test_who_received_does_not_decide_on_the_difference() -> None:
    for person in ("will.warehouse", "wendy.warehouse"):
        receipt = a_receipt_in(State.DISCREPANT)
        both = a_person(person, Role.WAREHOUSE, Role.BUYER)
        with pytest.raises(RuleBroken) as refused:
            receipt.resolve("keep it", by=both, facts=facts())
        assert [b.code for b in refused.value.blockers] == ["resolver-is-receiver"]


@pytest.mark.parametrize(
    ("found", "codes"),
    [
        (Inspected(line=1, rejected=Decimal(61), reason="torn"), ["rejected-too-much"]),
        (Inspected(line=1, rejected=Decimal(1)), ["reason-missing"]),
        (Inspected(line=1, rejected=Decimal("0.0000001"), reason="torn"), ["bad-quantity"]),
        (Inspected(line=2), ["line-unknown"]),
    ],
)
def test_an_inspection_finds_what_can_be_found(found: Inspected, codes: list[str]) -> None:
    receipt = stored(a_receipt())
    with pytest.raises(RuleBroken) as refused:
        receipt.verify([found], by=WILL, facts=facts())
    assert [b.code for b in refused.value.blockers] == codes
    assert receipt.state is State.OPEN


def test_a_failed_inspection_is_a_discrepancy_even_with_nothing_rejected() -> None:
    receipt = stored(a_receipt())
    receipt.verify([Inspected(line=1, quality=Quality.FAILED)], by=WILL, facts=facts())
    assert [d.kind for d in receipt.discrepancies] == ["quality-failed"]


@pytest.mark.parametrize(
    ("back", "code"),
    [
        ({1: Decimal("60.000001")}, "returned-too-much"),
        ({1: Decimal(0)}, "bad-quantity"),
        ({1: Decimal(-1)}, "bad-quantity"),
        ({2: Decimal(1)}, "line-unknown"),
    ],
)
def test_no_more_than_is_here_goes_back(back: dict[int, Decimal], code: str) -> None:
    """A return of nothing, too, is refused: https://github.com/frappe/erpnext/pull/58313."""
    receipt = a_receipt_in(State.VERIFIED)
    with pytest.raises(RuleBroken) as refused:
        receipt.send_back("rust", back, by=WILL, facts=facts())
    assert [b.code for b in refused.value.blockers] == [code]


def test_what_went_back_twice_is_counted_twice() -> None:
    receipt = a_receipt_in(State.VERIFIED)
    for _ in range(2):
        receipt.send_back("rust", {1: Decimal(25)}, by=WILL, facts=facts(tolerating("0")))
        stored(receipt)
    with pytest.raises(RuleBroken, match="10 MTR of this receipt are here; 11 cannot go back"):
        receipt.send_back("rust", {1: Decimal(11)}, by=WILL, facts=facts())
