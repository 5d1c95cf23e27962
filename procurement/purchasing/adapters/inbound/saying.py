"""How orders, their history and the policy are said in the API's words."""

from decimal import Decimal

import msgspec

from procurement.kernel.actor import Actor
from procurement.kernel.ids import id_text
from procurement.kernel.money import in_digits
from procurement.kernel.tolerance import Tolerance
from procurement.purchasing.adapters.inbound.requests import (
    CommodityBody,
    PriceBody,
    ProposalBody,
    QuantityBody,
    TierBody,
    ToleranceBody,
)
from procurement.purchasing.adapters.inbound.responses import (
    ApprovalBody,
    ApprovalRoundBody,
    DisputeBody,
    MoneyBody,
    OrderBody,
    OrderLineBody,
    PolicyInForce,
    SummaryBody,
)
from procurement.purchasing.app.ports import OrderSummary
from procurement.purchasing.domain.approval import Approval, ApprovalRound
from procurement.purchasing.domain.dispute import Dispute
from procurement.purchasing.domain.line import CounterProposal, Line
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.policy import PurchasingPolicy
from procurement.purchasing.domain.progress import LineProgress

encode = msgspec.json.Encoder().encode


def _money(amount: Decimal, currency: str) -> MoneyBody:
    return MoneyBody(amount=in_digits(amount), currency=currency)


def _line(line: Line, progress: LineProgress) -> OrderLineBody:
    commodity, currency = line.item.commodity, line.price.currency
    return OrderLineBody(
        line=line.number,
        name=line.item.name,
        sku=line.item.sku,
        supplier_item_id=line.item.supplier_item_id,
        gtin=line.item.gtin,
        commodity=CommodityBody(scheme=commodity.scheme, code=commodity.code, version=commodity.version)
        if commodity
        else None,
        quantity=QuantityBody(value=in_digits(line.quantity.value), unit=line.quantity.unit),
        price=PriceBody(
            amount=in_digits(line.price.amount),
            currency=currency,
            base_quantity=in_digits(line.price.base_quantity),
        ),
        total=_money(line.total.amount, currency),
        need_by=line.need_by,
        over_receipt=_tolerance(line.over_receipt) if line.over_receipt else None,
        closed_short=in_digits(line.quantity.value - progress.due),
        received=in_digits(progress.receipts.accepted),
        receipt_status=progress.receipt_status,
        billed=in_digits(progress.billing.billed),
        billed_net=_money(progress.billing.net, currency),
        billing_status=progress.billing_status,
    )


def _tolerance(agreed: Tolerance) -> ToleranceBody:
    cap = agreed.cap
    return ToleranceBody(percentage=in_digits(agreed.percentage), cap=None if cap is None else in_digits(cap))


def _approval(approval: Approval) -> ApprovalBody:
    return ApprovalBody(
        person=approval.person,
        on_behalf_of=approval.on_behalf_of,
        level=f"L{approval.level}",
        version=approval.version,
        at=approval.at,
    )


def _round(approval: ApprovalRound) -> ApprovalRoundBody:
    return ApprovalRoundBody(
        base_total=_money(approval.base_total.amount, approval.base_total.currency),
        rate=in_digits(approval.rate),
        policy_version=approval.policy_version,
        required_levels=[f"L{level}" for level in approval.required],
        missing_levels=[f"L{level}" for level in approval.missing],
        given=[_approval(given) for given in approval.given],
        submitted_at=approval.submitted_at,
        escalated_at=approval.escalated_at,
    )


def _proposal(proposal: CounterProposal) -> ProposalBody:
    return ProposalBody(
        line=proposal.line,
        quantity=None if proposal.quantity is None else in_digits(proposal.quantity),
        price=None if proposal.price is None else in_digits(proposal.price),
        deliver_by=proposal.deliver_by,
        note=proposal.note,
    )


def _dispute(dispute: Dispute) -> DisputeBody:
    return DisputeBody(
        reason=dispute.reason,
        status_before=dispute.before,
        invoice_id=id_text("inv", dispute.invoice) if dispute.invoice else None,
    )


def order_body(order: PurchaseOrder, to: Actor) -> bytes:
    """Who approved it, and at what, is told to nobody outside."""
    progress = order.progress()
    approval = None if to.speaks_for_supplier else order.approval
    return encode(
        OrderBody(
            id=id_text("po", order.id),
            number=order.number,
            status=progress.status(order.state),
            lifecycle=order.state,
            receipt_status=progress.receipt_status,
            billing_status=progress.billing_status,
            version=order.version,
            revision=order.revision,
            supplier_id=id_text("sup", order.supplier),
            requested_by=order.requested_by,
            requested_on_behalf_of=order.requested_on_behalf_of,
            currency=order.currency,
            total=_money(order.total.amount, order.currency),
            lines=[_line(line, progress.lines[line.number]) for line in order.content.lines],
            note=order.content.note,
            buyer_reference=order.content.buyer_reference,
            approval=_round(approval) if approval else None,
            proposals=[_proposal(proposal) for proposal in order.proposals],
            dispute=_dispute(order.dispute) if order.dispute else None,
            created_at=order.created_at,
            issued_at=order.issued_at,
        )
    )


def summary_body(order: OrderSummary) -> SummaryBody:
    return SummaryBody(
        id=id_text("po", order.id),
        number=order.number,
        status=order.status,
        receipt_status=order.receipt_status,
        billing_status=order.billing_status,
        version=order.version,
        supplier_id=id_text("sup", order.supplier),
        supplier_name=order.supplier_name,
        requested_by=order.requested_by,
        total=_money(order.total, order.currency),
        line_count=order.line_count,
        created_at=order.created_at,
    )


def policy_body(policy: PurchasingPolicy) -> bytes:
    return encode(
        PolicyInForce(
            version=policy.version,
            base_currency=policy.base_currency,
            tiers=[
                TierBody(
                    up_to=None if tier.up_to is None else in_digits(tier.up_to),
                    levels=[f"L{level}" for level in tier.levels],
                )
                for tier in policy.tiers
            ],
            rates={currency: in_digits(rate) for currency, rate in policy.rates.items()},
            issuers=sorted(policy.issuers),
            approver_may_issue=policy.approver_may_issue,
            days_to_approve=policy.days_to_approve,
        )
    )
