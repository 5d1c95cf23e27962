"""What purchasing's API gives: field by field the public contract."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from procurement.purchasing.adapters.inbound.requests import (
    CommodityBody,
    CurrencyCode,
    PolicyBody,
    PriceBody,
    ProposalBody,
    QuantityBody,
    SupplierRef,
    ToleranceBody,
)
from procurement.purchasing.domain.lifecycle import State
from procurement.purchasing.domain.progress import Extent, Status


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
    over_receipt: ToleranceBody | None
    closed_short: Annotated[str, Meta(description="Quantity given up.", examples=["0"])]
    received: Annotated[str, Meta(description="Accepted, less returned.", examples=["0"])]
    receipt_status: Extent
    billed: Annotated[str, Meta(description="Invoiced, less credited.", examples=["0"])]
    billed_net: MoneyBody
    billing_status: Extent


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
    submitted_at: Annotated[
        datetime | None, Meta(description="Null where it was decided before this was kept.")
    ]
    escalated_at: Annotated[
        datetime | None, Meta(description="When it had waited longer than the policy's days.")
    ]


class DisputeBody(Struct, frozen=True, kw_only=True):
    reason: str
    status_before: str
    invoice_id: Annotated[str | None, Meta(description="The disputed invoice, where one led to it.")]


class OrderBody(Struct, frozen=True, kw_only=True):
    """A purchase order."""

    id: Annotated[str, Meta(examples=["po_01920000-0000-7000-8000-000000000002"])]
    number: Annotated[str, Meta(examples=["PO-2026-000123"])]
    status: Annotated[Status, Meta(examples=["Draft"])]
    lifecycle: Annotated[State, Meta(description="What people decided: commands ask for this.")]
    receipt_status: Extent
    billing_status: Extent
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
    receipt_status: Extent
    billing_status: Extent
    version: int
    supplier_id: str
    supplier_name: str
    requested_by: str
    total: MoneyBody
    line_count: int
    created_at: datetime


class PolicyInForce(PolicyBody, frozen=True, kw_only=True):
    version: int
