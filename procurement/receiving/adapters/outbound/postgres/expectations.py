"""What receiving knows of orders: tables fed by events, and the running totals of their lines."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, LiteralString

import msgspec

from procurement.kernel.ids import OrderId, SupplierId, TenantId, id_text
from procurement.kernel.tolerance import Tolerance
from procurement.platform.postgres.database import SCOPE, Row, Statements, scoped
from procurement.platform.postgres.entries import note_entries
from procurement.platform.postgres.told import by_aggregate, everybody
from procurement.receiving.domain.expectation import (
    BillingNews,
    ExpectedLine,
    ExpectedOrder,
    OrderedLine,
    OrderNews,
    OrderUnknown,
)

_ORDER: LiteralString = """
o.id, o.number, o.supplier_id, o.status, o.requesters, o.approvers, o.lines_known,
(SELECT json_agg(json_build_array(
          l.line, l.name, l.sku, l.supplier_item_id, l.gtin, l.quantity, l.unit, l.over_percentage,
          l.over_cap,
          (SELECT coalesce(sum(r.quantity), 0) FROM receiving.releases r
           WHERE r.tenant_id = l.tenant_id AND r.order_id = l.order_id AND r.line = l.line),
          coalesce(t.pending, 0), coalesce(t.accepted, 0),
          (SELECT coalesce(sum(i.billed), 0) FROM receiving.order_invoices i
           WHERE i.tenant_id = l.tenant_id AND i.order_id = l.order_id AND i.line = l.line)
          ) ORDER BY l.line)::text
 FROM receiving.expected_lines l
 LEFT JOIN receiving.line_totals t
   ON t.tenant_id = l.tenant_id AND t.order_id = l.order_id AND t.line = l.line
 WHERE l.tenant_id = o.tenant_id AND l.order_id = o.id"""

ALL_LINES: LiteralString = _ORDER + ")"
THESE_LINES: LiteralString = _ORDER + " AND l.line = ANY(%(lines)s::int[]))"

_OF: LiteralString = " FROM receiving.expected_orders o WHERE o.tenant_id = scope.tenant_id AND o.id = %(id)s"
EXPECTED = scoped(f"SELECT {ALL_LINES}{_OF}")
EXPECTED_ON = scoped(f"SELECT {THESE_LINES}{_OF}")

# The status goes by version, persons and lines add up: any order of events leads to the same rows. The orders
# come sorted, and before their lines: two who note the same ones wait for each other, never in a circle.
NOTE: LiteralString = (
    SCOPE
    + """
, told AS MATERIALIZED (
  SELECT scope.tenant_id, t.* FROM scope, json_to_recordset(%(orders)s::json) AS t (
    id uuid, version int, number text, supplier uuid, status text, requesters text[], approvers text[],
    lines json, released json)
), noted AS (
  INSERT INTO receiving.expected_orders AS o (
    tenant_id, id, version, number, supplier_id, status, requesters, approvers, lines_known)
  SELECT t.tenant_id, t.id, t.version, t.number, t.supplier, t.status, t.requesters, t.approvers,
         json_array_length(t.lines) > 0
  FROM told t
  ON CONFLICT (tenant_id, id) DO UPDATE SET
    version = greatest(o.version, excluded.version),
    status = CASE WHEN excluded.version > o.version THEN excluded.status ELSE o.status END,
    requesters = CASE WHEN excluded.requesters <@ o.requesters THEN o.requesters
      ELSE ARRAY(SELECT DISTINCT unnest(o.requesters || excluded.requesters) ORDER BY 1) END,
    approvers = CASE WHEN excluded.approvers <@ o.approvers THEN o.approvers
      ELSE ARRAY(SELECT DISTINCT unnest(o.approvers || excluded.approvers) ORDER BY 1) END,
    lines_known = o.lines_known OR excluded.lines_known
  RETURNING 1
), lines AS (
  INSERT INTO receiving.expected_lines (
    tenant_id, order_id, line, name, sku, supplier_item_id, gtin, quantity, unit, over_percentage, over_cap)
  SELECT t.tenant_id, t.id, l.number, l.name, l.sku, l.supplier_item_id, l.gtin, l.quantity, l.unit,
         (l.over ->> 'percentage')::numeric, (l.over ->> 'cap')::numeric
  FROM told t, json_to_recordset(t.lines) AS l (
    number int, name text, sku text, supplier_item_id text, gtin text, quantity numeric, unit text, over json)
  ON CONFLICT DO NOTHING
), released AS (
  INSERT INTO receiving.releases (tenant_id, order_id, line, version, quantity)
  SELECT t.tenant_id, t.id, r.line, r.version, r.quantity
  FROM told t, json_to_recordset(t.released) AS r (line int, version int, quantity numeric)
  ON CONFLICT DO NOTHING
)
SELECT count(*) FROM noted
"""
)


NOTE_BILLING = note_entries("receiving.order_invoices", "invoice_id", "billed")


class StoredLine(msgspec.Struct, frozen=True, array_like=True):
    line: int
    name: str
    sku: str | None
    supplier_item_id: str | None
    gtin: str | None
    quantity: Decimal
    unit: str
    over_percentage: Decimal | None
    over_cap: Decimal | None
    released: Decimal
    pending: Decimal
    accepted: Decimal
    billed: Decimal


_read_lines = msgspec.json.Decoder(list[StoredLine]).decode
_write = msgspec.json.Encoder().encode


class PostgresExpectations:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def expected(
        self, tenant: TenantId, order: OrderId, lines: Collection[int] | None = None
    ) -> ExpectedOrder:
        parameters: dict[str, Any] = {"tenant": str(tenant), "id": order}
        if lines is None:
            rows = await self._statements.fetch(EXPECTED, parameters)
        else:
            rows = await self._statements.fetch(EXPECTED_ON, parameters | {"lines": sorted(lines)})
        return expected_from(order, rows[0] if rows else None)

    async def note(self, tenant: TenantId, *news: OrderNews) -> None:
        orders = [_told_of(told) for told in by_aggregate(news, lambda each: each.order)]
        await self._statements.write(NOTE, {"tenant": str(tenant), "orders": _write(orders).decode()})

    async def note_billing(self, tenant: TenantId, news: BillingNews) -> None:
        lines = [{"line": number, "billed": billed} for number, billed in news.billed.items()]
        await self._statements.write(
            NOTE_BILLING,
            {
                "tenant": str(tenant),
                "order": news.order,
                "document": news.invoice,
                "version": news.version,
                "lines": _write(lines).decode(),
            },
        )


def _told_of(told: Sequence[OrderNews]) -> dict[str, Any]:
    """What all that was told of one order comes to: a statement may touch a row but once."""
    latest = max(told, key=lambda each: each.version)
    return {
        "id": latest.order,
        "version": latest.version,
        "number": latest.number,
        "supplier": latest.supplier,
        "status": latest.status,
        "requesters": everybody(each.requesters for each in told),
        "approvers": everybody(each.approvers for each in told),
        "lines": [line for each in told for line in each.lines],
        "released": [
            {"line": line, "version": each.version, "quantity": quantity}
            for each in told
            for line, quantity in each.released
        ],
    }


def expected_from(order: OrderId, row: Row | None) -> ExpectedOrder:
    """Raise OrderUnknown for no row, and for an order that is issued but whose lines did not arrive yet."""
    if row is None or row[0] is None:
        raise _unknown(order)
    _, number, supplier, status, requesters, approvers, lines_known, lines = row
    expected = ExpectedOrder(
        order=order,
        number=number,
        supplier=SupplierId(supplier),
        status=status,
        requesters=frozenset(requesters),
        approvers=frozenset(approvers),
        lines={line.line: _line(line) for line in _read_lines(lines or "[]")},
    )
    if expected.is_open and not lines_known:
        raise _unknown(order)
    return expected


def _line(stored: StoredLine) -> ExpectedLine:
    over = stored.over_percentage
    return ExpectedLine(
        ordered=OrderedLine(
            number=stored.line,
            name=stored.name,
            sku=stored.sku,
            supplier_item_id=stored.supplier_item_id,
            gtin=stored.gtin,
            quantity=stored.quantity,
            unit=stored.unit,
            over=None if over is None else Tolerance(over, stored.over_cap),
        ),
        released=stored.released,
        pending=stored.pending,
        accepted=stored.accepted,
        billed=stored.billed,
    )


def _unknown(order: OrderId) -> OrderUnknown:
    return OrderUnknown(
        f"receiving has not heard of order {id_text('po', order)}: check the id, or ask again shortly"
    )
