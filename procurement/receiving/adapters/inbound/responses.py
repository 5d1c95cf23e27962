"""What receiving's API gives: field by field the public contract."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from procurement.receiving.adapters.inbound.requests import PolicyBody, ToleranceBody


class ReceiptLineBody(Struct, frozen=True, kw_only=True):
    line: Annotated[int, Meta(description="Number of the order line.")]
    name: str
    sku: str | None
    unit: str
    advised: str | None
    received: str
    rejected: str
    returned: str
    pending: Annotated[str, Meta(description="Waits for verification, and takes up room.")]
    accepted: Annotated[str, Meta(description="Counts as received.")]
    quality: str
    reason: str | None


class DiscrepancyBody(Struct, frozen=True, kw_only=True):
    number: int
    line: int
    kind: Annotated[str, Meta(examples=["quantity-rejected"])]
    quantity: str
    detail: str
    owner: str | None
    resolution: str | None


class ReceiptBody(Struct, frozen=True, kw_only=True):
    """A goods receipt."""

    id: Annotated[str, Meta(examples=["grn_01920000-0000-7000-8000-000000000003"])]
    status: Annotated[str, Meta(examples=["Open"])]
    version: Annotated[int, Meta(description="What ETag says; If-Match wants it back.")]
    order_id: str
    order_number: str
    supplier_id: str
    delivery_note: str | None
    opened_by: str
    lines: list[ReceiptLineBody]
    discrepancies: list[DiscrepancyBody]
    created_at: datetime


class SummaryBody(Struct, frozen=True, kw_only=True):
    id: str
    status: str
    version: int
    order_id: str
    order_number: str
    supplier_id: str
    delivery_note: str | None
    opened_by: str
    line_count: int
    open_discrepancies: int
    created_at: datetime


class ReceiptPage(Struct, frozen=True, kw_only=True):
    items: list[SummaryBody]
    next: str | None
    prev: str | None


class ExpectedLineBody(Struct, frozen=True, kw_only=True):
    line: int
    name: str
    sku: str | None
    supplier_item_id: str | None
    gtin: str | None
    unit: str
    ordered: str
    closed_short: str
    pending: Annotated[str, Meta(description="Received, waits for verification.")]
    accepted: str
    at_most: Annotated[str, Meta(description="No more than that may ever be accepted.")]
    room: Annotated[str, Meta(description="So much may still come.")]
    tolerance: Annotated[ToleranceBody, Meta(description="The line's own, or the policy's.")]


class ExpectedOrderBody(Struct, frozen=True, kw_only=True):
    """What receiving knows of an order, learned from its events."""

    order_id: str
    order_number: str
    supplier_id: str
    status: Annotated[str, Meta(description="In purchasing's words.", examples=["Issued"])]
    receivable: bool
    lines: list[ExpectedLineBody]


class PolicyInForce(PolicyBody, frozen=True, kw_only=True):
    version: int
