"""Why a command is forbidden now: state first, then content, then authority; every reason, not the first.

The commands and the question "what may I do?" ask the same guards, so that the two can never disagree.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from procurement.kernel.actor import Actor, Role
from procurement.kernel.errors import Blocker, Concern
from procurement.receiving.domain.expectation import ExpectedOrder
from procurement.receiving.domain.lifecycle import LIFECYCLE, Command
from procurement.receiving.domain.policy import ReceivingPolicy

if TYPE_CHECKING:
    from procurement.receiving.domain.receipt import GoodsReceipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a decision rests on besides the receipt itself."""

    expected: ExpectedOrder
    policy: ReceivingPolicy


Guard: TypeAlias = Callable[["GoodsReceipt", Actor, Facts], Iterator[Blocker]]


def forbidding(receipt: "GoodsReceipt", command: Command, actor: Actor, facts: Facts) -> list[Blocker]:
    found = [*_state(receipt, command), *_role(command, actor), *apart(actor, facts.expected)]
    for guard in _GUARDS.get(command, ()):
        found.extend(guard(receipt, actor, facts))
    return in_order(found)


def in_order(found: list[Blocker]) -> list[Blocker]:
    return sorted(found, key=lambda blocker: _ORDER[blocker.concern])


_ORDER = {concern: place for place, concern in enumerate(Concern)}


def _state(receipt: "GoodsReceipt", command: Command) -> Iterator[Blocker]:
    sources = LIFECYCLE[command].moves
    if receipt.state not in sources:
        allowed = ", ".join(sorted(str(state) for state in sources))
        yield Blocker(
            "receipt-state",
            Concern.STATE,
            f"the receipt is {receipt.state}; {command} is for a receipt in {allowed}",
        )


def _role(command: Command, actor: Actor) -> Iterator[Blocker]:
    roles = LIFECYCLE[command].roles
    if not actor.has(*roles):
        yield _authority("role-missing", f"{command} is for {' or '.join(sorted(roles))}")


def apart(actor: Actor, expected: ExpectedOrder) -> Iterator[Blocker]:
    """Who ordered the goods, or agreed to, doesn't say that they came."""
    if not expected.requesters.isdisjoint(actor.persons):
        yield _authority("receiver-is-requester", "nobody receives what he, or who delegated to him, ordered")
    if not expected.approvers.isdisjoint(actor.persons):
        yield _authority("receiver-is-approver", "nobody receives what he, or who delegated to him, approved")


def order_open(expected: ExpectedOrder) -> Iterator[Blocker]:
    if not expected.is_open:
        yield Blocker(
            "order-not-open",
            Concern.STATE,
            f"order {expected.number} is {expected.status}; goods are received for an order that is Issued"
            " or Acknowledged",
        )


def _order_still_open(_: "GoodsReceipt", __: Actor, facts: Facts) -> Iterator[Blocker]:
    return order_open(facts.expected)


def _billed(receipt: "GoodsReceipt", _: Actor, facts: Facts) -> Iterator[Blocker]:
    lines = [facts.expected.lines[line.line] for line in receipt.lines]
    if unbilled := [line for line in lines if line.billed < line.accepted]:
        of = (f"{line.accepted - line.billed} of line {line.ordered.number}" for line in unbilled[:5])
        yield Blocker("not-billed", Concern.STATE, f"{', '.join(of)} came and is not invoiced yet")
    elif not any(line.billed > 0 for line in lines):
        yield Blocker("not-billed", Concern.STATE, "nothing of it is left, and nothing was invoiced")


def _second_person(receipt: "GoodsReceipt", actor: Actor, _: Facts) -> Iterator[Blocker]:
    if not receipt.receivers.isdisjoint(actor.persons):
        yield _authority("resolver-is-receiver", "who opened or verified the receipt may not decide on it")


def _authority(code: str, detail: str) -> Blocker:
    return Blocker(code, Concern.AUTHORITY, detail)


def is_warehouse(actor: Actor) -> Iterator[Blocker]:
    if not actor.has(Role.WAREHOUSE):
        yield _authority("role-missing", "open is for warehouse")


_GUARDS: dict[Command, tuple[Guard, ...]] = {
    Command.VERIFY: (_order_still_open,),
    Command.RESOLVE: (_order_still_open, _second_person),
    Command.REJECT: (_second_person,),
    Command.CLOSE: (_billed,),
}
