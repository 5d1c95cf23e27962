"""How an invoice lies in its tables. What cannot be read is an error, never a default."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, LiteralString

import msgspec

from procurement.invoicing.domain.billing import NOTHING, Billed
from procurement.invoicing.domain.credits import let_pass
from procurement.invoicing.domain.document import Document
from procurement.invoicing.domain.duplicates import Possible, looser, normalised
from procurement.invoicing.domain.exceptions import InvoiceException
from procurement.invoicing.domain.finding import Finding
from procurement.invoicing.domain.invoice import Invoice
from procurement.invoicing.domain.lifecycle import State
from procurement.invoicing.domain.matching import Match
from procurement.invoicing.domain.original import Original
from procurement.kernel.ids import InvoiceId, OrderId, SupplierId
from procurement.platform.postgres.database import Row


class CorruptInvoice(Exception):
    """The stored invoice is not one that this version of the platform could have written."""


class StoredClaim(msgspec.Struct, frozen=True, array_like=True):
    line: int
    quantity: Decimal
    net: Decimal


COLUMNS: LiteralString = """
i.id, i.version, i.supplier_id, i.order_id, i.order_number, i.state, i.media_type, i.sha256, i.size,
i.entered_by, i.entered_by_persons, i.duplicate_reason, i.match::text, i.exceptions::text, i.raised,
i.assigned::text, i.resubmissions, i.timed_out, i.corrects, i.registered_at, i.resubmitted_at,
d.document::text, d.findings::text, d.duplicates::text,
(SELECT json_agg(json_build_array(c.line, c.quantity, c.net) ORDER BY c.line)::text
 FROM invoicing.invoice_claims c
 WHERE c.tenant_id = i.tenant_id AND c.invoice_id = i.id AND c.order_id = i.order_id)
"""

HEAD = (
    "id",
    "version",
    "supplier",
    "order",
    "order_number",
    "state",
    "media_type",
    "sha256",
    "size",
    "entered_by",
    "entered_by_persons",
    "duplicate_reason",
    "match",
    "exceptions",
    "raised",
    "assigned",
    "resubmissions",
    "timed_out",
    "corrects",
    "registered_at",
    "resubmitted_at",
    "document",
    "findings",
    "duplicates",
    "claims",
)

_AS_THEY_ARE = (
    "version",
    "order_number",
    "entered_by",
    "duplicate_reason",
    "raised",
    "resubmissions",
    "timed_out",
    "registered_at",
    "resubmitted_at",
)

_read_document = msgspec.json.Decoder(Document).decode
_read_findings = msgspec.json.Decoder(tuple[Finding, ...]).decode
_read_duplicates = msgspec.json.Decoder(tuple[Possible, ...]).decode
_read_match = msgspec.json.Decoder(Match | None).decode
_read_exceptions = msgspec.json.Decoder(tuple[InvoiceException, ...]).decode
_read_assigned = msgspec.json.Decoder(dict[str, int]).decode
_read_claims = msgspec.json.Decoder(list[StoredClaim]).decode
_write = msgspec.json.Encoder().encode


def header_of(invoice: Invoice) -> dict[str, Any]:
    document, original = invoice.document, invoice.original
    return {
        "kind": document.kind.value,
        "number": document.number,
        "number_key": normalised(document.number),
        "number_loose": looser(document.number),
        "supplier_id": invoice.supplier,
        "order_id": invoice.order,
        "order_number": invoice.order_number,
        "state": invoice.state.value,
        "issued": document.issued,
        "currency": document.currency,
        "total": document.totals.with_vat,
        "line_count": len(document.lines),
        "open_exceptions": sum(exception.is_open for exception in invoice.exceptions),
        "finding_count": len(invoice.findings),
        "media_type": original.media_type,
        "sha256": original.sha256,
        "size": original.size,
        "entered_by": invoice.entered_by,
        "entered_by_persons": sorted(invoice.entered_by_persons),
        "duplicate_reason": invoice.duplicate_reason,
        "match": _json(invoice.match),
        "exceptions": _json(invoice.exceptions),
        "raised": invoice.raised,
        "assigned": _json(invoice.assigned),
        "resubmissions": invoice.resubmissions,
        "timed_out": invoice.timed_out,
        "corrects": invoice.corrects,
        # what leaves has no limit, or who took back more on the strength of it would hold it for ever
        "unlimited": invoice.state is not State.MATCHED or let_pass(invoice.exceptions),
        "registered_at": invoice.registered_at,
        "resubmitted_at": invoice.resubmitted_at,
    }


def original_of(invoice: Invoice, content: bytes | None) -> dict[str, Any]:
    """Written once, with the first save."""
    if content is None:
        return dict.fromkeys(("content", "document", "findings", "duplicates"))
    return {
        "content": content,
        "document": _write(invoice.document).decode(),
        "findings": _write(invoice.findings).decode(),
        "duplicates": _write(invoice.duplicates).decode(),
    }


def claims_of(invoice: Invoice) -> str:
    """For json_to_recordset: what it takes up, and how far it may move the order line in its direction.
    Decimals go as strings, so not a digit is lost."""
    return _write([_claim(line, taken, invoice) for line, taken in invoice.counted.items()]).decode()


def _claim(line: int, taken: Billed, invoice: Invoice) -> dict[str, Any]:
    limit = invoice.limits.get(line)
    gives_back = taken.quantity < 0
    return {
        "line": line,
        "quantity": taken.quantity,
        "net": taken.net,
        "floor": limit if gives_back else None,
        "ceiling": None if gives_back else limit,
    }


def _json(value: Any) -> str | None:
    return _write(value).decode() if value else None


def invoice_from(row: Row) -> Invoice:
    """The columns of COLUMNS, in their order."""
    head = dict(zip(HEAD, row, strict=True))
    try:
        return _invoice(head)
    except (ValueError, msgspec.ValidationError) as error:
        raise CorruptInvoice(f"invoice {head['id']}: {error}") from error


def _invoice(head: Mapping[str, Any]) -> Invoice:
    return Invoice(
        id=InvoiceId(head["id"]),
        supplier=SupplierId(head["supplier"]),
        order=None if head["order"] is None else OrderId(head["order"]),
        state=State(head["state"]),
        document=_read_document(head["document"]),
        original=Original(media_type=head["media_type"], sha256=head["sha256"], size=head["size"]),
        findings=_read_findings(head["findings"]),
        duplicates=_read_duplicates(head["duplicates"]),
        entered_by_persons=frozenset(head["entered_by_persons"]),
        match=_read_match(head["match"] or "null"),
        exceptions=_read_exceptions(head["exceptions"] or "[]"),
        assigned=_read_assigned(head["assigned"] or "{}"),
        corrects=None if head["corrects"] is None else InvoiceId(head["corrects"]),
        counted={c.line: _billed(c) for c in _read_claims(head["claims"] or "[]")},
        **{name: head[name] for name in _AS_THEY_ARE},
    )


def _billed(claim: StoredClaim) -> Billed:
    return Billed(quantity=claim.quantity, net=claim.net) if claim.quantity or claim.net else NOTHING
