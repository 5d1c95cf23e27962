"""Purchasing's events as the world sees them. Names and shapes here are a public contract: docs/events."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct

from procurement.kernel.act import Act
from procurement.kernel.aggregate import DomainEvent
from procurement.kernel.clock import NewId
from procurement.kernel.ids import id_text
from procurement.platform.cloudevents import outgoing
from procurement.platform.outbox import Fact
from procurement.purchasing.domain import events
from procurement.purchasing.domain.events import OrderEvent
from procurement.purchasing.domain.line import Line
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.policy import PurchasingPolicy

TOPIC = "purchasing.purchase-orders"
POLICY_TOPIC = "purchasing.policies"
AGGREGATE_TYPE = "purchase-order"

Amount = Annotated[
    Decimal, Meta(description="Decimal number as a string, all decimals kept.", examples=["12.34"])
]


class OrderFacts(Struct, frozen=True, kw_only=True):
    """What every event of a purchase order tells."""

    order_id: Annotated[str, Meta(description="The order's id.", examples=["po_0192…"])]
    number: Annotated[str, Meta(description="The number that people use.", examples=["PO-2026-000123"])]
    supplier_id: Annotated[str, Meta(description="The supplier's id.", examples=["sup_0192…"])]
    requested_by: Annotated[str, Meta(description="Who requested the order.")]
    status: Annotated[str, Meta(description="State after the event.", examples=["Issued"])]
    previous_status: Annotated[str | None, Meta(description="State before the event; null for a new order.")]
    revision: Annotated[int, Meta(description="Which revision of the content is meant.")]
    currency: Annotated[str, Meta(description="ISO 4217 code of the order's currency.", examples=["EUR"])]
    total: Amount
    line_count: int
    reason: Annotated[str | None, Meta(description="Why, in the words of who did it.")]


class PurchaseOrderCreated(OrderFacts, frozen=True, kw_only=True):
    """A buyer drafted an order."""


class PurchaseOrderRevised(OrderFacts, frozen=True, kw_only=True):
    """The requester replaced the content of his draft."""


class PurchaseOrderSubmitted(OrderFacts, frozen=True, kw_only=True):
    """The requester asked for approval; rate and tiers are fixed from here on."""

    base_currency: str
    base_total: Amount
    rate: Amount
    required_levels: Annotated[list[str], Meta(description="One approval each.", examples=[["L2"]])]


class PurchaseOrderApproved(OrderFacts, frozen=True, kw_only=True):
    """An approver approved the version he saw. While `missing_levels` is not empty, more must."""

    approved_by: str
    on_behalf_of: str | None
    level: Annotated[str, Meta(description="The tier that this approval fills.", examples=["L2"])]
    approved_version: Annotated[int, Meta(description="The version that the approver saw.")]
    missing_levels: list[str]


class PurchaseOrderRejected(OrderFacts, frozen=True, kw_only=True):
    """An approver sent the order back to its requester."""


class IssuedLine(Struct, frozen=True, kw_only=True):
    line: Annotated[int, Meta(description="Number of the line within the order, from 1.")]
    name: str
    sku: str | None
    supplier_item_id: str | None
    gtin: str | None
    quantity: Amount
    unit: Annotated[str, Meta(description="UN/ECE Recommendation 20 code.", examples=["KGM"])]
    price: Amount
    base_quantity: Annotated[Decimal, Meta(description="The price is for so many units.", examples=["1"])]
    total: Amount


class PurchaseOrderIssued(OrderFacts, frozen=True, kw_only=True):
    """The order went out to the supplier: this is what may be received and invoiced."""

    lines: list[IssuedLine]


class Proposal(Struct, frozen=True, kw_only=True):
    line: int
    quantity: Amount | None
    price: Amount | None
    deliver_by: str | None
    note: str | None


class PurchaseOrderAcknowledged(OrderFacts, frozen=True, kw_only=True):
    """The supplier took the order; what he would rather deliver is recorded, not applied."""

    proposals: list[Proposal]


class PurchaseOrderCancelled(OrderFacts, frozen=True, kw_only=True):
    """Nothing of this order will come."""


class Released(Struct, frozen=True, kw_only=True):
    line: int
    quantity: Amount


class PurchaseOrderClosedShort(OrderFacts, frozen=True, kw_only=True):
    """The buyer gave up open quantities; with status Closed nothing is open any more."""

    released: list[Released]


class PurchaseOrderDisputed(OrderFacts, frozen=True, kw_only=True):
    """The order is stopped until the dispute is resolved."""


class PurchaseOrderDisputeResolved(OrderFacts, frozen=True, kw_only=True):
    """The order goes on where it stopped, or is cancelled."""


class EncodePurchaseOrder:
    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def __call__(self, order: PurchaseOrder, event: DomainEvent, act: Act) -> Fact:
        """The version is the one the order is about to get."""
        assert isinstance(event, OrderEvent)  # noqa: S101 - a purchase order records nothing else
        public, special = _PUBLIC[type(event)]
        data = public(**_facts(order, event), **special(order, event))
        version = order.version + 1
        message = outgoing(
            act,
            event_id=self._new_id(),
            topic=TOPIC,
            name=public.__name__,
            subject=data.order_id,
            key=order.id,
            version=version,
            data=data,
        )
        return Fact(
            message=message,
            version=version,
            action=event.action,
            from_state=event.before,
            to_state=event.after,
            reason=event.reason,
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
        "total": order.total.amount,
        "line_count": len(order.content.lines),
        "reason": event.reason,
    }


def _nothing_more(_: PurchaseOrder, __: Any) -> dict[str, Any]:
    return {}


def _submitted(order: PurchaseOrder, _: events.PurchaseOrderSubmitted) -> dict[str, Any]:
    assert order.approval is not None  # noqa: S101 - submitting begins the round
    return {
        "base_currency": order.approval.base_total.currency,
        "base_total": order.approval.base_total.amount,
        "rate": order.approval.rate,
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


def _issued(order: PurchaseOrder, _: events.PurchaseOrderIssued) -> dict[str, Any]:
    return {"lines": [_issued_line(line) for line in order.content.lines]}


def _issued_line(line: Line) -> IssuedLine:
    return IssuedLine(
        line=line.number,
        name=line.item.name,
        sku=line.item.sku,
        supplier_item_id=line.item.supplier_item_id,
        gtin=line.item.gtin,
        quantity=line.quantity.value,
        unit=line.quantity.unit,
        price=line.price.amount,
        base_quantity=line.price.base_quantity,
        total=line.total.amount,
    )


def _acknowledged(_: PurchaseOrder, event: events.PurchaseOrderAcknowledged) -> dict[str, Any]:
    return {
        "proposals": [
            Proposal(
                line=p.line,
                quantity=p.quantity,
                price=p.price,
                deliver_by=p.deliver_by.isoformat() if p.deliver_by else None,
                note=p.note,
            )
            for p in event.proposals
        ]
    }


def _closed_short(_: PurchaseOrder, event: events.PurchaseOrderClosedShort) -> dict[str, Any]:
    return {"released": [Released(line=n, quantity=q) for n, q in event.released.items()]}


_PUBLIC: dict[type[OrderEvent], tuple[type[OrderFacts], Callable[[PurchaseOrder, Any], dict[str, Any]]]] = {
    events.PurchaseOrderCreated: (PurchaseOrderCreated, _nothing_more),
    events.PurchaseOrderRevised: (PurchaseOrderRevised, _nothing_more),
    events.PurchaseOrderSubmitted: (PurchaseOrderSubmitted, _submitted),
    events.PurchaseOrderApproved: (PurchaseOrderApproved, _approved),
    events.PurchaseOrderRejected: (PurchaseOrderRejected, _nothing_more),
    events.PurchaseOrderIssued: (PurchaseOrderIssued, _issued),
    events.PurchaseOrderAcknowledged: (PurchaseOrderAcknowledged, _acknowledged),
    events.PurchaseOrderCancelled: (PurchaseOrderCancelled, _nothing_more),
    events.PurchaseOrderClosedShort: (PurchaseOrderClosedShort, _closed_short),
    events.PurchaseOrderDisputed: (PurchaseOrderDisputed, _nothing_more),
    events.PurchaseOrderDisputeResolved: (PurchaseOrderDisputeResolved, _nothing_more),
}


class PurchasingPolicyDecided(Struct, frozen=True, kw_only=True):
    """The tenant decided anew who approves how much. Orders under approval keep the tiers they have."""

    version: int
    base_currency: str
    tiers: Annotated[
        list[dict[str, Any]],
        Meta(
            description="Amount up to which a tier reaches, and the levels it takes, each another person's."
        ),
    ]
    rates: Annotated[dict[str, Decimal], Meta(description="Base currency for one unit of another currency.")]
    issuers: list[str]
    approver_may_issue: bool


class EncodePurchasingPolicy:
    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def __call__(self, policy: PurchasingPolicy, act: Act) -> Fact:
        data = PurchasingPolicyDecided(
            version=policy.version,
            base_currency=policy.base_currency,
            tiers=[
                {"up_to": tier.up_to, "levels": [f"L{level}" for level in tier.levels]}
                for tier in policy.tiers
            ],
            rates=policy.rates,
            issuers=sorted(policy.issuers),
            approver_may_issue=policy.approver_may_issue,
        )
        message = outgoing(
            act,
            event_id=self._new_id(),
            topic=POLICY_TOPIC,
            name="PurchasingPolicyDecided",
            subject=str(act.tenant),
            key=act.tenant,
            version=policy.version,
            data=data,
        )
        return Fact(
            message=message,
            version=policy.version,
            action="decide-policy",
            from_state=None,
            to_state="InForce",
            reason=None,
        )


SCHEMAS: tuple[type[Struct], ...] = (*(public for public, _ in _PUBLIC.values()), PurchasingPolicyDecided)
"""Every public shape, for the schemas in docs/events."""
