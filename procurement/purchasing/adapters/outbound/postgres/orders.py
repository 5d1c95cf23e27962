"""Purchase orders: header and lines, the list, the history."""

from collections.abc import Callable, Sequence
from typing import LiteralString

from procurement.kernel.act import Act, Answer
from procurement.kernel.aggregate import DomainEvent
from procurement.kernel.errors import NotFound, Stale
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import OrderId, SupplierId, TenantId, id_text
from procurement.platform.outbox import Fact
from procurement.platform.postgres.audit import history_of
from procurement.platform.postgres.database import SCOPE, Statements, scoped
from procurement.platform.postgres.record import RECORD, RECORD_CONSTRAINTS, SEEN, named, recorded, seen
from procurement.purchasing.adapters.outbound.events import AGGREGATE_TYPE
from procurement.purchasing.adapters.outbound.postgres.listing import page_statement, summary_from
from procurement.purchasing.adapters.outbound.postgres.openings import Openings
from procurement.purchasing.adapters.outbound.postgres.stored import header_of, lines_of, order_from
from procurement.purchasing.app.ports import Opening, OrderQuery, OrderSummary
from procurement.purchasing.domain.lifecycle import Command
from procurement.purchasing.domain.order import PurchaseOrder

ORDER: LiteralString = """
o.id, o.version, o.number, o.supplier_id, o.requested_by, o.requested_on_behalf_of, o.state, o.currency,
o.total, o.revision, o.note, o.buyer_reference, o.progress::text, o.issued_at, o.created_at,
(SELECT json_agg(json_build_array(
          l.number, l.name, l.sku, l.supplier_item_id, l.gtin, l.commodity, l.quantity, l.unit, l.price,
          l.base_quantity, l.need_by, l.over_receipt) ORDER BY l.number)::text
 FROM purchasing.purchase_order_lines l
 WHERE l.tenant_id = o.tenant_id AND l.order_id = o.id AND l.revision = o.revision)
"""

GET = scoped(
    f"SELECT {ORDER} FROM purchasing.purchase_orders o WHERE o.tenant_id = scope.tenant_id AND o.id = %(id)s"
)

FOR_CHANGE = scoped(
    f"SELECT seen.fingerprint, seen.answer, {ORDER} FROM purchasing.purchase_orders o {SEEN}"
    " WHERE o.tenant_id = scope.tenant_id AND o.id = %(id)s"
)

SAVE: LiteralString = (
    SCOPE
    + """
, saved AS (
  INSERT INTO purchasing.purchase_orders AS o (
    tenant_id, id, number, supplier_id, requested_by, requested_on_behalf_of, state, receipt_status,
    billing_status, currency, total, line_count, revision, version, note, buyer_reference, progress,
    waiting_since, issued_at, created_at, updated_at)
  SELECT scope.tenant_id, %(aggregate_id)s, %(number)s, %(supplier_id)s, %(requested_by)s,
         %(requested_on_behalf_of)s, %(state)s, %(receipt_status)s, %(billing_status)s, %(currency)s,
         %(total)s, %(line_count)s, %(revision)s, %(new_version)s, %(note)s, %(buyer_reference)s,
         %(progress)s::json, %(waiting_since)s, %(issued_at)s, %(created_at)s, %(at)s
  FROM scope
  ON CONFLICT (tenant_id, id) DO UPDATE SET
    state = excluded.state, receipt_status = excluded.receipt_status,
    billing_status = excluded.billing_status, currency = excluded.currency, total = excluded.total,
    line_count = excluded.line_count, revision = excluded.revision, version = excluded.version,
    note = excluded.note, buyer_reference = excluded.buyer_reference, progress = excluded.progress,
    waiting_since = excluded.waiting_since, issued_at = excluded.issued_at, updated_at = excluded.updated_at
  WHERE o.version = %(expected)s
  RETURNING 1
), lines AS (
  INSERT INTO purchasing.purchase_order_lines (
    tenant_id, order_id, revision, number, name, sku, supplier_item_id, gtin, commodity, quantity, unit,
    price, base_quantity, total, need_by, over_receipt)
  SELECT scope.tenant_id, %(aggregate_id)s, %(revision)s, l.*
  FROM scope, saved, json_to_recordset(%(lines)s::json) AS l (
    number int, name text, sku text, supplier_item_id text, gtin text, commodity json, quantity numeric,
    unit text, price numeric, base_quantity numeric, total numeric, need_by date,
    over_receipt json)
)"""
    + RECORD
)

DISPUTABLE = scoped(
    "SELECT o.id FROM purchasing.purchase_orders o WHERE o.tenant_id = scope.tenant_id"
    " AND o.supplier_id = %(id)s AND o.state IN ('Approved', 'Issued', 'Acknowledged')"
    " ORDER BY o.created_at, o.id"
)


# Where two change an order at once, Postgres may see neither of its versions, take it for a new one, and meet
# its number before its key.
_CONSTRAINTS = {**RECORD_CONSTRAINTS, "purchase_orders_number": Stale}


class PostgresPurchaseOrders:
    def __init__(
        self, statements: Statements, encode: Callable[[PurchaseOrder, DomainEvent, Act], Fact]
    ) -> None:
        self._statements, self._encode = statements, encode
        self._openings = Openings(statements)

    async def open(self, act: Act, supplier: SupplierId) -> Opening:
        return await self._openings.open(act, supplier)

    async def for_change(self, act: Act, order: OrderId) -> PurchaseOrder:
        rows = await self._statements.fetch(FOR_CHANGE, {**named(act), "id": order})
        if not rows:
            raise _nothing(order)
        fingerprint, answer, *stored = rows[0]
        seen(act, fingerprint, answer)
        return order_from(tuple(stored))

    async def get(self, tenant: TenantId, order: OrderId) -> PurchaseOrder:
        rows = await self._statements.fetch(GET, {"tenant": str(tenant), "id": order})
        if not rows:
            raise _nothing(order)
        return order_from(rows[0])

    async def save(self, order: PurchaseOrder, act: Act) -> Answer:
        with order.saving() as event:
            fact = self._encode(order, event, act)
            expected, order.version = order.version, fact.version
            answer = act.answer(order)
            parameters = recorded(act, answer, AGGREGATE_TYPE, order.id, fact)
            rewritten = fact.action in {Command.CREATE, Command.REVISE}
            parameters |= header_of(order)
            parameters |= {"expected": expected, "lines": lines_of(order.content) if rewritten else "[]"}
            if not await self._statements.write(SAVE, parameters, _CONSTRAINTS):
                raise Stale(f"order {id_text('po', order.id)} was changed by somebody else meanwhile")
        return answer

    async def page(self, tenant: TenantId, query: OrderQuery) -> Sequence[OrderSummary]:
        statement, parameters = page_statement(query)
        rows = await self._statements.fetch(statement, {"tenant": str(tenant), **parameters})
        return [summary_from(row) for row in rows]

    async def history(self, tenant: TenantId, order: OrderId) -> Sequence[HistoryEntry]:
        return await history_of(self._statements, tenant, order)

    async def disputable(self, tenant: TenantId, supplier: SupplierId) -> Sequence[OrderId]:
        rows = await self._statements.fetch(DISPUTABLE, {"tenant": str(tenant), "id": supplier})
        return [OrderId(order) for (order,) in rows]


def _nothing(order: OrderId) -> NotFound:
    return NotFound(f"there is no order {id_text('po', order)}")
