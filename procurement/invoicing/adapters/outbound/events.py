"""Invoicing's events as the world sees them. Names and shapes here are a public contract: docs/events."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec import Struct

from procurement.invoicing.adapters.outbound import public
from procurement.invoicing.domain import events
from procurement.invoicing.domain.events import InvoiceEvent
from procurement.invoicing.domain.exceptions import InvoiceException
from procurement.invoicing.domain.invoice import Invoice
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.kernel.act import Act
from procurement.kernel.aggregate import DomainEvent
from procurement.kernel.clock import NewId
from procurement.kernel.ids import id_text
from procurement.kernel.money import in_digits
from procurement.kernel.tolerance import Tolerance
from procurement.platform.cloudevents import fact_of, policy_decided
from procurement.platform.outbox import Fact

TOPIC = "invoicing.invoices"
POLICY_TOPIC = "invoicing.policies"
AGGREGATE_TYPE = "invoice"


class EncodeInvoice:
    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def __call__(self, invoice: Invoice, event: DomainEvent, act: Act) -> Fact:
        """The version is the one the invoice is about to get."""
        assert isinstance(event, InvoiceEvent)  # noqa: S101 - an invoice records nothing else
        shape, special = _shape_of(invoice, event)
        data = shape(**_facts(invoice, event), **special(invoice))
        return fact_of(
            act,
            event,
            event_id=self._new_id(),
            topic=TOPIC,
            aggregate_type=AGGREGATE_TYPE,
            subject=data.invoice_id,
            key=invoice.id,
            version=invoice.version + 1,
            data=data,
        )


def _facts(invoice: Invoice, event: InvoiceEvent) -> dict[str, Any]:
    document = invoice.document
    return {
        "invoice_id": id_text("inv", invoice.id),
        "kind": document.kind,
        "number": document.number,
        "supplier_id": id_text("sup", invoice.supplier),
        "order_id": id_text("po", invoice.order) if invoice.order else None,
        "order_number": invoice.order_number,
        "entered_by": invoice.entered_by,
        "status": event.after,
        "previous_status": event.before,
        "reason": event.reason,
        "issued": document.issued.isoformat(),
        "currency": document.currency,
        "total": in_digits(document.totals.with_vat),
        "payable": in_digits(document.totals.due),
        "lines": [
            public.BilledLine(line=line, billed=in_digits(counted.quantity), net=in_digits(counted.net))
            for line, counted in sorted(invoice.counted.items())
        ],
    }


def _nothing_more(_: Invoice) -> dict[str, Any]:
    return {}


def _preceding(invoice: Invoice) -> dict[str, Any]:
    return {"preceding": [reference.number for reference in invoice.document.preceding]}


def _exceptions(invoice: Invoice) -> dict[str, Any]:
    return {"exceptions": [_exception(known) for known in invoice.exceptions]}


def _exception(known: InvoiceException) -> public.ExceptionBody:
    mismatch = known.mismatch
    return public.ExceptionBody(
        number=known.number,
        reason=mismatch.reason,
        code=mismatch.code,
        line=mismatch.line,
        detail=mismatch.detail,
        stated=_digits(mismatch.stated),
        expected=_digits(mismatch.expected),
        at_risk=in_digits(mismatch.at_risk),
        owner=known.owner,
        released_by=known.released_by,
        release_reason=known.release_reason,
    )


def _digits(value: Decimal | None) -> str | None:
    return None if value is None else in_digits(value)


_Special = Callable[[Invoice], dict[str, Any]]

_PUBLIC: dict[type[InvoiceEvent], tuple[type[public.InvoiceFacts], _Special]] = {
    events.InvoiceRegistered: (public.InvoiceRegistered, _preceding),
    events.InvoiceMatchDeferred: (public.InvoiceMatchDeferred, _exceptions),
    events.InvoiceMatched: (public.InvoiceMatched, _exceptions),
    events.InvoiceMatchedAfterAll: (public.InvoiceMatched, _exceptions),
    events.InvoiceDisputed: (public.InvoiceDisputed, _exceptions),
    events.InvoiceTimedOut: (public.InvoiceDisputed, _exceptions),
    events.InvoiceExceptionAssigned: (public.InvoiceExceptionAssigned, _exceptions),
    events.InvoiceExceptionReleased: (public.InvoiceExceptionReleased, _exceptions),
    events.InvoiceResubmitted: (public.InvoiceResubmitted, _nothing_more),
    events.InvoiceRejected: (public.InvoiceRejected, _nothing_more),
    events.InvoiceCancelled: (public.InvoiceCancelled, _nothing_more),
}


def _shape_of(invoice: Invoice, event: InvoiceEvent) -> tuple[type[public.InvoiceFacts], _Special]:
    shape, special = _PUBLIC[type(event)]
    if shape is public.InvoiceMatched and invoice.is_credit:
        return public.CreditNoteMatched, special
    return shape, special


class EncodeInvoicingPolicy:
    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def __call__(self, policy: InvoicingPolicy, act: Act) -> Fact:
        data = public.InvoicingPolicyDecided(
            version=policy.version,
            price=_tolerance(policy.price),
            quantity=_tolerance(policy.quantity),
            three_way=policy.three_way,
            days_to_match=policy.days_to_match,
        )
        return policy_decided(
            act, event_id=self._new_id(), topic=POLICY_TOPIC, version=policy.version, data=data
        )


def _tolerance(tolerance: Tolerance) -> public.ToleranceBody:
    return public.ToleranceBody(percentage=in_digits(tolerance.percentage), cap=_digits(tolerance.cap))


SCHEMAS: tuple[type[Struct], ...] = (
    *dict.fromkeys(shape for shape, _ in _PUBLIC.values()),
    public.CreditNoteMatched,
    public.InvoicingPolicyDecided,
)
"""Every public shape, for the schemas in docs/events."""
