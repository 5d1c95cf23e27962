"""The document as a whole."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from procurement.invoicing.adapters.inbound.documents.lines import (
    AllowanceChargeBody,
    InvoiceLineBody,
    PeriodBody,
    TaxBody,
)
from procurement.invoicing.adapters.inbound.documents.parties import DeliveryBody, PartyBody, SchemedIdBody
from procurement.invoicing.adapters.inbound.documents.payment import PaymentMeansBody, ThirdPartyPaymentBody
from procurement.invoicing.adapters.inbound.documents.values import Currency, Number, Text
from procurement.invoicing.adapters.inbound.ubl.documents import MOST_LINES
from procurement.invoicing.domain.document import Kind


class VatSubtotalBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-23: one for each category and rate."""

    taxable: Annotated[Number, Meta(description="BT-116.")]
    amount: Annotated[Number, Meta(description="BT-117.")]
    tax: TaxBody
    exemption_reason: Annotated[Text, Meta(description="BT-120.")] | None = None
    exemption_code: Annotated[Text, Meta(description="BT-121: VATEX.")] | None = None


class TotalsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-22, as stated."""

    lines: Annotated[Number, Meta(description="BT-106.")]
    without_vat: Annotated[Number, Meta(description="BT-109.")]
    with_vat: Annotated[Number, Meta(description="BT-112.")]
    due: Annotated[Number, Meta(description="BT-115.")]
    allowances: Annotated[Number, Meta(description="BT-107.")] | None = None
    charges: Annotated[Number, Meta(description="BT-108.")] | None = None
    vat: Annotated[Number, Meta(description="BT-110.")] | None = None
    vat_in_tax_currency: Annotated[Number, Meta(description="BT-111, in the tax currency.")] | None = None
    prepaid: Annotated[Number, Meta(description="BT-113.")] | None = None
    rounding: Annotated[Number, Meta(description="BT-114.")] | None = None


class ReferenceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-3: to another document."""

    number: Annotated[Text, Meta(description="BT-25.")]
    issued: Annotated[date | None, Meta(description="BT-26.")] = None


class AttachmentBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-24: a supporting document. What is embedded stays in the original."""

    number: Annotated[Text, Meta(description="BT-122.")] | None = None
    description: Annotated[Text, Meta(description="BT-123.")] | None = None
    uri: Annotated[Text, Meta(description="BT-124.")] | None = None
    file_name: Annotated[Text, Meta(description="BT-125.")] | None = None
    mime: Annotated[Text, Meta(description="BT-125.")] | None = None


class InvoiceDocumentBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An invoice or a credit note in the shape of EN 16931, every amount as it is stated. BT and BG are the
    numbers of the standard."""

    kind: Kind
    type_code: Annotated[Text, Meta(description="BT-3, UNCL 1001: 380, 381, 384.", examples=["380"])]
    number: Annotated[Text, Meta(description="BT-1, as the supplier writes it.", examples=["RE-2026/4711"])]
    issued: Annotated[date, Meta(description="BT-2.")]
    currency: Annotated[Currency, Meta(description="BT-5: ISO 4217. Amounts are in it.")]
    seller: Annotated[PartyBody, Meta(description="BG-4.")]
    buyer: Annotated[PartyBody, Meta(description="BG-7.")]
    totals: Annotated[TotalsBody, Meta(description="BG-22.")]
    lines: Annotated[list[InvoiceLineBody], Meta(min_length=1, max_length=MOST_LINES, description="BG-25.")]
    breakdown: Annotated[list[VatSubtotalBody], Meta(description="BG-23.")] = []
    adjustments: Annotated[list[AllowanceChargeBody], Meta(description="BG-20, BG-21.")] = []
    tax_currency: Annotated[Text, Meta(description="BT-6: ISO 4217.", examples=["GBP"])] | None = None
    order_number: (
        Annotated[
            Text,
            Meta(description="BT-13: our order, as the supplier names it.", examples=["PO-2026-000001"]),
        ]
        | None
    ) = None
    preceding: Annotated[
        list[ReferenceBody],
        Meta(description="BG-3: for a credit note the invoices it corrects."),
    ] = []
    due: Annotated[date | None, Meta(description="BT-9.")] = None
    payee: Annotated[PartyBody | None, Meta(description="BG-10, where it is not the seller.")] = None
    tax_representative: Annotated[PartyBody | None, Meta(description="BG-11.")] = None
    delivery: DeliveryBody | None = None
    period: Annotated[PeriodBody | None, Meta(description="BG-14.")] = None
    tax_point: Annotated[date | None, Meta(description="BT-7: when the VAT becomes due.")] = None
    tax_point_code: Annotated[Text, Meta(description="BT-8, instead of the day.")] | None = None
    payment_means: Annotated[list[PaymentMeansBody], Meta(description="BG-16.")] = []
    payment_terms: Annotated[Text, Meta(description="BT-20.")] | None = None
    third_party_payments: list[ThirdPartyPaymentBody] = []
    notes: Annotated[
        list[Text],
        Meta(description="BG-1, with the subject in front where there is one: #AAI#."),
    ] = []
    buyer_reference: Annotated[Text, Meta(description="BT-10; in Germany the Leitweg-ID.")] | None = None
    accounting_cost: Annotated[Text, Meta(description="BT-19.")] | None = None
    project: Annotated[Text, Meta(description="BT-11.")] | None = None
    contract: Annotated[Text, Meta(description="BT-12.")] | None = None
    sales_order: Annotated[Text, Meta(description="BT-14: the order in the seller's books.")] | None = None
    receiving_advice: Annotated[Text, Meta(description="BT-15.")] | None = None
    despatch_advice: Annotated[Text, Meta(description="BT-16.")] | None = None
    tender: Annotated[Text, Meta(description="BT-17.")] | None = None
    invoiced_object: Annotated[
        SchemedIdBody | None, Meta(description="BT-18: a meter, a subscription, a phone number.")
    ] = None
    attachments: Annotated[list[AttachmentBody], Meta(description="BG-24.")] = []
    customization: (
        Annotated[Text, Meta(description="BT-24: the rules that the sender says he keeps.")] | None
    ) = None
    profile: Annotated[Text, Meta(description="BT-23.")] | None = None
