"""The public shapes of receiving's events: docs/events has their schemas, generated from here."""

from typing import Annotated

from msgspec import Meta, Struct

Amount = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]+(\.[0-9]+)?$",
        description="Decimal number in digits, all decimals kept.",
        examples=["12.5"],
    ),
]


class ReceivedLine(Struct, frozen=True, kw_only=True):
    """One line of the receipt as it stands after the event: the latest version says it all."""

    line: Annotated[int, Meta(description="Number of the order line.")]
    name: str
    sku: str | None
    unit: Annotated[str, Meta(description="UN/ECE Recommendation 20 code.", examples=["KGM"])]
    received: Amount
    rejected: Amount
    returned: Annotated[Amount, Meta(description="Sent back to the supplier so far.")]
    accepted: Annotated[
        Amount,
        Meta(
            description="What this receipt adds to what is accepted of the order line, from now on and"
            " instead of what its earlier events said. The sum over all receipts of the order is what was"
            " accepted."
        ),
    ]
    complete_from: Annotated[
        Amount, Meta(description="From so much accepted on, the order line was complete when this came.")
    ]
    quality: Annotated[str, Meta(examples=["passed"])]
    reason: Annotated[str | None, Meta(description="Why something was rejected.")]


class ReceiptFacts(Struct, frozen=True, kw_only=True):
    """What every event of a goods receipt tells."""

    receipt_id: Annotated[str, Meta(description="The receipt's id.", examples=["grn_0192…"])]
    order_id: Annotated[str, Meta(description="The order's id.", examples=["po_0192…"])]
    order_number: Annotated[str, Meta(examples=["PO-2026-000123"])]
    supplier_id: Annotated[str, Meta(examples=["sup_0192…"])]
    delivery_note: str | None
    opened_by: str
    status: Annotated[str, Meta(description="State after the event.", examples=["Verified"])]
    previous_status: Annotated[str | None, Meta(description="State before the event; null for a new one.")]
    reason: Annotated[str | None, Meta(description="Why, in the words of who did it.")]
    lines: list[ReceivedLine]


class GoodsReceiptOpened(ReceiptFacts, frozen=True, kw_only=True):
    """Goods arrived. Nothing is accepted before they were verified."""


class GoodsReceived(ReceiptFacts, frozen=True, kw_only=True):
    """Goods were verified: so much of them is accepted."""


class DiscrepancyBody(Struct, frozen=True, kw_only=True):
    number: int
    line: int
    kind: Annotated[str, Meta(examples=["quantity-rejected"])]
    quantity: Amount
    detail: str
    owner: str | None
    resolution: str | None


class Discrepancies(ReceiptFacts, frozen=True, kw_only=True):
    discrepancies: list[DiscrepancyBody]


class GoodsReceiptDiscrepancyDetected(Discrepancies, frozen=True, kw_only=True):
    """What came is not what should have: somebody has to decide."""


class GoodsReceiptDiscrepancyAssigned(Discrepancies, frozen=True, kw_only=True):
    """Somebody has it to settle now."""


class GoodsReceiptRejected(Discrepancies, frozen=True, kw_only=True):
    """Nothing of the delivery is kept."""


class GoodsReceiptReversed(ReceiptFacts, frozen=True, kw_only=True):
    """The receipt was a mistake: all its quantities are taken back."""


class ReturnedLine(Struct, frozen=True, kw_only=True):
    line: int
    quantity: Amount


class GoodsReturned(ReceiptFacts, frozen=True, kw_only=True):
    """Accepted goods went back to the supplier."""

    sent_back: Annotated[list[ReturnedLine], Meta(description="By this act.")]


class GoodsReceiptClosed(ReceiptFacts, frozen=True, kw_only=True):
    """All that was accepted on its order lines is invoiced; it can't be reversed any more."""


class ToleranceBody(Struct, frozen=True, kw_only=True):
    percentage: Amount
    cap: Amount | None


class ReceivingPolicyDecided(Struct, frozen=True, kw_only=True):
    """The tenant decided anew how much more or less than ordered is as good as ordered."""

    version: int
    over: ToleranceBody
    under: ToleranceBody
