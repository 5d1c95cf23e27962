"""What invoicing knows of orders and receipts, from their events, and how much of their lines is billed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, LiteralString

import msgspec

from procurement.invoicing.domain.ordered import (
    BillableLine,
    BillableOrder,
    OrderedLine,
    OrderNews,
    ReceiptNews,
)
from procurement.kernel.ids import InvoiceId, OrderId, SupplierId, TenantId
from procurement.platform.postgres.database import SCOPE, Row, Statements, scoped
from procurement.platform.postgres.told import by_aggregate, everybody

# Added up rather than joined: without statistics the planner takes any order for one of a few lines.
_SUMS: LiteralString = """
SELECT e.line, sum(e.released) AS released, sum(e.accepted) AS accepted, bool_or(e.failed) AS failed,
       sum(e.billed) AS billed
FROM (
  SELECT n.line, 0::numeric AS released, 0::numeric AS accepted, false AS failed, 0::numeric AS billed
  FROM invoicing.order_lines n WHERE n.tenant_id = o.tenant_id AND n.order_id = o.id
  UNION ALL
  SELECT r.line, r.quantity, 0, false, 0
  FROM invoicing.releases r WHERE r.tenant_id = o.tenant_id AND r.order_id = o.id
  UNION ALL
  SELECT a.line, 0, a.accepted, a.failed, 0
  FROM invoicing.receipts r, unnest(r.lines, r.accepted, r.failed) AS a (line, accepted, failed)
  WHERE r.tenant_id = o.tenant_id AND r.order_id = o.id
  UNION ALL
  SELECT t.line, 0, 0, false, t.amount
  FROM invoicing.line_billing t WHERE t.tenant_id = o.tenant_id AND t.order_id = o.id
  UNION ALL
  SELECT c.line, 0, 0, false, -c.quantity
  FROM invoicing.invoice_claims c
  WHERE c.tenant_id = o.tenant_id AND c.invoice_id = %(without)s AND c.order_id = o.id
) e GROUP BY e.line
"""

ORDER: LiteralString = f"""
o.id, o.number, o.supplier_id, o.status, o.currency, o.requesters,
ARRAY(SELECT DISTINCT p.person FROM invoicing.receipts r, unnest(r.receivers) AS p (person)
      WHERE r.tenant_id = o.tenant_id AND r.order_id = o.id),
(SELECT json_agg(json_build_array(
          s.line, l.name, l.sku, l.supplier_item_id, l.gtin, l.quantity, l.unit, l.price, l.base_quantity,
          s.released, s.accepted, s.failed, s.billed) ORDER BY s.line)::text
 FROM ({_SUMS}) s CROSS JOIN LATERAL (
   SELECT k.* FROM invoicing.order_lines k
   WHERE k.tenant_id = o.tenant_id AND k.order_id = o.id AND k.line = s.line OFFSET 0
 ) l)
"""

NAMED: LiteralString = """
o.tenant_id = scope.tenant_id AND o.lines_known
AND o.id = CASE WHEN %(order)s::uuid IS NOT NULL THEN %(order)s::uuid ELSE (
  SELECT n.id FROM invoicing.orders n
  WHERE n.tenant_id = scope.tenant_id AND n.number = %(order_number)s ORDER BY n.id LIMIT 1) END
"""
"""By id, else by number. Under row-level security Postgres searches no index for a coalesce()."""

BILLABLE = scoped(f"SELECT {ORDER} FROM invoicing.orders o WHERE {NAMED}")

# The status goes by version, persons and lines add up: any order of events leads to the same rows. The orders
# come sorted, and before their lines: two who note the same ones wait for each other, never in a circle.
NOTE_ORDER: LiteralString = (
    SCOPE
    + """
, told AS MATERIALIZED (
  SELECT scope.tenant_id, t.* FROM scope, json_to_recordset(%(orders)s::json) AS t (
    id uuid, version int, number text, supplier uuid, status text, currency text, requesters text[],
    lines json, released json)
), noted AS (
  INSERT INTO invoicing.orders AS o (
    tenant_id, id, version, number, supplier_id, status, currency, requesters, lines_known)
  SELECT t.tenant_id, t.id, t.version, t.number, t.supplier, t.status, t.currency, t.requesters,
         json_array_length(t.lines) > 0
  FROM told t
  ON CONFLICT (tenant_id, id) DO UPDATE SET
    version = greatest(o.version, excluded.version),
    status = CASE WHEN excluded.version > o.version THEN excluded.status ELSE o.status END,
    currency = CASE WHEN excluded.version > o.version THEN excluded.currency ELSE o.currency END,
    requesters = CASE WHEN excluded.requesters <@ o.requesters THEN o.requesters
      ELSE ARRAY(SELECT DISTINCT unnest(o.requesters || excluded.requesters) ORDER BY 1) END,
    lines_known = o.lines_known OR excluded.lines_known
  RETURNING 1
), lines AS (
  INSERT INTO invoicing.order_lines (
    tenant_id, order_id, line, name, sku, supplier_item_id, gtin, quantity, unit, price, base_quantity)
  SELECT t.tenant_id, t.id, l.*
  FROM told t, json_to_recordset(t.lines) AS l (
    number int, name text, sku text, supplier_item_id text, gtin text, quantity numeric, unit text,
    price numeric, base_quantity numeric)
  ON CONFLICT DO NOTHING
), released AS (
  INSERT INTO invoicing.releases (tenant_id, order_id, line, version, quantity)
  SELECT t.tenant_id, t.id, r.line, r.version, r.quantity
  FROM told t, json_to_recordset(t.released) AS r (line int, version int, quantity numeric)
  ON CONFLICT DO NOTHING
)
SELECT count(*) FROM noted
"""
)

NOTE_RECEIPT: LiteralString = (
    SCOPE
    + """
