"""How bytes become a document: JSON in the shape of the domain, or UBL. What came is kept as it came."""

import re
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from msgspec import convert

from procurement.invoicing.adapters.inbound.aside import aside
from procurement.invoicing.adapters.inbound.documents import InvoiceDocumentBody
from procurement.invoicing.adapters.inbound.documents.sayable import unsayable
from procurement.invoicing.adapters.inbound.ubl import LARGEST, Unreadable, read
from procurement.invoicing.domain.document import Document
from procurement.invoicing.domain.original import Original
from procurement.kernel.money import BadMoney, minor_units
from procurement.platform.http.catalogue import Kind
from procurement.platform.http.commands import HttpRequest
from procurement.platform.http.decoding import strictly
from procurement.platform.http.exchange import header
from procurement.platform.http.fields import Fields
from procurement.platform.http.large import USUAL, LargeBodies
from procurement.platform.http.problems import FieldError, Problem
from procurement.platform.http.receiving import Bounds
from procurement.platform.http.violations import MOST
from procurement.platform.memory import giving_back_memory

JSON, XML = "application/json", "application/xml"

LARGE_DOCUMENTS = LargeBodies(Bounds(body=LARGEST, seconds=60.0))
"""10,000 lines of UBL have 15 to 20 MB."""
SMALL = 64 * 1024
"""Bytes that are read within a few milliseconds."""
MOST_COMMAS = 600_000
"""Each stands for a value, which takes far more memory than bytes. 10,000 full lines have half of it."""

_CONTENT_TYPE = re.compile(
    rb'(?:(application/json)|(?:application|text)/xml)\s*(?:;\s*charset="?utf-8"?\s*)?', re.IGNORECASE
)

UNREADABLE = Kind(
    "document-unreadable",
    422,
    "Document unreadable",
    "The XML is no UBL invoice or credit note that could be booked; `errors` says what is wrong, and where.",
)


@dataclass(frozen=True, slots=True)
class TakenIn:
    document: Document
    original: Original
    content: bytes


async def taken_in(request: HttpRequest) -> TakenIn:
    """Raise Problem with every fault at once."""
    media_type = _media_type(request.scope)
    body = await request.body()
    if not body:
        raise Problem("body-missing", "Send an invoice or a credit note as the body.")
    return await aside(len(body) > SMALL, lambda: _taken(body, media_type))


def _media_type(scope: Any) -> str:
    sent = _CONTENT_TYPE.fullmatch(header(scope, b"content-type") or b"")
    if sent is None or header(scope, b"content-encoding") not in {None, b"identity"}:
        raise Problem(
            "unsupported-media-type",
            f"Send `Content-Type: {JSON}` or `{XML}` (UBL 2.1), in UTF-8, without a Content-Encoding.",
        )
    return JSON if sent[1] else XML


def _taken(body: bytes, media_type: str) -> TakenIn:
    with giving_back_memory() if len(body) > USUAL.body else nullcontext():
        document = _from_json(body) if media_type == JSON else _from_xml(body)
    original = Original(media_type=media_type, sha256=sha256(body).hexdigest(), size=len(body))
    return TakenIn(document, original, body)


def _from_xml(body: bytes) -> Document:
    try:
        return read(body)
    except Unreadable as unreadable:
        found = unreadable.faults
        errors = [FieldError(pointer=each.at, code=each.code, detail=each.detail) for each in found[:MOST]]
        first = f"{found[0].at}: {found[0].detail}"
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        raise Problem(UNREADABLE, first + more, errors=errors) from None


def _from_json(body: bytes) -> Document:
    if body.count(b",") > MOST_COMMAS:
        raise Problem("body-too-large", f"a document has at most {MOST_COMMAS:,} values")
    document = convert(strictly(body, InvoiceDocumentBody), Document, from_attributes=True)
    with Fields() as found:
        try:
            minor_units(document.currency)
        except BadMoney as error:
            found.add("/currency", "unknown-currency", str(error))
        for pointer, code, detail in unsayable(document):
            found.add(pointer, code, detail)
    return document
