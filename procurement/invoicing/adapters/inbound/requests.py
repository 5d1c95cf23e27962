"""What invoicing's API takes besides documents: field by field the public contract."""

from typing import Annotated

from msgspec import Meta, Struct

from procurement.invoicing.adapters.inbound.documents.values import Text

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
TEXT = r"^[^\x00-\x1f\x7f\s]([^\x00-\x09\x0b-\x1f\x7f]*[^\x00-\x1f\x7f\s])?(?!\n)$"
ORDER_REF = rf"^po_{_UUID}(?!\n)$"
SUPPLIER_REF = rf"^sup_{_UUID}(?!\n)$"

Reason = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=1000,
        pattern=TEXT,
        description="Why, for the record.",
        examples=["Agreed by telephone"],
    ),
]
ExceptionNumber = Annotated[int, Meta(ge=1, le=1_000_000, description="Its number within the invoice.")]


class AssignExceptionBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    exception: ExceptionNumber
    owner: Annotated[
        str, Meta(min_length=1, max_length=128, pattern=TEXT, description="Who is to settle it.")
    ]


class ReleaseExceptionBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    exception: ExceptionNumber
    reason: Reason


class InvoiceReasonBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class AssignedLineBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    line: Annotated[
        Text, Meta(description="The invoice line, as the match calls it: its id (BT-126).", examples=["1"])
    ]
    order_line: Annotated[int, Meta(ge=1, le=1000, description="Number of the order line that it is.")]


class ResubmitBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason
    order_id: (
        Annotated[
            str,
            Meta(
                pattern=ORDER_REF,
                description="The order that is meant, where it is another one.",
                examples=["po_01920000-0000-7000-8000-000000000002"],
            ),
        ]
        | None
    ) = None
    lines: Annotated[
        list[AssignedLineBody],
        Meta(
            max_length=10_000,
            description="What the match would not find by itself; adds to what was said before.",
        ),
    ] = []


class MatchToleranceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The smaller of the two wins."""

    percentage: Annotated[
        str,
        Meta(pattern=r"^[0-9]{1,2}(\.[0-9]{1,4})?(?!\n)$", description="0 to 10.", examples=["2"]),
    ]
    cap: (
        Annotated[
            str,
            Meta(
                pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?(?!\n)$",
                description="Never more than that.",
                examples=["50"],
            ),
        ]
        | None
    ) = None


class InvoicingPolicyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    price: Annotated[
        MatchToleranceBody,
        Meta(
            description="Of the amount that the order's price makes; the cap is in the document's currency."
        ),
    ]
    quantity: Annotated[
        MatchToleranceBody,
        Meta(description="Of what was accepted (three-way) or ordered (two-way); the cap is in units."),
    ]
    three_way: Annotated[
        bool, Meta(description="Order, receipt and invoice; two-way leaves the receipt out.")
    ] = True
    days_to_match: Annotated[
        int,
        Meta(
            ge=1,
            le=365,
            description="From registration or the last resubmission on; then the invoice is disputed.",
        ),
    ] = 30
