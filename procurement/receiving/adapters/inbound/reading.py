"""How the bodies of receiving's API become the trade's values."""

from decimal import Decimal
from uuid import UUID

from procurement.kernel.ids import OrderId
from procurement.kernel.tolerance import Tolerance
from procurement.platform.http.fields import Fields, each_line_once
from procurement.receiving.adapters.inbound.requests import (
    OpenBody,
    PolicyBody,
    ReturnBody,
    ToleranceBody,
    VerifyBody,
)
from procurement.receiving.app.ports import OpenReceipt
from procurement.receiving.domain.line import Delivered, Inspected
from procurement.receiving.domain.policy import ReceivingPolicy


def opening_of(body: OpenBody) -> OpenReceipt:
    return OpenReceipt(
        order=OrderId(UUID(body.order_id.removeprefix("po_"))),
        delivery_note=body.delivery_note,
        delivered=tuple(
            Delivered(
                line=line.line,
                received=Decimal(line.received),
                advised=None if line.advised is None else Decimal(line.advised),
            )
            for line in body.lines
        ),
    )


def inspected_of(body: VerifyBody) -> list[Inspected]:
    return [
        Inspected(line=line.line, rejected=Decimal(line.rejected), reason=line.reason, quality=line.quality)
        for line in body.lines
    ]


def returned_of(body: ReturnBody) -> dict[int, Decimal]:
    each_line_once("lines", (line.line for line in body.lines))
    return {line.line: Decimal(line.quantity) for line in body.lines}


def policy_of(body: PolicyBody) -> ReceivingPolicy:
    with Fields() as found:
        over = found.take("/over", lambda: _tolerance(body.over))
        under = found.take("/under", lambda: _tolerance(body.under))
    return ReceivingPolicy(version=0, over=over, under=under)


def _tolerance(body: ToleranceBody) -> Tolerance:
    return Tolerance(Decimal(body.percentage), None if body.cap is None else Decimal(body.cap))
