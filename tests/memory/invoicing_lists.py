"""Lists of invoices in memory."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from procurement.invoicing.app.ports import InvoiceQuery, InvoiceSummary
from procurement.invoicing.domain.duplicates import normalised
from procurement.invoicing.domain.invoice import Invoice
from tests.memory.lists import beyond


def found_by(query: InvoiceQuery, invoices: Sequence[Invoice]) -> list[InvoiceSummary]:
    by = query.sort.removeprefix("-")
    every = [_summary(invoice) for invoice in invoices]
    every.sort(key=lambda s: (getattr(s, by), s.id), reverse=query.sort.startswith("-"))
    return beyond(every, query.after, lambda summary: _wanted(query, summary))[: query.limit]


def _wanted(query: InvoiceQuery, invoice: InvoiceSummary) -> bool:
    return all(
        (
            not query.states or invoice.state in query.states,
            query.kind in {None, invoice.kind},
            query.supplier in {None, invoice.supplier},
            query.order in {None, invoice.order},
            query.number is None or normalised(query.number) == normalised(invoice.number),
            query.currency in {None, invoice.currency},
            _within(query.issued_from, invoice.issued, query.issued_to),
            _within(query.registered_from, invoice.registered_at, query.registered_to),
            query.total_from is None or invoice.total >= query.total_from,
            query.total_to is None or invoice.total <= query.total_to,
        )
    )


def _within(first: Any, value: Any, beyond: Any) -> bool:
    return (first is None or value >= first) and (beyond is None or value < beyond)


def _summary(invoice: Invoice) -> InvoiceSummary:
    document = invoice.document
    total: Decimal = document.totals.with_vat
    return InvoiceSummary(
        id=invoice.id,
        kind=document.kind,
        number=document.number,
        supplier=invoice.supplier,
        order=invoice.order,
        order_number=invoice.order_number,
        state=invoice.state,
        issued=document.issued,
        currency=document.currency,
        total=total,
        line_count=len(document.lines),
        open_exceptions=sum(exception.is_open for exception in invoice.exceptions),
        finding_count=len(invoice.findings),
        version=invoice.version,
        registered_at=invoice.registered_at,
    )
