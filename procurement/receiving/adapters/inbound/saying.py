"""How receipts, expectations and the policy are said in the API's words."""

import msgspec

from procurement.kernel.ids import id_text
from procurement.kernel.money import in_digits
from procurement.kernel.tolerance import Tolerance
from procurement.receiving.adapters.inbound.requests import ToleranceBody
from procurement.receiving.adapters.inbound.responses import (
    DiscrepancyBody,
    ExpectedLineBody,
    ExpectedOrderBody,
    PolicyInForce,
    ReceiptBody,
    ReceiptLineBody,
    SummaryBody,
)
from procurement.receiving.app.ports import ReceiptSummary
from procurement.receiving.domain.expectation import ExpectedLine, ExpectedOrder
from procurement.receiving.domain.line import Discrepancy, ReceiptLine
from procurement.receiving.domain.policy import ReceivingPolicy
from procurement.receiving.domain.receipt import GoodsReceipt

_encode = msgspec.json.Encoder().encode


def receipt_body(receipt: GoodsReceipt) -> bytes:
    return _encode(
        ReceiptBody(
            id=id_text("grn", receipt.id),
            status=receipt.state,
            version=receipt.version,
            order_id=id_text("po", receipt.order),
            order_number=receipt.order_number,
            supplier_id=id_text("sup", receipt.supplier),
            delivery_note=receipt.delivery_note,
            opened_by=receipt.opened_by,
            lines=[_line(receipt, line) for line in receipt.lines],
            discrepancies=[_discrepancy(found) for found in receipt.discrepancies],
            created_at=receipt.created_at,
        )
    )


def _line(receipt: GoodsReceipt, line: ReceiptLine) -> ReceiptLineBody:
    counted = receipt.counted(line)
    return ReceiptLineBody(
        line=line.line,
        name=line.name,
        sku=line.sku,
        unit=line.unit,
        advised=None if line.advised is None else in_digits(line.advised),
        received=in_digits(line.received),
        rejected=in_digits(line.rejected),
        returned=in_digits(line.returned),
        pending=in_digits(counted.pending),
        accepted=in_digits(counted.accepted),
        quality=line.quality,
        reason=line.reason,
    )


def _discrepancy(found: Discrepancy) -> DiscrepancyBody:
    return DiscrepancyBody(
        number=found.number,
        line=found.line,
        kind=found.kind,
        quantity=in_digits(found.quantity),
        detail=found.detail,
        owner=found.owner,
        resolution=found.resolution,
    )


def summary_body(receipt: ReceiptSummary) -> SummaryBody:
    return SummaryBody(
        id=id_text("grn", receipt.id),
        status=receipt.state,
        version=receipt.version,
        order_id=id_text("po", receipt.order),
        order_number=receipt.order_number,
        supplier_id=id_text("sup", receipt.supplier),
        delivery_note=receipt.delivery_note,
        opened_by=receipt.opened_by,
        line_count=receipt.line_count,
        open_discrepancies=receipt.open_discrepancies,
        created_at=receipt.created_at,
    )


def expected_body(expected: ExpectedOrder, policy: ReceivingPolicy) -> bytes:
    return _encode(
        ExpectedOrderBody(
            order_id=id_text("po", expected.order),
            order_number=expected.number,
            supplier_id=id_text("sup", expected.supplier),
            status=expected.status,
            receivable=expected.is_open,
            lines=[_expected_line(line, policy) for line in expected.lines.values()],
        )
    )


def _expected_line(line: ExpectedLine, policy: ReceivingPolicy) -> ExpectedLineBody:
    ordered = line.ordered
    return ExpectedLineBody(
        line=ordered.number,
        name=ordered.name,
        sku=ordered.sku,
        supplier_item_id=ordered.supplier_item_id,
        gtin=ordered.gtin,
        unit=ordered.unit,
        ordered=in_digits(ordered.quantity),
        closed_short=in_digits(line.released),
        pending=in_digits(line.pending),
        accepted=in_digits(line.accepted),
        at_most=in_digits(line.most(policy)),
        room=in_digits(line.room(policy)),
        tolerance=_tolerance(line.over(policy)),
    )


def _tolerance(tolerance: Tolerance) -> ToleranceBody:
    cap = tolerance.cap
    return ToleranceBody(
        percentage=in_digits(tolerance.percentage), cap=None if cap is None else in_digits(cap)
    )


def policy_body(policy: ReceivingPolicy) -> bytes:
    return _encode(
        PolicyInForce(version=policy.version, over=_tolerance(policy.over), under=_tolerance(policy.under))
    )
