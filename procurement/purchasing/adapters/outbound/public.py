"""The public shapes of purchasing's events: docs/events has their schemas, generated from here."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

Amount = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]+(\.[0-9]+)?$",
        description="Decimal number in digits, all decimals kept.",
        examples=["12.34"],
    ),
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


class PurchaseOrderEscalated(OrderFacts, frozen=True, kw_only=True):
    """It waits for approval longer than the tenant's policy allows; told once after each submission."""

    submitted_at: Annotated[datetime, Meta(description="Since then it waits.")]
    base_currency: str
    base_total: Amount
    missing_levels: Annotated[list[str], Meta(description="Whom it waits for.", examples=[["L2"]])]


class AgreedTolerance(Struct, frozen=True, kw_only=True):
    percentage: Amount
    cap: Annotated[Amount | None, Meta(description="In units; the smaller of the two wins.")]


class IssuedLine(Struct, frozen=True, kw_only=True):
    line: Annotated[int, Meta(description="Number of the line within the order, from 1.")]
    name: str
    sku: str | None
    supplier_item_id: str | None
    gtin: str | None
    quantity: Amount
    unit: Annotated[str, Meta(description="UN/ECE Recommendation 20 code.", examples=["KGM"])]
    price: Amount
    base_quantity: Annotated[Amount, Meta(description="The price is for so many units.", examples=["1"])]
    total: Amount
    over_receipt: Annotated[
        AgreedTolerance | None, Meta(description="How much more than ordered may be received.")
    ]


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

    invoice_id: Annotated[
        str | None, Meta(description="The disputed invoice, where one led to it.", examples=["inv_0192…"])
    ]


class PurchaseOrderDisputeResolved(OrderFacts, frozen=True, kw_only=True):
    """The order goes on where it stopped, or is cancelled, or Closed where nothing is waited for."""


Progress = Annotated[str, Meta(description="none, partial or full.", examples=["partial"])]


class LineProgressed(Struct, frozen=True, kw_only=True):
    line: int
    ordered: Amount
    closed_short: Amount
    received: Annotated[Amount, Meta(description="Accepted so far, less what was returned and reversed.")]
    receipt_status: Progress
    billed: Annotated[Amount, Meta(description="Invoiced so far, less what was credited.")]
    billed_net: Annotated[Amount, Meta(description="The same in money, without VAT.")]
    billing_status: Progress


class OrderProgressed(OrderFacts, frozen=True, kw_only=True):
    receipt_status: Progress
    billing_status: Progress


class PurchaseOrderReceiptProgressed(OrderProgressed, frozen=True, kw_only=True):
    """Goods came or went, and the order is as far as this."""

    received: Annotated[list[LineProgressed], Meta(description="The lines that moved.")]


class PurchaseOrderBillingProgressed(OrderProgressed, frozen=True, kw_only=True):
    """Invoices or credit notes count, or count no more, and the order is as far as this."""

    billed: Annotated[list[LineProgressed], Meta(description="The lines that moved.")]


class PurchaseOrderClosed(OrderFacts, frozen=True, kw_only=True):
    """Something was closed short, and everything else is received and billed."""


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
    rates: Annotated[dict[str, Amount], Meta(description="Base currency for one unit of another currency.")]
    issuers: list[str]
    approver_may_issue: bool
    days_to_approve: Annotated[int, Meta(description="Then an order that still waits is escalated.")]
