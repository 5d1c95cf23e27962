"""Who speaks of what, when, in which currency; and the papers that are named or attached."""

from collections.abc import Iterator

from procurement.invoicing.domain.codes.goods import OBJECT_SCHEMES
from procurement.invoicing.domain.codes.money import TAX_POINTS
from procurement.invoicing.domain.codes.papers import (
    CREDIT_NOTE_TYPES,
    INVOICE_TYPES,
    MIME_TYPES,
    SUBJECTS,
)
from procurement.invoicing.domain.document import Document, Identifier, Kind, Period
from procurement.invoicing.domain.finding import Finding, broken
from procurement.kernel.money import BadMoney, minor_units

_SUBJECT_LENGTH = 3


def head(document: Document) -> Iterator[Finding]:
    for rule, value, what in (
        ("BR-01", document.customization, "no specification identifier (BT-24)"),
        ("BR-02", document.number, "no invoice number (BT-1)"),
        ("BR-04", document.type_code, "no type code (BT-3)"),
        ("BR-05", document.currency, "no currency (BT-5)"),
        ("BR-16", document.lines, "no line"),
    ):
        if not value:
            yield broken(rule, what)
    yield from _codes(document)
    yield from _tax_point(document)
    yield from _notes(document)


def _codes(document: Document) -> Iterator[Finding]:
    types = INVOICE_TYPES if document.kind is Kind.INVOICE else CREDIT_NOTE_TYPES
    if document.type_code and document.type_code not in types:
        yield broken(
            "BR-CL-01", f"type {document.type_code!r} is not one of UNCL 1001 for this kind of document"
        )
    if document.currency and not _is_currency(document.currency):
        yield broken("BR-CL-04", f"{document.currency!r} is no currency of ISO 4217 that can be paid in")
    if document.tax_currency and not _is_currency(document.tax_currency):
        yield broken("BR-CL-05", f"tax currency {document.tax_currency!r} is none of ISO 4217")


def _is_currency(code: str) -> bool:
    try:
        minor_units(code)
    except BadMoney:
        return False
    return True


def _tax_point(document: Document) -> Iterator[Finding]:
    code = document.tax_point_code
    if code is not None and document.tax_point is not None:
        yield broken("BR-CO-03", f"VAT is due on {document.tax_point}, and also by code {code}: one of them")
    if code is not None and code not in TAX_POINTS:
        yield broken("BR-CL-06", f"tax point code {code!r} is none of 3, 35, 432 (UNCL 2005)")
    if document.period is not None:
        yield from period_findings(document.period, "invoicing period", empty="BR-CO-19", backwards="BR-29")


def period_findings(period: Period, at: str, *, empty: str, backwards: str) -> Iterator[Finding]:
    if period.start is None and period.end is None:
        yield broken(empty, "a period without start and end", at)
    elif period.start is not None and period.end is not None and period.end < period.start:
        yield broken(backwards, f"it ends on {period.end}, before it starts on {period.start}", at)


def _notes(document: Document) -> Iterator[Finding]:
    for note in document.notes:
        subject = note.split("#", 2)[1] if note.count("#") > 1 else ""
        if len(subject) == _SUBJECT_LENGTH and subject not in SUBJECTS:
            yield broken("BR-CL-08", f"the note's subject {subject!r} is none of UNCL 4451", "note")


def papers(document: Document) -> Iterator[Finding]:
    for reference in document.preceding:
        if not reference.number:
            yield broken("BR-55", "a preceding invoice without its number (BT-25)")
    for number, attachment in enumerate(document.attachments, start=1):
        if not attachment.number:
            yield broken(
                "BR-52", "a supporting document without its reference (BT-122)", f"attachment {number}"
            )
        if attachment.mime is not None and attachment.mime not in MIME_TYPES:
            yield broken("BR-CL-24", f"{attachment.mime} may not be embedded", f"attachment {number}")
    if document.invoiced_object is not None:
        yield from object_findings(document.invoiced_object, "invoiced object")


def object_findings(identifier: Identifier, at: str) -> Iterator[Finding]:
    if identifier.scheme is not None and identifier.scheme not in OBJECT_SCHEMES:
        yield broken("BR-CL-07", f"scheme {identifier.scheme!r} is none of UNCL 1153", at)
