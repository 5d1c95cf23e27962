"""One page of receipts: only the filters that were asked for, on from the last one of the page before."""

from typing import Any, LiteralString

from procurement.kernel.ids import GoodsReceiptId, OrderId, SupplierId
from procurement.platform.postgres.database import Row, scoped
from procurement.receiving.app.ports import ReceiptQuery, ReceiptSummary, Sort
from procurement.receiving.domain.lifecycle import State

_SELECT: LiteralString = """
SELECT g.id, g.order_id, g.order_number, g.supplier_id, g.delivery_note, g.opened_by, g.state, g.line_count,
       g.open_discrepancies, g.version, g.created_at
FROM receiving.goods_receipts g
WHERE g.tenant_id = scope.tenant_id"""

_FILTERS: dict[str, LiteralString] = {
    "states": "g.state = ANY(%(states)s)",
    "order": "g.order_id = %(order)s",
    "supplier": "g.supplier_id = %(supplier)s",
    "delivery_note": "g.delivery_note = %(delivery_note)s",
    "opened_by": "g.opened_by = %(opened_by)s",
    "created_from": "g.created_at >= %(created_from)s",
    "created_to": "g.created_at < %(created_to)s",
}

_SORTS: dict[Sort, tuple[LiteralString, LiteralString]] = {
    Sort.CREATED: (
        "(g.created_at, g.id) > (%(after)s::timestamptz, %(after_id)s)",
        "g.created_at, g.id",
    ),
    Sort.CREATED_DESC: (
        "(g.created_at, g.id) < (%(after)s::timestamptz, %(after_id)s)",
        "g.created_at DESC, g.id DESC",
    ),
}


def page_statement(query: ReceiptQuery) -> tuple[str, dict[str, Any]]:
    asked = {name: getattr(query, name) for name in _FILTERS}
    parameters: dict[str, Any] = {name: value for name, value in asked.items() if value not in {None, ()}}
    conditions = [_FILTERS[name] for name in parameters]
    beyond, order = _SORTS[query.sort]
    if query.after is not None:
        conditions.append(beyond)
        parameters["after"], parameters["after_id"] = query.after
    if query.states:
        parameters["states"] = [state.value for state in query.states]
    parameters["limit"] = query.limit
    where = "".join(f" AND {condition}" for condition in conditions)
    return scoped(f"{_SELECT}{where} ORDER BY {order} LIMIT %(limit)s"), parameters


def summary_from(row: Row) -> ReceiptSummary:
    receipt, order, number, supplier, note, opened_by, state, lines, open_ones, version, created_at = row
    return ReceiptSummary(
        id=GoodsReceiptId(receipt),
        order=OrderId(order),
        order_number=number,
        supplier=SupplierId(supplier),
        delivery_note=note,
        opened_by=opened_by,
        state=State(state),
        line_count=lines,
        open_discrepancies=open_ones,
        version=version,
        created_at=created_at,
    )
