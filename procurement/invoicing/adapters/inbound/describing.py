"""What OpenAPI cannot read off a signature: bodies and answers that are files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar.openapi.spec import Example, OpenAPIMediaType, Operation, Reference, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from procurement.invoicing.adapters.inbound.documents import InvoiceDocumentBody
from procurement.invoicing.adapters.inbound.intake import JSON, XML

EXAMPLE: Mapping[str, Any] = {
    "kind": "invoice",
    "type_code": "380",
    "number": "RE-2026/4711",
    "issued": "2026-11-21",
    "due": "2026-12-21",
    "currency": "EUR",
    "order_number": "PO-2026-000001",
    "seller": {"name": "Kabel AG", "vat_id": "DE136695976", "address": {"country": "DE"}},
    "buyer": {"name": "Werk GmbH", "address": {"country": "DE"}},
    "lines": [
        {
            "id": "1",
            "order_line": "1",
            "quantity": "60",
            "unit": "MTR",
            "price": {"amount": "4.10"},
            "net": "246.00",
            "item": {"name": "Cable", "buyer_id": "CAB-3", "tax": {"category": "S", "rate": "19"}},
        }
    ],
    "breakdown": [{"taxable": "246.00", "amount": "46.74", "tax": {"category": "S", "rate": "19"}}],
    "totals": {
        "lines": "246.00",
        "without_vat": "246.00",
        "vat": "46.74",
        "with_vat": "292.74",
        "due": "292.74",
    },
}

_XML_FILE = OpenAPIMediaType(
    schema=Schema(
        type=OpenAPIType.STRING,
        min_length=1,
        description="UBL 2.1, Invoice or CreditNote, as EN 16931 uses it (XRechnung, Peppol BIS Billing 3).",
    )
)


@dataclass
class TakesDocuments(Operation):
    """JSON or UBL; read by intake.py, not by the framework."""

    def __post_init__(self) -> None:
        stated = OpenAPIMediaType(
            schema=Reference(ref=f"#/components/schemas/{InvoiceDocumentBody.__name__}"),
            examples={"invoice": Example(summary="An invoice of one line", value=EXAMPLE)},
        )
        self.request_body = RequestBody(
            required=True,
            description="The document; it is kept byte for byte, and is repeated byte for byte.",
            content={JSON: stated, XML: _XML_FILE, "text/xml": _XML_FILE},
        )


@dataclass
class GivesUbl(Operation):
    def __post_init__(self) -> None:
        _answered(self, {XML: _XML_FILE})


@dataclass
class GivesOriginal(Operation):
    def __post_init__(self) -> None:
        _answered(
            self, {XML: _XML_FILE, JSON: OpenAPIMediaType(schema=Schema(description="As it was sent."))}
        )


def _answered(operation: Operation, content: dict[str, OpenAPIMediaType]) -> None:
    done: Any = (operation.responses or {})["200"]
    done.content = content
