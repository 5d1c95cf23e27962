"""What purchasing's API gives: field by field the public contract."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from procurement.kernel.errors import Blocker
from procurement.kernel.ids import id_text
from procurement.purchasing.adapters.inbound.requests import (
    CommodityBody,
    CurrencyCode,
    PolicyBody,
    PriceBody,
    ProposalBody,
    QuantityBody,
    SupplierRef,
    TierBody,
)
from procurement.purchasing.app.ports import HistoryEntry, OrderSummary
from procurement.purchasing.domain.approval import Approval, ApprovalRound
from procurement.purchasing.domain.lifecycle import LIFECYCLE, Command
from procurement.purchasing.domain.line import CounterProposal, Line
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.policy import PurchasingPolicy


class MoneyBody(Struct, frozen=True, kw_only=True):
    amount: Annotated[str, Meta(description="Decimal number as a string.", examples=["32.74"])]
    currency: CurrencyCode


class OrderLineBody(Struct, frozen=True, kw_only=True):
    line: int
    name: str
    sku: str | None
    supplier_item_id: str | None
    gtin: str | None
    commodity: CommodityBody | None
    quantity: QuantityBody
    price: PriceBody
    total: MoneyBody
    need_by: date | None
    closed_short: Annotated[str, Meta(description="Quantity given up.", examples=["0"])]


class ApprovalBody(Struct, frozen=True, kw_only=True):
    person: str
    on_behalf_of: str | None
    level: str
    version: Annotated[int, Meta(description="The version that the approver saw.")]
    at: datetime


class ApprovalRoundBody(Struct, frozen=True, kw_only=True):
    base_total: MoneyBody
    rate: Annotated[str, Meta(description="Snapshot taken when the order was submitted.")]
    policy_version: int
    required_levels: list[str]
    missing_levels: list[str]
    given: list[ApprovalBody]


class DisputeBody(Struct, frozen=True, kw_only=True):
    reason: str
    status_before: str


class OrderBody(Struct, frozen=True, kw_only=True):
    """A purchase order."""

    id: Annotated[str, Meta(examples=["po_01920000-0000-7000-8000-000000000002"])]
    number: Annotated[str, Meta(examples=["PO-2026-000123"])]
    status: Annotated[str, Meta(examples=["Draft"])]
    version: Annotated[int, Meta(description="What ETag says; If-Match wants it back.")]
    revision: int
    supplier_id: SupplierRef
    requested_by: str
    requested_on_behalf_of: str | None
    currency: CurrencyCode
    total: MoneyBody
    lines: list[OrderLineBody]
    note: str | None
    buyer_reference: str | None
    approval: ApprovalRoundBody | None
    proposals: list[ProposalBody]
    dispute: DisputeBody | None
    created_at: datetime
    issued_at: datetime | None


class SummaryBody(Struct, frozen=True, kw_only=True):
    id: str
    number: str
    status: str
    version: int
    supplier_id: str
    supplier_name: str
    requested_by: str
    total: MoneyBody
    line_count: int
    created_at: datetime


class HistoryBody(Struct, frozen=True, kw_only=True):
    version: int
    action: str
    at: datetime
    person: str
    on_behalf_of: str | None
    from_status: str | None
    to_status: str
    reason: str | None
    event_id: str
    correlation_id: str


class HistoryListBody(Struct, frozen=True, kw_only=True):
    items: list[HistoryBody]


class BlockedBy(Struct, frozen=True, kw_only=True):
    code: str
    concern: str
    detail: str


class ActionBody(Struct, frozen=True, kw_only=True):
    command: str
    allowed: bool
    blockers: list[BlockedBy]
    roles: Annotated[list[str], Meta(description="Who may ever do this.")]


class ActionsBody(Struct, frozen=True, kw_only=True):
    version: int
    status: str
    actions: list[ActionBody]


class PolicyInForce(PolicyBody, frozen=True, kw_only=True):
    version: int


encode = msgspec.json.Encoder().encode


def _money(amount: Decimal, currency: str) -> MoneyBody:
    return MoneyBody(amount=f"{amount:f}", currency=currency)


def _line(line: Line, closed_short: Mapping[int, Decimal]) -> OrderLineBody:
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
        quantity=QuantityBody(value=f"{line.quantity.value:f}", unit=line.quantity.unit),
        price=PriceBody(
            amount=f"{line.price.amount:f}", currency=currency, base_quantity=f"{line.price.base_quantity:f}"
        ),
        total=_money(line.total.amount, currency),
        need_by=line.need_by,
        closed_short=f"{closed_short.get(line.number, Decimal(0)):f}",
    )


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
        rate=f"{approval.rate:f}",
        policy_version=approval.policy_version,
        required_levels=[f"L{level}" for level in approval.required],
        missing_levels=[f"L{level}" for level in approval.missing],
        given=[_approval(given) for given in approval.given],
    )


def _proposal(proposal: CounterProposal) -> ProposalBody:
    return ProposalBody(
        line=proposal.line,
        quantity=None if proposal.quantity is None else f"{proposal.quantity:f}",
        price=None if proposal.price is None else f"{proposal.price:f}",
        deliver_by=proposal.deliver_by,
        note=proposal.note,
    )


def order_body(order: PurchaseOrder) -> bytes:
    dispute = order.dispute
    return encode(
        OrderBody(
            id=id_text("po", order.id),
            number=order.number,
            status=order.state,
            version=order.version,
            revision=order.revision,
            supplier_id=id_text("sup", order.supplier),
            requested_by=order.requested_by,
            requested_on_behalf_of=order.requested_on_behalf_of,
            currency=order.currency,
            total=_money(order.total.amount, order.currency),
            lines=[_line(line, order.closed_short) for line in order.content.lines],
            note=order.content.note,
            buyer_reference=order.content.buyer_reference,
            approval=_round(order.approval) if order.approval else None,
            proposals=[_proposal(proposal) for proposal in order.proposals],
            dispute=DisputeBody(reason=dispute.reason, status_before=dispute.before) if dispute else None,
            created_at=order.created_at,
            issued_at=order.issued_at,
        )
    )


def summary_body(order: OrderSummary) -> SummaryBody:
    return SummaryBody(
        id=id_text("po", order.id),
        number=order.number,
        status=order.state,
        version=order.version,
        supplier_id=id_text("sup", order.supplier),
        supplier_name=order.supplier_name,
        requested_by=order.requested_by,
        total=_money(order.total, order.currency),
        line_count=order.line_count,
        created_at=order.created_at,
    )


def history_body(entries: Sequence[HistoryEntry]) -> bytes:
    return encode(
        HistoryListBody(
            items=[
                HistoryBody(
                    version=entry.version,
                    action=entry.action,
                    at=entry.at,
                    person=entry.person,
                    on_behalf_of=entry.on_behalf_of,
                    from_status=entry.from_state,
                    to_status=entry.to_state,
                    reason=entry.reason,
                    event_id=entry.event_id,
                    correlation_id=entry.correlation_id,
                )
                for entry in entries
            ]
        )
    )


def actions_body(order: PurchaseOrder, found: Mapping[Command, tuple[Blocker, ...]]) -> bytes:
    return encode(
        ActionsBody(
            version=order.version,
            status=order.state,
            actions=[
                ActionBody(
                    command=command,
                    allowed=not blockers,
                    blockers=[BlockedBy(code=b.code, concern=b.concern, detail=b.detail) for b in blockers],
                    roles=sorted(LIFECYCLE[command].roles),
                )
                for command, blockers in found.items()
            ],
        )
    )


def policy_body(policy: PurchasingPolicy) -> bytes:
    return encode(
        PolicyInForce(
            version=policy.version,
            base_currency=policy.base_currency,
            tiers=[
                TierBody(
                    up_to=None if tier.up_to is None else f"{tier.up_to:f}",
                    levels=[f"L{level}" for level in tier.levels],
                )
                for tier in policy.tiers
            ],
            rates={currency: f"{rate:f}" for currency, rate in policy.rates.items()},
            issuers=sorted(policy.issuers),
            approver_may_issue=policy.approver_may_issue,
        )
    )
