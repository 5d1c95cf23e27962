"""Receiving's events as the world sees them. Names and shapes here are a public contract: docs/events."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from procurement.kernel.act import Act
from procurement.kernel.aggregate import DomainEvent
from procurement.kernel.clock import NewId
from procurement.kernel.ids import id_text
from procurement.kernel.money import in_digits
from procurement.kernel.tolerance import Tolerance
from procurement.platform.cloudevents import fact_of, policy_decided
from procurement.platform.outbox import Fact
from procurement.receiving.adapters.outbound import public
from procurement.receiving.domain import events
from procurement.receiving.domain.events import ReceiptEvent
from procurement.receiving.domain.line import ReceiptLine
from procurement.receiving.domain.policy import ReceivingPolicy
from procurement.receiving.domain.receipt import GoodsReceipt

TOPIC = "receiving.goods-receipts"
POLICY_TOPIC = "receiving.policies"
AGGREGATE_TYPE = "goods-receipt"


class EncodeGoodsReceipt:
    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def __call__(self, receipt: GoodsReceipt, event: DomainEvent, act: Act) -> Fact:
        """The version is the one the receipt is about to get."""
        assert isinstance(event, ReceiptEvent)  # noqa: S101 - a goods receipt records nothing else
        shape, special = _PUBLIC[type(event)]
        data = shape(**_facts(receipt, event), **special(receipt, event))
        return fact_of(
            act,
            event,
            event_id=self._new_id(),
            topic=TOPIC,
            aggregate_type=AGGREGATE_TYPE,
            subject=data.receipt_id,
            key=receipt.id,
            version=receipt.version + 1,
            data=data,
        )


def _facts(receipt: GoodsReceipt, event: ReceiptEvent) -> dict[str, Any]:
    return {
        "receipt_id": id_text("grn", receipt.id),
        "order_id": id_text("po", receipt.order),
        "order_number": receipt.order_number,
        "supplier_id": id_text("sup", receipt.supplier),
        "delivery_note": receipt.delivery_note,
        "opened_by": receipt.opened_by,
        "status": event.after,
        "previous_status": event.before,
        "reason": event.reason,
        "lines": [_line(receipt, line) for line in receipt.lines],
    }


def _line(receipt: GoodsReceipt, line: ReceiptLine) -> public.ReceivedLine:
    return public.ReceivedLine(
        line=line.line,
        name=line.name,
        sku=line.sku,
        unit=line.unit,
        received=in_digits(line.received),
        rejected=in_digits(line.rejected),
        returned=in_digits(line.returned),
        accepted=in_digits(receipt.counted(line).accepted),
        complete_from=in_digits(line.enough),
        quality=line.quality,
        reason=line.reason,
    )


def _nothing_more(_: GoodsReceipt, __: Any) -> dict[str, Any]:
    return {}


def _discrepancies(receipt: GoodsReceipt, _: Any) -> dict[str, Any]:
    return {
        "discrepancies": [
            public.DiscrepancyBody(
                number=found.number,
                line=found.line,
                kind=found.kind,
                quantity=in_digits(found.quantity),
                detail=found.detail,
                owner=found.owner,
                resolution=found.resolution,
            )
            for found in receipt.discrepancies
        ]
    }


def _returned(_: GoodsReceipt, event: events.GoodsReturned) -> dict[str, Any]:
    return {
        "sent_back": [public.ReturnedLine(line=n, quantity=in_digits(q)) for n, q in event.returned.items()]
    }


_PUBLIC: dict[
    type[ReceiptEvent], tuple[type[public.ReceiptFacts], Callable[[GoodsReceipt, Any], dict[str, Any]]]
] = {
    events.GoodsReceiptOpened: (public.GoodsReceiptOpened, _nothing_more),
    events.GoodsReceived: (public.GoodsReceived, _nothing_more),
    events.GoodsReceivedAfterAll: (public.GoodsReceived, _nothing_more),
    events.GoodsReceiptDiscrepancyDetected: (public.GoodsReceiptDiscrepancyDetected, _discrepancies),
    events.GoodsReceiptDiscrepancyAssigned: (public.GoodsReceiptDiscrepancyAssigned, _discrepancies),
    events.GoodsReceiptRejected: (public.GoodsReceiptRejected, _discrepancies),
    events.GoodsReceiptReversed: (public.GoodsReceiptReversed, _nothing_more),
    events.GoodsReturned: (public.GoodsReturned, _returned),
    events.GoodsReceiptClosed: (public.GoodsReceiptClosed, _nothing_more),
}


class EncodeReceivingPolicy:
    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def __call__(self, policy: ReceivingPolicy, act: Act) -> Fact:
        data = public.ReceivingPolicyDecided(
            version=policy.version, over=_tolerance(policy.over), under=_tolerance(policy.under)
        )
        return policy_decided(
            act, event_id=self._new_id(), topic=POLICY_TOPIC, version=policy.version, data=data
        )


def _tolerance(tolerance: Tolerance) -> public.ToleranceBody:
    return public.ToleranceBody(
        percentage=in_digits(tolerance.percentage),
        cap=None if tolerance.cap is None else in_digits(tolerance.cap),
    )


SCHEMAS: tuple[type[Struct], ...] = (
    *dict.fromkeys(shape for shape, _ in _PUBLIC.values()),
    public.ReceivingPolicyDecided,
)
"""Every public shape, for the schemas in docs/events."""
