"""What OpenAPI cannot read off a signature: bodies and answers that are files."""

from dataclasses import dataclass
from typing import Any

from litestar.openapi.spec import OpenAPIMediaType, Operation, Reference, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from procurement.invoicing.adapters.inbound.documents import InvoiceDocumentBody
from procurement.invoicing.adapters.inbound.intake import JSON, XML

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
            schema=Reference(ref=f"#/components/schemas/{InvoiceDocumentBody.__name__}")
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
