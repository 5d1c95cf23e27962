"""Why a command is forbidden now: state first, then content, then authority; every reason, not the first.

The commands and the question "what may I do?" ask the same guards, so that the two can never disagree.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from procurement.invoicing.domain.lifecycle import LIFECYCLE, MOST_RESUBMISSIONS, Command
from procurement.invoicing.domain.ordered import BillableOrder, Corrected
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.kernel.actor import Actor
from procurement.kernel.errors import Blocker, Concern

if TYPE_CHECKING:
    from procurement.invoicing.domain.invoice import Invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a decision rests on besides the invoice itself."""

    order: BillableOrder | None
    """None while it is unknown, or is another supplier's."""
    policy: InvoicingPolicy
    corrected: Corrected | None = None


Guard: TypeAlias = Callable[["Invoice", Actor, BillableOrder | None], Iterator[Blocker]]


def forbidding(
    invoice: "Invoice", command: Command, actor: Actor, order: BillableOrder | None
) -> list[Blocker]:
    found = [*_state(invoice, command), *has_role(command, actor)]
    for guard in _GUARDS.get(command, ()):
        found.extend(guard(invoice, actor, order))
    return in_order(found)


def in_order(found: list[Blocker]) -> list[Blocker]:
    return sorted(found, key=lambda blocker: _ORDER[blocker.concern])


_ORDER = {concern: place for place, concern in enumerate(Concern)}


def _state(invoice: "Invoice", command: Command) -> Iterator[Blocker]:
    sources = LIFECYCLE[command].moves
    if invoice.state not in sources:
        allowed = ", ".join(sorted(str(state) for state in sources))
        yield Blocker(
            "invoice-state",
            Concern.STATE,
            f"the invoice is {invoice.state}; {command} is for an invoice in {allowed}",
        )


def has_role(command: Command, actor: Actor) -> Iterator[Blocker]:
    roles = LIFECYCLE[command].roles
    if not actor.has(*roles):
        yield _authority("role-missing", f"{command} is for {' or '.join(sorted(roles))}")


def apart(actor: Actor, order: BillableOrder | None) -> Iterator[Blocker]:
    """Who says that the goods came doesn't also enter the invoice for them."""
    if order and not order.receivers.isdisjoint(actor.persons):
        yield _authority(
            "enterer-is-receiver",
            "nobody enters the invoice for goods that he, or who delegated to him, received",
        )


def _resubmissions(invoice: "Invoice", _: Actor, __: BillableOrder | None) -> Iterator[Blocker]:
    if invoice.resubmissions >= MOST_RESUBMISSIONS:
        yield Blocker(
            "resubmissions-used-up",
            Concern.STATE,
            f"it was resubmitted {invoice.resubmissions} times: release its exceptions or reject it",
        )


def _second_person(invoice: "Invoice", actor: Actor, order: BillableOrder | None) -> Iterator[Blocker]:
    if not invoice.entered_by_persons.isdisjoint(actor.persons):
        yield _authority("releaser-is-enterer", "who entered or resubmitted the invoice may not release it")
    if order and not order.requesters.isdisjoint(actor.persons):
        yield _authority("releaser-is-requester", "who ordered the goods may not release their invoice")
    if order and not order.receivers.isdisjoint(actor.persons):
        yield _authority("releaser-is-receiver", "who received the goods may not release their invoice")


def _authority(code: str, detail: str) -> Blocker:
    return Blocker(code, Concern.AUTHORITY, detail)


def _also_apart(_: "Invoice", actor: Actor, order: BillableOrder | None) -> Iterator[Blocker]:
    return apart(actor, order)


_GUARDS: dict[Command, tuple[Guard, ...]] = {
    Command.RESUBMIT: (_resubmissions, _also_apart),
    Command.RELEASE: (_second_person,),
}
