"""Why a command is forbidden now: state first, then content, then authority; every reason, not the first.

The commands and the question "what may I do?" ask the same guards, so that the two can never disagree.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from procurement.kernel.actor import Actor, Role
from procurement.kernel.errors import Blocker, Concern
from procurement.kernel.ids import id_text
from procurement.purchasing.domain.lifecycle import LIFECYCLE, Command, State
from procurement.purchasing.domain.policy import PurchasingPolicy
from procurement.purchasing.domain.standing import SupplierStanding

if TYPE_CHECKING:
    from procurement.purchasing.domain.order import PurchaseOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a decision rests on besides the order itself."""

    at: datetime
    standing: SupplierStanding
    policy: PurchasingPolicy


Guard: TypeAlias = Callable[["PurchaseOrder", Actor, Facts], Iterator[Blocker]]


def forbidding(order: "PurchaseOrder", command: Command, actor: Actor, facts: Facts) -> tuple[Blocker, ...]:
    found = [*_state(order, command), *_role(command, actor)]
    for guard in _GUARDS.get(command, ()):
        found.extend(guard(order, actor, facts))
    return in_order(found)


def in_order(found: list[Blocker]) -> tuple[Blocker, ...]:
    return tuple(sorted(found, key=lambda blocker: _ORDER[blocker.concern]))


_ORDER = {concern: place for place, concern in enumerate(Concern)}


def _state(order: "PurchaseOrder", command: Command) -> Iterator[Blocker]:
    sources = LIFECYCLE[command].sources
    if order.state not in sources:
        allowed = ", ".join(sorted(sources))
        yield Blocker(
            "order-state",
            Concern.STATE,
            f"the order is {order.state}; {command} is for an order in {allowed}",
        )


def _role(command: Command, actor: Actor) -> Iterator[Blocker]:
    roles = LIFECYCLE[command].roles
    if not actor.has(*roles):
        people = sorted(roles - {Role.SYSTEM})
        yield _authority("role-missing", f"{command} is for {' or '.join(people) or 'the platform itself'}")


def issued(order: "PurchaseOrder") -> Iterator[Blocker]:
    """What was not issued cannot be invoiced; so no invoice disputes it."""
    if order.state is State.APPROVED:
        yield Blocker("order-state", Concern.STATE, "the order is Approved; invoices dispute what was issued")


def supplier_eligible(standing: SupplierStanding, at: datetime) -> Iterator[Blocker]:
    if not standing.accepts_orders(at):
        held = ", on hold for orders" if standing.orders_held_until else ""
        yield Blocker(
            "supplier-not-eligible",
            Concern.STATE,
            f"supplier {id_text('sup', standing.supplier)} is {standing.status}{held}: no orders go to it",
            "/supplier_id",
        )


def _eligible(_: "PurchaseOrder", __: Actor, facts: Facts) -> Iterator[Blocker]:
    return supplier_eligible(facts.standing, facts.at)


def _by_its_requester(order: "PurchaseOrder", actor: Actor, _: Facts) -> Iterator[Blocker]:
    if order.requester.isdisjoint(actor.persons):
        yield _authority("not-the-requester", "only who requested the order may do this")


def _rate_known(order: "PurchaseOrder", _: Actor, facts: Facts) -> Iterator[Blocker]:
    if facts.policy.rate_of(order.currency) is None:
        yield Blocker(
            "exchange-rate-missing",
            Concern.CONTENT,
            f"the purchasing policy has no rate of {order.currency} into {facts.policy.base_currency}",
            "/currency",
        )


def _entitled_to_approve(order: "PurchaseOrder", actor: Actor, _: Facts) -> Iterator[Blocker]:
    if not order.requester.isdisjoint(actor.persons):
        yield _authority(
            "approver-is-requester", "nobody approves what he, or who delegated to him, requested"
        )
    if order.approval is None:
        return
    if not order.approval.persons.isdisjoint(actor.persons):
        yield _authority("approved-before", "nobody approves an order twice")
    if order.approval.missing and order.approval.tier_for(actor) is None:
        needed = min(order.approval.missing)
        yield _authority(
            "approval-level-insufficient",
            f"the order is missing an approval of level L{needed}, yours is L{actor.approval_level}",
        )


def _waited_too_long(order: "PurchaseOrder", _: Actor, facts: Facts) -> Iterator[Blocker]:
    if order.approval is None:
        return
    if order.approval.escalated_at is not None:
        yield Blocker("escalated-before", Concern.STATE, f"it was escalated at {order.approval.escalated_at}")
    days, since = facts.policy.days_to_approve, order.approval.submitted_at
    if since is None or facts.at < since + timedelta(days=days):
        yield Blocker("not-overdue", Concern.STATE, f"its approval has {days} days from {since} on")


def _entitled_to_issue(order: "PurchaseOrder", actor: Actor, facts: Facts) -> Iterator[Blocker]:
    if not actor.has(*facts.policy.issuers):
        yield _authority("issuer-role", f"the policy lets {', '.join(sorted(facts.policy.issuers))} issue")
    approved = order.approval is not None and not order.approval.persons.isdisjoint(actor.persons)
    if approved and not facts.policy.approver_may_issue:
        yield _authority("issuer-is-approver", "who approved the order may not issue it")


def nothing_came(order: "PurchaseOrder", _: Actor, __: Facts) -> Iterator[Blocker]:
    if came := [f"{receipts.accepted} of line {n}" for n, receipts in order.receipts.items()]:
        yield Blocker(
            "goods-received",
            Concern.STATE,
            f"goods came ({', '.join(came[:5])}): return them, or close the rest short",
        )
    if billed := [f"{billing.billed} of line {n}" for n, billing in order.billing.items()]:
        yield Blocker(
            "order-billed",
            Concern.STATE,
            f"invoices count ({', '.join(billed[:5])}): have them credited, or close the rest short",
        )


def _nothing_waited_for(order: "PurchaseOrder", _: Actor, __: Facts) -> Iterator[Blocker]:
    if not order.is_done:
        yield Blocker(
            "order-not-done",
            Concern.STATE,
            "an order closes by itself when something of it was closed short and everything else is"
            " received and billed",
        )


def _own_order(order: "PurchaseOrder", actor: Actor, _: Facts) -> Iterator[Blocker]:
    speaks_for_supplier = actor.has(Role.SUPPLIER) and not actor.has(Role.BUYER)
    if speaks_for_supplier and actor.supplier != id_text("sup", order.supplier):
        yield _authority("not-your-order", "the order is another supplier's")


def _authority(code: str, detail: str) -> Blocker:
    return Blocker(code, Concern.AUTHORITY, detail)


_GUARDS: dict[Command, tuple[Guard, ...]] = {
    Command.REVISE: (_eligible, _by_its_requester),
    Command.SUBMIT: (_rate_known, _by_its_requester),
    Command.APPROVE: (_entitled_to_approve,),
    Command.REJECT: (_entitled_to_approve,),
    Command.ESCALATE: (_waited_too_long,),
    Command.ISSUE: (_eligible, _entitled_to_issue),
    Command.ACKNOWLEDGE: (_own_order,),
    Command.CANCEL: (nothing_came,),
    Command.CLOSE: (_nothing_waited_for,),
}
