"""UBL 2.1 as far as EN 16931 uses it: how things are called, and where invoices and credit notes differ."""

from collections.abc import Mapping
from dataclasses import dataclass

from procurement.invoicing.domain.document import Kind

SPACES: Mapping[str | None, str] = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}

VAT = "VAT"
"""The one tax scheme of EN 16931."""
INVOICED_OBJECT = "130"
"""UNCL 1001: what this additional document is, is no document but what is invoiced (BT-18)."""
PROJECT = "50"
"""UNCL 1001: a credit note has no element of its own for the project (BT-11)."""

NO_NETWORK = "mapped-from-cii"
"""What documents say of a card's network, which UBL must have, where EN 16931 knows none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    space: str
    root: str
    type_code: str
    line: str
    subline: str
    quantity: str

    @property
    def tag(self) -> str:
        return f"{{{self.space}}}{self.root}"


DIALECTS: Mapping[Kind, Dialect] = {
    Kind.INVOICE: Dialect(
        space="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
        root="Invoice",
        type_code="cbc:InvoiceTypeCode",
        line="cac:InvoiceLine",
        subline="cac:SubInvoiceLine",
        quantity="cbc:InvoicedQuantity",
    ),
    Kind.CREDIT_NOTE: Dialect(
        space="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
        root="CreditNote",
        type_code="cbc:CreditNoteTypeCode",
        line="cac:CreditNoteLine",
        subline="cac:SubCreditNoteLine",
        quantity="cbc:CreditedQuantity",
    ),
}
