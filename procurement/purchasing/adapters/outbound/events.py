"""Purchasing's events as the world sees them. Names and shapes here are a public contract: docs/events."""

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import Struct

from procurement.kernel.act import Act
from procurement.kernel.aggregate import DomainEvent
from procurement.kernel.clock import NewId
from procurement.kernel.ids import id_text
from procurement.kernel.money import in_digits
from procurement.platform.cloudevents import fact_of, policy_decided
from procurement.platform.outbox import Fact
from procurement.purchasing.adapters.outbound.lines import issued_line, line_progressed
from procurement.purchasing.adapters.outbound.public import (
    OrderFacts,
    Proposal,
    PurchaseOrderAcknowledged,
    PurchaseOrderApproved,
    PurchaseOrderBillingProgressed,
    PurchaseOrderCancelled,
    PurchaseOrderClosed,
    PurchaseOrderClosedShort,
    PurchaseOrderCreated,
    PurchaseOrderDisputed,
    PurchaseOrderDisputeResolved,
    PurchaseOrderEscalated,
    PurchaseOrderIssued,
    PurchaseOrderReceiptProgressed,
    PurchaseOrderRejected,
    PurchaseOrderRevised,
    PurchaseOrderSubmitted,
    PurchasingPolicyDecided,
    Released,
)
from procurement.purchasing.domain import events
from procurement.purchasing.domain.events import OrderEvent
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.policy import PurchasingPolicy

TOPIC = "purchasing.purchase-orders"
POLICY_TOPIC = "purchasing.policies"
AGGREGATE_TYPE = "purchase-order"


class EncodePurchaseOrder:
    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def __call__(self, order: PurchaseOrder, event: DomainEvent, act: Act) -> Fact:
        """The version is the one the order is about to get."""
        assert isinstance(event, OrderEvent)  # noqa: S101 - a purchase order records nothing else
        public, special = _PUBLIC[type(event)]
        data = public(**_facts(order, event), **special(order, event))
        return fact_of(
            act,
            event,
            event_id=self._new_id(),
            topic=TOPIC,
            aggregate_type=AGGREGATE_TYPE,
            subject=data.order_id,
            key=order.id,
            version=order.version + 1,
            data=data,
        )


def _facts(order: PurchaseOrder, event: OrderEvent) -> dict[str, Any]:
    return {
        "order_id": id_text("po", order.id),
        "number": order.number,
        "supplier_id": id_text("sup", order.supplier),
        "requested_by": order.requested_by,
        "status": event.after,
        "previous_status": event.before,
        "revision": order.revision,
        "currency": order.currency,
        "total": in_digits(order.total.amount),
        "line_count": len(order.content.lines),
        "reason": event.reason,
    }


def _nothing_more(_: PurchaseOrder, __: Any) -> dict[str, Any]:
    return {}


def _submitted(order: PurchaseOrder, _: events.PurchaseOrderSubmitted) -> dict[str, Any]:
    assert order.approval is not None  # noqa: S101 - submitting begins the round
    return {
        "base_currency": order.approval.base_total.currency,
        "base_total": in_digits(order.approval.base_total.amount),
        "rate": in_digits(order.approval.rate),
        "required_levels": [f"L{level}" for level in order.approval.required],
    }


def _approved(order: PurchaseOrder, event: events.PurchaseOrderApproved) -> dict[str, Any]:
    assert order.approval is not None  # noqa: S101 - approving is part of a round
    return {
        "approved_by": event.approval.person,
        "on_behalf_of": event.approval.on_behalf_of,
        "level": f"L{event.approval.level}",
        "approved_version": event.approval.version,
        "missing_levels": [f"L{level}" for level in order.approval.missing],
    }


def _escalated(order: PurchaseOrder, _: events.PurchaseOrderEscalated) -> dict[str, Any]:
    assert order.approval is not None  # noqa: S101 - what waits has its round
    return {
        "submitted_at": order.approval.submitted_at,
        "base_currency": order.approval.base_total.currency,
        "base_total": in_digits(order.approval.base_total.amount),
        "missing_levels": [f"L{level}" for level in order.approval.missing],
    }


