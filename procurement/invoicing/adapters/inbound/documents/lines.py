"""What is invoiced, line by line."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from procurement.invoicing.adapters.inbound.documents.parties import SchemedIdBody
from procurement.invoicing.adapters.inbound.documents.values import Number, QuantityText, Text


class PeriodBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-14, BG-26."""

    start: Annotated[date | None, Meta(description="BT-73, BT-134.")] = None
    end: Annotated[date | None, Meta(description="BT-74, BT-135.")] = None


class TaxBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A VAT category and its rate: BT-95 and 96, BT-102 and 103, BT-118 and 119, BT-151 and 152."""

    category: Annotated[Text, Meta(description="UNCL 5305.", examples=["S"])]
    rate: Annotated[Number, Meta(description="Percent.", examples=["19"])] | None = None


class AllowanceChargeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-20, BG-21 of the document, BG-27, BG-28 of a line."""

    charge: Annotated[bool, Meta(description="A charge adds, an allowance takes off.")]
    amount: Annotated[Number, Meta(description="BT-92, BT-99, BT-136, BT-141.")]
    base: Annotated[Number, Meta(description="BT-93, BT-100, BT-137, BT-142.")] | None = None
    percentage: Annotated[Number, Meta(description="BT-94, BT-101, BT-138, BT-143.")] | None = None
    reason: Annotated[Text, Meta(description="BT-97, BT-104, BT-139, BT-144.")] | None = None
    reason_code: (
        Annotated[Text, Meta(description="BT-98, BT-140: UNCL 5189. BT-105, BT-145: UNCL 7161.")] | None
    ) = None
    tax: Annotated[
        TaxBody | None, Meta(description="Of the document's; those of a line are taxed as the line is.")
    ] = None


class NetPriceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-29: what one base quantity costs, without VAT."""

    amount: Annotated[Number, Meta(description="BT-146.")]
    base_quantity: (
        Annotated[QuantityText, Meta(description="BT-149: above zero; 1 where nothing is stated.")] | None
    ) = None
    base_unit: Annotated[Text, Meta(description="BT-150.")] | None = None
    discount: Annotated[Number, Meta(description="BT-147.")] | None = None
    gross: Annotated[Number, Meta(description="BT-148.")] | None = None


class ItemBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-31."""

    name: Annotated[Text, Meta(description="BT-153.", examples=["Cable"])]
    tax: Annotated[TaxBody | None, Meta(description="BG-30.")] = None
    description: Annotated[Text, Meta(description="BT-154.")] | None = None
    seller_id: Annotated[Text, Meta(description="BT-155.")] | None = None
    buyer_id: Annotated[Text, Meta(description="BT-156.", examples=["CAB-3"])] | None = None
    standard_id: Annotated[SchemedIdBody | None, Meta(description="BT-157; scheme 0160 is a GTIN.")] = None
    classifications: Annotated[list[SchemedIdBody], Meta(description="BT-158.")] = []
    attributes: Annotated[
        list[tuple[Text, Text]],
        Meta(description="BG-32: name (BT-160) and value (BT-161) of each."),
    ] = []
    origin: Annotated[Text, Meta(description="BT-159: ISO 3166-1 alpha-2.")] | None = None


class PositionBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a line and its sub-lines share."""

    id: Annotated[Text, Meta(description="BT-126.", examples=["1"])]
    net: Annotated[Number, Meta(description="BT-131, as stated: it may differ from quantity times price.")]
    item: ItemBody
    note: Annotated[Text, Meta(description="BT-127.")] | None = None
    order_line: (
        Annotated[
            Text, Meta(description="BT-132: the line of the order, as the supplier names it.", examples=["1"])
        ]
        | None
    ) = None
    object_id: Annotated[SchemedIdBody | None, Meta(description="BT-128: what is invoiced, a meter.")] = None
    accounting_cost: Annotated[Text, Meta(description="BT-133.")] | None = None
    period: Annotated[PeriodBody | None, Meta(description="BG-26.")] = None
    adjustments: Annotated[list[AllowanceChargeBody], Meta(description="BG-27, BG-28.")] = []
    sublines: Annotated[
        list["SublineBody"],
        Meta(description="They explain the line; the line itself counts (XRechnung)."),
    ] = []


class InvoiceLineBody(PositionBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-25."""

    quantity: Annotated[QuantityText, Meta(description="BT-129; below zero where it goes back.")]
    unit: Annotated[Text, Meta(description="BT-130: UN/ECE Recommendation 20 or 21.", examples=["MTR"])]
    price: NetPriceBody


class SublineBody(PositionBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    quantity: QuantityText | None = None
    unit: Text | None = None
    price: NetPriceBody | None = None
