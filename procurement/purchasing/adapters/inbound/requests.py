"""What purchasing's API takes: field by field the public contract."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct, field

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
WORD = r"^[^\x00-\x1f\x7f\s]([^\x00-\x1f\x7f]*[^\x00-\x1f\x7f\s])?(?!\n)$"
"""One line: codes and references."""

TEXT = r"^[^\x00-\x1f\x7f\s]([^\x00-\x08\x0b-\x1f\x7f]*[^\x00-\x1f\x7f\s])?(?!\n)$"

SupplierRef = Annotated[
    str,
    Meta(
        pattern=rf"^sup_{_UUID}(?!\n)$",
        description="The supplier's id.",
        examples=["sup_01920000-0000-7000-8000-000000000001"],
    ),
]
CurrencyCode = Annotated[
    str, Meta(pattern=r"^[A-Z]{3}(?!\n)$", description="ISO 4217 code.", examples=["EUR"])
]
PriceText = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,14}(\.[0-9]{1,10})?(?!\n)$",
        description="Decimal number as a string, not below zero, at most ten decimals.",
        examples=["386.52"],
    ),
]
QuantityText = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?(?!\n)$",
        description="Decimal number as a string, not zero, at most six decimals. Below zero it goes back.",
        examples=["31"],
    ),
]
BaseQuantityText = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?(?!\n)$",
        description="The price is for so many units; above zero.",
        examples=["1"],
    ),
]
Reason = Annotated[
    str,
    Meta(
        min_length=1, max_length=1000, pattern=TEXT, description="Why, for the record.", examples=["Too dear"]
    ),
]
Sku = Annotated[str, Meta(min_length=1, max_length=64, pattern=WORD, examples=["BOLT-M8"])]
Note = Annotated[str, Meta(min_length=1, max_length=1000, pattern=TEXT)]


class QuantityBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    value: QuantityText
    unit: Annotated[
        str,
        Meta(
            pattern=r"^[A-Z0-9]{2,3}(?!\n)$",
            description="Unit code of UN/ECE Recommendation 20; pieces (EA, C62, H87 …) are whole numbers.",
            examples=["DAY"],
        ),
    ]


class PriceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    amount: PriceText
    currency: CurrencyCode
    base_quantity: BaseQuantityText = "1"


class CommodityBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    scheme: Annotated[str, Meta(min_length=1, max_length=20, pattern=WORD, examples=["UNSPSC"])]
    code: Annotated[str, Meta(min_length=1, max_length=40, pattern=WORD, examples=["31161500"])]
    version: Annotated[str, Meta(min_length=1, max_length=20, pattern=WORD)] | None = None


class ToleranceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """More than ordered that may be received; the smaller of the two wins."""

    percentage: Annotated[
        str, Meta(pattern=r"^[0-9]{1,2}(\.[0-9]{1,4})?(?!\n)$", description="0 to 10.", examples=["5"])
    ]
    cap: (
        Annotated[
            str,
            Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?(?!\n)$", description="Never more than so many units."),
        ]
        | None
    ) = None


class LineBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a draft; it gets the number of its place, from 1."""

    name: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=1000,
            pattern=TEXT,
            description="What is bought.",
            examples=["Hex bolt M8"],
        ),
    ]
    quantity: QuantityBody
    price: PriceBody
    sku: Sku | None = None
    supplier_item_id: Sku | None = None
    gtin: Annotated[str, Meta(pattern=r"^[0-9]{8,14}(?!\n)$", description="With check digit.")] | None = None
    commodity: CommodityBody | None = None
    need_by: date | None = None
    over_receipt: ToleranceBody | None = None


class ContentBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a revision replaces as a whole."""

    currency: CurrencyCode
    lines: Annotated[list[LineBody], Meta(min_length=1, max_length=1000)]
    note: Note | None = None
    buyer_reference: Sku | None = None


class DraftBody(ContentBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    supplier_id: SupplierRef


class ReasonBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class ApproveBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason | None = None


class ProposalBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    line: Annotated[int, Meta(ge=1, le=1000)]
    quantity: QuantityText | None = None
    price: PriceText | None = None
    deliver_by: date | None = None
    note: Note | None = None


class AcknowledgeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    proposals: Annotated[list[ProposalBody], Meta(max_length=1000)] = []


class ReleaseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    line: Annotated[int, Meta(ge=1, le=1000)]
    quantity: QuantityText


class CloseShortBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason
    lines: (
        Annotated[
            list[ReleaseBody],
            Meta(min_length=1, max_length=1000, description="All that is open where it is left out."),
        ]
        | None
    ) = None


class ResolveBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    outcome: Annotated[str, Meta(pattern=r"^(resume|cancel)(?!\n)$", examples=["resume"])]
    reason: Reason


class TierBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    levels: Annotated[
        list[Annotated[str, Meta(pattern=r"^L[123](?!\n)$")]],
        Meta(min_length=1, max_length=9, description="One approval each, of that level or above."),
    ]
    up_to: (
        Annotated[str, Meta(pattern=r"^[0-9]{1,14}(\.[0-9]{1,4})?(?!\n)$", examples=["1000.00"])] | None
    ) = None


class PolicyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    base_currency: CurrencyCode
    tiers: Annotated[list[TierBody], Meta(min_length=1, max_length=20)]
    rates: Annotated[
        dict[CurrencyCode, Annotated[str, Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,10})?(?!\n)$")]],
        Meta(description="Base currency for one unit of the other.", examples=[{"USD": "0.92"}]),
    ] = {}
    issuers: Annotated[
        list[Annotated[str, Meta(pattern=r"^(buyer|finance)(?!\n)$")]], Meta(min_length=1, max_length=2)
    ] = field(default_factory=lambda: ["buyer", "finance"])
    approver_may_issue: bool = False
    days_to_approve: Annotated[
        int, Meta(ge=1, le=365, description="From submission on; then the order is escalated.")
    ] = 5
