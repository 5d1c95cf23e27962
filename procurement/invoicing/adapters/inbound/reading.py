"""How the bodies of invoicing's commands become the trade's values."""

from decimal import Decimal
from uuid import UUID

from procurement.invoicing.adapters.inbound.requests import (
    InvoicingPolicyBody,
    MatchToleranceBody,
    ResubmitBody,
)
from procurement.invoicing.app.ports import Correction
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.kernel.ids import OrderId
from procurement.kernel.tolerance import Tolerance
from procurement.platform.http.fields import Fields, each_line_once


def correction_of(body: ResubmitBody) -> Correction:
    each_line_once("lines", (line.line for line in body.lines))
    assigned = {line.line: line.order_line for line in body.lines}
    order = None if body.order_id is None else OrderId(UUID(body.order_id.removeprefix("po_")))
    return Correction(order=order, assigned=assigned)


def policy_of(body: InvoicingPolicyBody) -> InvoicingPolicy:
    with Fields() as found:
        price = found.take("/price", lambda: _tolerance(body.price))
        quantity = found.take("/quantity", lambda: _tolerance(body.quantity))
    return InvoicingPolicy(
        version=0,
        price=price,
        quantity=quantity,
        three_way=body.three_way,
        days_to_match=body.days_to_match,
    )


def _tolerance(body: MatchToleranceBody) -> Tolerance:
    return Tolerance(Decimal(body.percentage), None if body.cap is None else Decimal(body.cap))
