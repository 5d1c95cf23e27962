"""How invoices and the policy are said in the API's words."""

from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

from procurement.invoicing.adapters.inbound.requests import MatchToleranceBody
from procurement.invoicing.adapters.inbound.responses import (
    ComputedBody,
    DuplicateBody,
    ExceptionBody,
    FindingBody,
    InvoiceBody,
    InvoiceSummaryBody,
    InvoicingPolicyInForce,
    OriginalBody,
    StandingBody,
)
from procurement.invoicing.app.ports import InvoiceSummary
from procurement.invoicing.domain.amounts import computed
from procurement.invoicing.domain.document import Document
from procurement.invoicing.domain.duplicates import Possible
from procurement.invoicing.domain.exceptions import InvoiceException
from procurement.invoicing.domain.findings import Finding
from procurement.invoicing.domain.invoice import Invoice
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.kernel.ids import id_text
from procurement.kernel.money import in_digits
from procurement.kernel.tolerance import Tolerance

encode = msgspec.json.Encoder().encode


def standing_body(invoice: Invoice) -> bytes:
    return encode(StandingBody(**_standing(invoice)))


def invoice_body(invoice: Invoice) -> bytes:
    return encode(
        InvoiceBody(
            **_standing(invoice), document=stated(invoice.document), computed=_computed(invoice.document)
        )
    )


def _computed(document: Document) -> ComputedBody:
    found = computed(document)
    return ComputedBody(
        line_nets=stated(found.line_nets), breakdown=stated(found.breakdown), totals=stated(found.totals)
    )


def _standing(invoice: Invoice) -> dict[str, Any]:
    document, original = invoice.document, invoice.original
    return {
        "id": id_text("inv", invoice.id),
        "status": invoice.state,
        "version": invoice.version,
        "kind": document.kind,
        "number": document.number,
        "currency": document.currency,
        "total": in_digits(document.totals.with_vat),
        "supplier_id": id_text("sup", invoice.supplier),
        "order_id": id_or_none("po", invoice.order),
        "order_number": invoice.order_number,
        "corrects": id_or_none("inv", invoice.corrects),
        "entered_by": invoice.entered_by,
        "registered_at": invoice.registered_at,
        "resubmissions": invoice.resubmissions,
        "timed_out": invoice.timed_out,
        "original": OriginalBody(media_type=original.media_type, size=original.size, sha256=original.sha256),
        "findings": [_finding(found) for found in invoice.findings],
        "exceptions": [exception_body(exception) for exception in invoice.exceptions],
        "duplicates": [_duplicate(possible) for possible in invoice.duplicates],
        "duplicate_reason": invoice.duplicate_reason,
    }


def stated(part: Any) -> Any:
    """A part of the document, every number in its digits; what is not stated is left out.

    The names are those of the domain: documents/ describes them.
    """
    if isinstance(part, Decimal):
        return in_digits(part)
    if isinstance(part, tuple):
        return [stated(each) for each in part]
    if is_dataclass(part):
        kind: Any = type(part)
        values = ((name, getattr(part, name)) for name in _names(kind))
        return {name: stated(value) for name, value in values if value is not None and value != ()}
    return part


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _finding(found: Finding) -> FindingBody:
    return FindingBody(
        rule=found.rule,
        fatal=found.fatal,
        detail=found.detail,
        at=found.at,
        stated=digits(found.stated),
        computed=digits(found.computed),
    )


def exception_body(exception: InvoiceException) -> ExceptionBody:
    mismatch = exception.mismatch
    return ExceptionBody(
        number=exception.number,
        reason=mismatch.reason,
        code=mismatch.code,
        line=mismatch.line,
        detail=mismatch.detail,
        stated=digits(mismatch.stated),
        expected=digits(mismatch.expected),
        at_risk=in_digits(mismatch.at_risk),
        open=exception.is_open,
        waits=exception.waits,
        owner=exception.owner,
        released_by=exception.released_by,
        release_reason=exception.release_reason,
    )


def _duplicate(possible: Possible) -> DuplicateBody:
    return DuplicateBody(
        invoice_id=id_text("inv", possible.invoice),
        number=possible.number,
        reasons=list(possible.reasons),
        blocks=possible.blocks,
    )


def summary_body(invoice: InvoiceSummary) -> InvoiceSummaryBody:
    return InvoiceSummaryBody(
        id=id_text("inv", invoice.id),
        status=invoice.state,
        version=invoice.version,
        kind=invoice.kind,
        number=invoice.number,
        supplier_id=id_text("sup", invoice.supplier),
        order_id=id_or_none("po", invoice.order),
        order_number=invoice.order_number,
        issued=invoice.issued,
        currency=invoice.currency,
        total=in_digits(invoice.total),
        line_count=invoice.line_count,
        open_exceptions=invoice.open_exceptions,
        finding_count=invoice.finding_count,
        registered_at=invoice.registered_at,
    )


def policy_body(policy: InvoicingPolicy) -> bytes:
    return encode(policy_in_force(policy))


def policy_in_force(policy: InvoicingPolicy) -> InvoicingPolicyInForce:
    return InvoicingPolicyInForce(
        version=policy.version,
        price=_tolerance(policy.price),
        quantity=_tolerance(policy.quantity),
        three_way=policy.three_way,
        days_to_match=policy.days_to_match,
    )


def _tolerance(tolerance: Tolerance) -> MatchToleranceBody:
    return MatchToleranceBody(percentage=in_digits(tolerance.percentage), cap=digits(tolerance.cap))


def digits(value: Decimal | None) -> str | None:
    return None if value is None else in_digits(value)


def id_or_none(prefix: str, identifier: Any) -> str | None:
    return None if identifier is None else id_text(prefix, identifier)
