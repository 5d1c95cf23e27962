"""The match: does the invoice agree with what was ordered and what came? Same inputs, same result."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from procurement.invoicing.domain.policy import InvoicingPolicy


class Rung(StrEnum):
    """How the order line was found, the surest first."""

    ASSIGNED = "assigned"
    """A clerk said so."""
    LINE_REFERENCE = "line-reference"
    BUYER_ITEM = "buyer-item-id"
    SELLER_ITEM = "seller-item-id"
    GTIN = "gtin"
    DESCRIPTION = "description"


class Reason(StrEnum):
    """Peppol's Invoice Response status reasons (OPStatusReason)."""

    REFERENCE = "REF"
    ITEM = "ITM"
    QUANTITY = "QTY"
    PRICE = "PRI"
    DELIVERY = "DEL"
    QUALITY = "QUA"
    FINANCE = "FIN"
    OTHER = "OTH"


class Result(StrEnum):
    MATCHED = "matched"
    WAITING = "waiting"
    """Nothing is wrong, but goods that are invoiced have yet to come."""
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One difference. Its key names it across re-matches, so that a decision on it is kept while its figures
    stay the same."""

    reason: Reason
    line: str | None
    """Id of the invoice line; None for the whole document."""
    detail: str
    """In words, with the figures."""
    stated: Decimal | None = None
    expected: Decimal | None = None
    at_risk: Decimal = Decimal(0)
    """Money, in the document's currency."""
    code: str
    """What exactly: `price-too-high`, `not-received-yet`, `item-not-ordered` ..."""

    @property
    def waits(self) -> bool:
        """It settles itself once the goods are here."""
        return self.reason is Reason.DELIVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMatch:
    """What was compared on one line, number by number."""

    line: str
    order_line: int | None
    rung: Rung | None
    quantity: Decimal
    """Invoiced; below zero where it is credited."""
    unit: str
    ordered: Decimal | None = None
    """Less what was closed short."""
    accepted: Decimal | None = None
    billed_before: Decimal | None = None
    """By other documents, and by earlier lines of this one."""
    price: Decimal | None = None
    """Of one unit, as invoiced: the stated net amount over the quantity."""
    ordered_price: Decimal | None = None
    net: Decimal
    expected_net: Decimal | None = None
    explanation: str
    """All of it in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The evidence, as it is stored: what was compared, under which policy, and what came of it."""

    result: Result
    lines: tuple[LineMatch, ...]
    mismatches: tuple[Mismatch, ...]
    policy: InvoicingPolicy
    order_status: str | None
    """In purchasing's words; None while the order is unknown."""
