"""How the lines of an order are said in public."""

from decimal import Decimal

from procurement.kernel.money import in_digits
from procurement.kernel.tolerance import Tolerance
from procurement.purchasing.adapters.outbound.public import AgreedTolerance, IssuedLine, LineProgressed
from procurement.purchasing.domain.line import Line
from procurement.purchasing.domain.progress import LineProgress


def issued_line(line: Line) -> IssuedLine:
    return IssuedLine(
        line=line.number,
        name=line.item.name,
        sku=line.item.sku,
        supplier_item_id=line.item.supplier_item_id,
        gtin=line.item.gtin,
        quantity=in_digits(line.quantity.value),
        unit=line.quantity.unit,
        price=in_digits(line.price.amount),
        base_quantity=in_digits(line.price.base_quantity),
        total=in_digits(line.total.amount),
        over_receipt=_agreed(line.over_receipt) if line.over_receipt else None,
    )


def _agreed(tolerance: Tolerance) -> AgreedTolerance:
    cap = tolerance.cap
    return AgreedTolerance(
        percentage=in_digits(tolerance.percentage), cap=None if cap is None else in_digits(cap)
    )


def line_progressed(number: int, ordered: Decimal, line: LineProgress) -> LineProgressed:
    return LineProgressed(
        line=number,
        ordered=in_digits(ordered),
        closed_short=in_digits(ordered - line.due),
        received=in_digits(line.receipts.accepted),
        receipt_status=line.receipt_status,
        billed=in_digits(line.billing.billed),
        billed_net=in_digits(line.billing.net),
        billing_status=line.billing_status,
    )