def _issued(order: PurchaseOrder, _: events.PurchaseOrderIssued) -> dict[str, Any]:
    return {"lines": [issued_line(line) for line in order.content.lines]}


def _acknowledged(_: PurchaseOrder, event: events.PurchaseOrderAcknowledged) -> dict[str, Any]:
    return {
        "proposals": [
            Proposal(
                line=p.line,
                quantity=None if p.quantity is None else in_digits(p.quantity),
                price=None if p.price is None else in_digits(p.price),
                deliver_by=p.deliver_by.isoformat() if p.deliver_by else None,
                note=p.note,
            )
            for p in event.proposals
        ]
    }


def _closed_short(_: PurchaseOrder, event: events.PurchaseOrderClosedShort) -> dict[str, Any]:
    return {"released": [Released(line=n, quantity=in_digits(q)) for n, q in event.released.items()]}


def _disputed(_: PurchaseOrder, event: events.PurchaseOrderDisputed) -> dict[str, Any]:
    return {"invoice_id": id_text("inv", event.invoice) if event.invoice else None}


def _progressed(order: PurchaseOrder, event: events.OrderProgressed, lines: str) -> dict[str, Any]:
    """`lines` is the member that tells what moved."""
    ordered = {line.number: line.quantity.value for line in order.content.lines}
    progress = order.progress()
    return {
        "receipt_status": progress.receipt_status,
        "billing_status": progress.billing_status,
        lines: [line_progressed(n, ordered[n], progress.lines[n]) for n in event.lines],
    }


_PUBLIC: dict[type[OrderEvent], tuple[type[OrderFacts], Callable[[PurchaseOrder, Any], dict[str, Any]]]] = {
    events.PurchaseOrderCreated: (PurchaseOrderCreated, _nothing_more),
    events.PurchaseOrderRevised: (PurchaseOrderRevised, _nothing_more),
    events.PurchaseOrderSubmitted: (PurchaseOrderSubmitted, _submitted),
    events.PurchaseOrderApproved: (PurchaseOrderApproved, _approved),
    events.PurchaseOrderRejected: (PurchaseOrderRejected, _nothing_more),
    events.PurchaseOrderEscalated: (PurchaseOrderEscalated, _escalated),
    events.PurchaseOrderIssued: (PurchaseOrderIssued, _issued),
    events.PurchaseOrderAcknowledged: (PurchaseOrderAcknowledged, _acknowledged),
    events.PurchaseOrderCancelled: (PurchaseOrderCancelled, _nothing_more),
    events.PurchaseOrderClosedShort: (PurchaseOrderClosedShort, _closed_short),
    events.PurchaseOrderDisputed: (PurchaseOrderDisputed, _disputed),
    events.PurchaseOrderDisputeResolved: (PurchaseOrderDisputeResolved, _nothing_more),
    events.PurchaseOrderReceiptProgressed: (
        PurchaseOrderReceiptProgressed,
        partial(_progressed, lines="received"),
    ),
    events.PurchaseOrderBillingProgressed: (
        PurchaseOrderBillingProgressed,
        partial(_progressed, lines="billed"),
    ),
    events.PurchaseOrderClosed: (PurchaseOrderClosed, _nothing_more),
}


class EncodePurchasingPolicy:
    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def __call__(self, policy: PurchasingPolicy, act: Act) -> Fact:
        data = PurchasingPolicyDecided(
            version=policy.version,
            base_currency=policy.base_currency,
            tiers=[
                {
                    "up_to": None if tier.up_to is None else in_digits(tier.up_to),
                    "levels": [f"L{level}" for level in tier.levels],
                }
                for tier in policy.tiers
            ],
            rates={currency: in_digits(rate) for currency, rate in policy.rates.items()},
            issuers=sorted(policy.issuers),
            approver_may_issue=policy.approver_may_issue,
            days_to_approve=policy.days_to_approve,
        )
        return policy_decided(
            act, event_id=self._new_id(), topic=POLICY_TOPIC, version=policy.version, data=data
        )


SCHEMAS: tuple[type[Struct], ...] = (*(public for public, _ in _PUBLIC.values()), PurchasingPolicyDecided)
"""Every public shape, for the schemas in docs/events."""
