"""One page of orders: only the filters that were asked for, on from the last order of the page before."""

from typing import Any, LiteralString

from procurement.kernel.ids import OrderId, SupplierId
from procurement.platform.postgres.database import WHOLE, Row, scoped
from procurement.purchasing.app.ports import OrderQuery, OrderSummary, Sort
from procurement.purchasing.domain.progress import Extent, Status

_SELECT: LiteralString = """
SELECT o.id, o.number, o.supplier_id, s.name, o.requested_by, o.status, o.receipt_status, o.billing_status,
       o.currency, o.total, o.line_count, o.version, o.created_at
FROM purchasing.purchase_orders o
LEFT JOIN purchasing.suppliers s ON s.tenant_id = o.tenant_id AND s.id = o.supplier_id
WHERE o.tenant_id = scope.tenant_id"""

_FILTERS: dict[str, LiteralString] = {
    "statuses": "o.status = ANY(%(statuses)s)",
    "supplier": "o.supplier_id = %(supplier)s",
    "requested_by": "o.requested_by = %(requested_by)s",
    "number": "o.number = %(number)s",
    "created_from": "o.created_at >= %(created_from)s",
    "created_to": "o.created_at < %(created_to)s",
    "total_from": "o.total >= %(total_from)s",
    "total_to": "o.total <= %(total_to)s",
    "issued": "o.issued_at IS NOT NULL",
}

_SORTS: dict[Sort, tuple[LiteralString, LiteralString]] = {
    Sort.CREATED: (
        "(o.created_at, o.id) > (%(after)s::timestamptz, %(after_id)s)",
        "o.created_at, o.id",
    ),
    Sort.CREATED_DESC: (
        "(o.created_at, o.id) < (%(after)s::timestamptz, %(after_id)s)",
        "o.created_at DESC, o.id DESC",
    ),
    Sort.TOTAL: (
        f"o.whole_total >= {WHOLE} AND (o.total, o.id) > (%(after)s::numeric, %(after_id)s)",
        "o.whole_total, o.total, o.id",
    ),
    Sort.TOTAL_DESC: (
        f"o.whole_total <= {WHOLE} AND (o.total, o.id) < (%(after)s::numeric, %(after_id)s)",
        "o.whole_total DESC, o.total DESC, o.id DESC",
    ),
}


def page_statement(query: OrderQuery) -> tuple[str, dict[str, Any]]:
    asked = {name: getattr(query, name) for name in _FILTERS}
    parameters: dict[str, Any] = {name: value for name, value in asked.items() if value not in {None, ()}}
    conditions = [_FILTERS[name] for name in parameters]
    beyond, order = _SORTS[query.sort]
    if query.after is not None:
        conditions.append(beyond)
        parameters["after"], parameters["after_id"] = query.after
    if query.statuses:
        parameters["statuses"] = [status.value for status in query.statuses]
    parameters["limit"] = query.limit
    where = "".join(f" AND {condition}" for condition in conditions)
    return scoped(f"{_SELECT}{where} ORDER BY {order} LIMIT %(limit)s"), parameters


def summary_from(row: Row) -> OrderSummary:
    (
        order,
        number,
        supplier,
        name,
        requester,
        status,
        receipts,
        billing,
        currency,
        total,
        count,
        version,
        at,
    ) = row
    return OrderSummary(
        id=OrderId(order),
        number=number,
        supplier=SupplierId(supplier),
        supplier_name=name,
        requested_by=requester,
        status=Status(status),
        receipt_status=Extent(receipts),
        billing_status=Extent(billing),
        currency=currency,
        total=total,
        line_count=count,
        version=version,
        created_at=at,
    )