, noted AS (
  INSERT INTO invoicing.receipts AS r (tenant_id, order_id, id, version, receivers, lines, accepted, failed)
  SELECT scope.tenant_id, n.*
  FROM scope, json_to_recordset(%(receipts)s::json) AS n (
    "order" uuid, id uuid, version int, receivers text[], lines int[], accepted numeric[], failed boolean[])
  ON CONFLICT (tenant_id, order_id, id) DO UPDATE SET
    receivers = ARRAY(SELECT DISTINCT unnest(r.receivers || excluded.receivers) ORDER BY 1),
    version = greatest(r.version, excluded.version),
    lines = CASE WHEN excluded.version > r.version THEN excluded.lines ELSE r.lines END,
    accepted = CASE WHEN excluded.version > r.version THEN excluded.accepted ELSE r.accepted END,
    failed = CASE WHEN excluded.version > r.version THEN excluded.failed ELSE r.failed END
  WHERE excluded.version > r.version OR NOT excluded.receivers <@ r.receivers
  RETURNING 1
)
SELECT count(*) FROM noted
"""
)


class StoredLine(msgspec.Struct, frozen=True, array_like=True):
    number: int
    name: str
    sku: str | None
    supplier_item_id: str | None
    gtin: str | None
    quantity: Decimal
    unit: str
    price: Decimal
    base_quantity: Decimal
    released: Decimal
    accepted: Decimal
    failed: bool
    billed: Decimal


_ORDERED = tuple(OrderedLine.__slots__)

_read_lines = msgspec.json.Decoder(list[StoredLine]).decode
_write = msgspec.json.Encoder().encode


class PostgresOrders:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def billable(
        self, tenant: TenantId, order: OrderId | None, number: str | None, without: InvoiceId | None = None
    ) -> BillableOrder | None:
        asked = {"tenant": str(tenant), "order": order, "order_number": number, "without": without}
        rows = await self._statements.fetch(BILLABLE, asked)
        return billable_from(rows[0]) if rows else None

    async def note_order(self, tenant: TenantId, *news: OrderNews) -> None:
        orders = [_told_of(told) for told in by_aggregate(news, lambda each: each.order)]
        await self._statements.write(NOTE_ORDER, {"tenant": str(tenant), "orders": _write(orders).decode()})

    async def note_receipt(self, tenant: TenantId, *news: ReceiptNews) -> None:
        receipts = [_counts_of(told) for told in by_aggregate(news, lambda each: each.receipt)]
        parameters = {"tenant": str(tenant), "receipts": _write(receipts).decode()}
        await self._statements.write(NOTE_RECEIPT, parameters)


def _told_of(told: Sequence[OrderNews]) -> dict[str, Any]:
    """What all that was told of one order comes to: a statement may touch a row but once."""
    latest = max(told, key=lambda each: each.version)
    return {
        "id": latest.order,
        "version": latest.version,
        "number": latest.number,
        "supplier": latest.supplier,
        "status": latest.status,
        "currency": latest.currency,
        "requesters": everybody(each.requesters for each in told),
        "lines": [line for each in told for line in each.lines],
        "released": [
            {"line": line, "version": each.version, "quantity": quantity}
            for each in told
            for line, quantity in each.released
        ],
    }


def _counts_of(told: Sequence[ReceiptNews]) -> dict[str, Any]:
    latest = max(told, key=lambda each: each.version)
    lines = sorted({*latest.accepted, *latest.failed})
    return {
        "order": latest.order,
        "id": latest.receipt,
        "version": latest.version,
        "receivers": everybody(each.receivers for each in told),
        "lines": lines,
        "accepted": [latest.accepted.get(line, Decimal(0)) for line in lines],
        "failed": [line in latest.failed for line in lines],
    }


def billable_from(row: Row) -> BillableOrder:
    """The columns of ORDER, in their order."""
    order, number, supplier, status, currency, requesters, receivers, lines = row
    return BillableOrder(
        order=OrderId(order),
        number=number,
        supplier=SupplierId(supplier),
        status=status,
        currency=currency,
        requesters=frozenset(requesters),
        receivers=frozenset(receivers),
        lines={line.number: _line(line) for line in _read_lines(lines)},
    )


def _line(stored: StoredLine) -> BillableLine:
    return BillableLine(
        ordered=OrderedLine(**{name: getattr(stored, name) for name in _ORDERED}),
        released=stored.released,
        accepted=stored.accepted,
        failed=stored.failed,
        billed=stored.billed,
    )
