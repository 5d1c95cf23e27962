"""What receiving's API takes: field by field the public contract."""

from typing import Annotated

from msgspec import Meta, Struct

from procurement.receiving.domain.line import Quality

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
TEXT = r"^[^\x00-\x1f\x7f\s]([^\x00-\x09\x0b-\x1f\x7f]*[^\x00-\x1f\x7f\s])?(?!\n)$"

OrderRef = Annotated[
    str,
    Meta(
        pattern=rf"^po_{_UUID}(?!\n)$",
        description="The order's id.",
        examples=["po_01920000-0000-7000-8000-000000000002"],
    ),
]
QuantityText = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?(?!\n)$",
        description="Decimal number as a string, in the unit of the order line, at most six decimals.",
        examples=["60"],
    ),
]
Reason = Annotated[
    str,
    Meta(
        min_length=1, max_length=1000, pattern=TEXT, description="Why, for the record.", examples=["Miscount"]
    ),
]
DeliveryNote = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=TEXT,
        description="Number of the supplier's delivery note; each is received once per order.",
        examples=["DN-4711"],
    ),
]
LineNumber = Annotated[int, Meta(ge=1, le=1000, description="Number of the order line.")]


class DeliveredBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    line: LineNumber
    received: Annotated[QuantityText, Meta(description="What came, counted.")]
    advised: Annotated[QuantityText, Meta(description="What the delivery note says.")] | None = None


class OpenBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    order_id: OrderRef
    lines: Annotated[list[DeliveredBody], Meta(min_length=1, max_length=1000)]
    delivery_note: DeliveryNote | None = None


class InspectedBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    line: LineNumber
    rejected: QuantityText = "0"
    reason: Reason | None = None
    quality: Quality = Quality.PASSED


class VerifyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lines: Annotated[
        list[InspectedBody], Meta(max_length=1000, description="The others were inspected and found good.")
    ] = []


class AssignBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    discrepancy: Annotated[int, Meta(ge=1, le=1_000_000, description="Its number within the receipt.")]
    owner: Annotated[
        str, Meta(min_length=1, max_length=128, pattern=TEXT, description="Who is to settle it.")
    ]


class ReasonBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class ReturnedBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    line: LineNumber
    quantity: QuantityText


class ReturnBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason
    lines: Annotated[list[ReturnedBody], Meta(min_length=1, max_length=1000)]


class ToleranceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The smaller of the two wins."""

    percentage: Annotated[
        str,
        Meta(pattern=r"^[0-9]{1,2}(\.[0-9]{1,4})?(?!\n)$", description="0 to 10.", examples=["2"]),
    ]
    cap: Annotated[QuantityText, Meta(description="Never more than so many units.")] | None = None


class PolicyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    over: Annotated[ToleranceBody, Meta(description="More than ordered, where the line has none agreed.")]
    under: Annotated[ToleranceBody, Meta(description="Less than ordered, and complete all the same.")]
