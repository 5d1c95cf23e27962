"""One page of invoices: only the filters that were asked for, on from the last one of the page before.
Nothing large is read."""

from typing import Any, LiteralString

from procurement.invoicing.app.ports import InvoiceQuery, InvoiceSummary, Sort
from procurement.invoicing.domain.document import Kind
from procurement.invoicing.domain.duplicates import normalised
from procurement.invoicing.domain.lifecycle import State
from procurement.kernel.ids import InvoiceId, OrderId, SupplierId
from procurement.platform.postgres.database import WHOLE, Row, scoped

_SELECT: LiteralString = """
SELECT i.id, i.kind, i.number, i.supplier_id, i.order_id, i.order_number, i.state, i.issued, i.currency,
       i.total, i.line_count, i.open_exceptions, i.finding_count, i.version, i.registered_at
FROM invoicing.invoices i
WHERE i.tenant_id = scope.tenant_id"""

_FILTERS: dict[str, LiteralString] = {
    "states": "i.state = ANY(%(states)s)",
    "kind": "i.kind = %(kind)s",
    "supplier": "i.supplier_id = %(supplier)s",
    "order": "i.order_id = %(order)s",
    "number": "i.number_key = %(number)s",
    "issued_from": "i.issued >= %(issued_from)s",
    "issued_to": "i.issued < %(issued_to)s",
    "registered_from": "i.registered_at >= %(registered_from)s",
    "registered_to": "i.registered_at < %(registered_to)s",
    "currency": "i.currency = %(currency)s",
    "total_from": "i.total >= %(total_from)s",
    "total_to": "i.total <= %(total_to)s",
}

_SORTS: dict[Sort, tuple[LiteralString, LiteralString]] = {
    Sort.REGISTERED: (
        "(i.registered_at, i.id) > (%(after)s::timestamptz, %(after_id)s)",
        "i.registered_at, i.id",
    ),
    Sort.REGISTERED_DESC: (
        "(i.registered_at, i.id) < (%(after)s::timestamptz, %(after_id)s)",
        "i.registered_at DESC, i.id DESC",
    ),
    Sort.TOTAL: (
        f"i.whole_total >= {WHOLE} AND (i.total, i.id) > (%(after)s::numeric, %(after_id)s)",
        "i.whole_total, i.total, i.id",
    ),
    Sort.TOTAL_DESC: (
        f"i.whole_total <= {WHOLE} AND (i.total, i.id) < (%(after)s::numeric, %(after_id)s)",
        "i.whole_total DESC, i.total DESC, i.id DESC",
    ),
}


def page_statement(query: InvoiceQuery) -> tuple[str, dict[str, Any]]:
    asked = {name: getattr(query, name) for name in _FILTERS}
    parameters: dict[str, Any] = {name: value for name, value in asked.items() if value not in {None, ()}}
    conditions = [_FILTERS[name] for name in parameters]
    beyond, order = _SORTS[query.sort]
    if query.after is not None:
        conditions.append(beyond)
        parameters["after"], parameters["after_id"] = query.after
    if query.states:
        parameters["states"] = [state.value for state in query.states]
    if query.number is not None:
        parameters["number"] = normalised(query.number)
    parameters["limit"] = query.limit
    where = "".join(f" AND {condition}" for condition in conditions)
    return scoped(f"{_SELECT}{where} ORDER BY {order} LIMIT %(limit)s"), parameters


def summary_from(row: Row) -> InvoiceSummary:
    invoice, kind, number, supplier, order, order_number, state, *rest = row
    issued, currency, total, lines, open_ones, findings, version, registered_at = rest
    return InvoiceSummary(
        id=InvoiceId(invoice),
        kind=Kind(kind),
        number=number,
        supplier=SupplierId(supplier),
        order=None if order is None else OrderId(order),
        order_number=order_number,
        state=State(state),
        issued=issued,
        currency=currency,
        total=total,
        line_count=lines,
        open_exceptions=open_ones,
        finding_count=findings,
        version=version,
        registered_at=registered_at,
    )
