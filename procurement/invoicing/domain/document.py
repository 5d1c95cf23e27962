"""What a supplier's invoice or credit note says, in the shape of EN 16931: every amount as it was stated.

The numbers behind BT and BG are those of the standard. Amounts are in the document's currency unless they say
otherwise. Nothing here was recomputed: what we make of it stands beside it (amounts.py, findings.py).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from procurement.invoicing.domain.parties import Address, Contact, Delivery, Identifier, Party
from procurement.invoicing.domain.payment import Account, Card, Mandate, PaymentMeans, ThirdPartyPayment

__all__ = [
    "Account",
    "Address",
    "AllowanceCharge",
    "Attachment",
    "Card",
    "Contact",
    "Delivery",
    "Document",
    "Identifier",
    "Item",
    "Kind",
    "Line",
    "Mandate",
    "Party",
    "PaymentMeans",
    "Period",
    "Position",
    "Price",
    "Reference",
    "Subline",
    "Tax",
    "ThirdPartyPayment",
    "Totals",
    "VatSubtotal",
]


class Kind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """To another document."""

    number: str
    issued: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """BG-24: a supporting document. What is embedded stays in the original."""

    number: str | None = None
    description: str | None = None
    uri: str | None = None
    file_name: str | None = None
    mime: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """A VAT category (UNCL 5305) and its rate in percent."""

    category: str
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceCharge:
    """BG-20, BG-21 of the document, BG-27, BG-28 of a line."""

    charge: bool
    """A charge adds, an allowance takes off."""
    amount: Decimal
    base: Decimal | None = None
    percentage: Decimal | None = None
    reason: str | None = None
    reason_code: str | None = None
    tax: Tax | None = None
    """Of the document's; those of a line are taxed as the line is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """BG-29: what one base quantity costs, without VAT."""

    amount: Decimal
    base_quantity: Decimal | None = None
    """Above zero; 1 where nothing is stated."""
    base_unit: str | None = None
    discount: Decimal | None = None
    gross: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """BG-31."""

    name: str
    tax: Tax | None = None
    description: str | None = None
    seller_id: str | None = None
    buyer_id: str | None = None
    standard_id: Identifier | None = None
    """Scheme 0160 is a GTIN."""
    classifications: tuple[Identifier, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    """Name and value."""
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What a line and its sub-lines share."""

    id: str
    net: Decimal
    """BT-131, as stated: it may differ from quantity times price."""
    item: Item
    note: str | None = None
    order_line: str | None = None
    """BT-132: the buyer's order line, as the supplier names it."""
    object_id: Identifier | None = None
    accounting_cost: str | None = None
    period: Period | None = None
    adjustments: tuple[AllowanceCharge, ...] = ()
    sublines: tuple["Subline", ...] = ()
    """They explain the line (an extension of XRechnung); the line itself counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Position):
    """BG-25."""

    quantity: Decimal
    unit: str
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Subline(Position):
    quantity: Decimal | None = None
    unit: str | None = None
    price: Price | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VatSubtotal:
    """BG-23: one for each category and rate."""

    taxable: Decimal
    amount: Decimal
    tax: Tax
    exemption_reason: str | None = None
    exemption_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """BG-22, as stated."""

    lines: Decimal
    """BT-106."""
    without_vat: Decimal
    """BT-109."""
    with_vat: Decimal
    """BT-112."""
    due: Decimal
    """BT-115."""
    allowances: Decimal | None = None
    """BT-107."""
    charges: Decimal | None = None
    """BT-108."""
    vat: Decimal | None = None
    """BT-110."""
    vat_in_tax_currency: Decimal | None = None
    """BT-111, in the tax currency."""
    prepaid: Decimal | None = None
    """BT-113."""
    rounding: Decimal | None = None
    """BT-114."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    kind: Kind
    type_code: str
    """BT-3, UNCL 1001: 380, 381, 384 ..."""
    number: str
    """BT-1, as the supplier writes it."""
    issued: date
    """BT-2."""
    currency: str
    seller: Party
    buyer: Party
    totals: Totals
    lines: tuple[Line, ...]
    breakdown: tuple[VatSubtotal, ...] = ()
    adjustments: tuple[AllowanceCharge, ...] = ()
    tax_currency: str | None = None
    order_number: str | None = None
    """BT-13: the buyer's order, as the supplier names it."""
    preceding: tuple[Reference, ...] = ()
    """BG-3: for a credit note the invoices it corrects."""
    due: date | None = None
    payee: Party | None = None
    tax_representative: Party | None = None
    delivery: Delivery | None = None
    period: Period | None = None
    tax_point: date | None = None
    """BT-7: when the VAT becomes due."""
    tax_point_code: str | None = None
    """BT-8, instead of the day."""
    payment_means: tuple[PaymentMeans, ...] = ()
    payment_terms: str | None = None
    third_party_payments: tuple[ThirdPartyPayment, ...] = ()
    """Only invoices have them: a UBL credit note has no place for them."""
    notes: tuple[str, ...] = ()
    """With their subject in front, as `#AAI#`, where there is one."""
    buyer_reference: str | None = None
    """BT-10: the buyer's mark for routing; in Germany the Leitweg-ID."""
    accounting_cost: str | None = None
    project: str | None = None
    contract: str | None = None
    sales_order: str | None = None
    """BT-14: the order in the seller's books."""
    receiving_advice: str | None = None
    despatch_advice: str | None = None
    tender: str | None = None
    invoiced_object: Identifier | None = None
    """BT-18: a meter, a subscription, a phone number ..."""
    attachments: tuple[Attachment, ...] = ()
    customization: str | None = None
    """BT-24: the rules that the sender says he keeps."""
    profile: str | None = None
    """BT-23."""
