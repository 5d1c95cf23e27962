"""Goods receipts: header and lines, the list, the history."""

from collections.abc import Callable, Collection, Sequence
from typing import LiteralString

from procurement.kernel.act import Act, Answer
from procurement.kernel.aggregate import DomainEvent
from procurement.kernel.errors import NotFound, RuleBroken, Stale
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import GoodsReceiptId, OrderId, TenantId, id_text
from procurement.platform.outbox import Fact
from procurement.platform.postgres.audit import history_of
from procurement.platform.postgres.commands import PostgresCommandMemory
from procurement.platform.postgres.database import Statements, scoped
from procurement.platform.postgres.record import RECORD_CONSTRAINTS, SEEN, named, recorded, seen
from procurement.receiving.adapters.outbound.events import AGGREGATE_TYPE
from procurement.receiving.adapters.outbound.postgres.expectations import (
    THESE_LINES,
    PostgresExpectations,
    expected_from,
)
from procurement.receiving.adapters.outbound.postgres.listing import page_statement, summary_from
from procurement.receiving.adapters.outbound.postgres.policies import PostgresPolicies
from procurement.receiving.adapters.outbound.postgres.saving import DELIVERY_NOTE, LIMIT, SAVE
from procurement.receiving.adapters.outbound.postgres.stored import header_of, lines_of, receipt_from
from procurement.receiving.app.ports import ReceiptQuery, ReceiptSummary
from procurement.receiving.domain.content import no_room, received_before
from procurement.receiving.domain.expectation import ExpectedOrder
from procurement.receiving.domain.guards import Facts
from procurement.receiving.domain.policy import DEFAULT_POLICY
from procurement.receiving.domain.receipt import GoodsReceipt

RECEIPT: LiteralString = """
g.id, g.version, g.order_id, g.order_number, g.supplier_id, g.delivery_note, g.opened_by, g.receivers,
g.state, g.discrepancies::text, g.created_at,
(SELECT json_agg(json_build_array(
          l.line, l.name, l.sku, l.unit, l.received, l.enough, l.advised, l.rejected, l.reason, l.quality,
          l.returned) ORDER BY l.line)::text
 FROM receiving.goods_receipt_lines l WHERE l.tenant_id = g.tenant_id AND l.receipt_id = g.id)
"""

GET = scoped(
    f"SELECT {RECEIPT} FROM receiving.goods_receipts g WHERE g.tenant_id = scope.tenant_id AND g.id = %(id)s"
)

FOR_CHANGE = scoped(
    f"SELECT seen.fingerprint, seen.answer, {RECEIPT} FROM receiving.goods_receipts g {SEEN}"
    " WHERE g.tenant_id = scope.tenant_id AND g.id = %(id)s"
)

OPENING = scoped(
    f"SELECT seen.fingerprint, seen.answer, {THESE_LINES} FROM (SELECT 1) one {SEEN}"
    " LEFT JOIN receiving.expected_orders o ON o.tenant_id = scope.tenant_id AND o.id = %(id)s"
)

# The guard of `close` decides; here is where it may say yes.
BILLED = scoped("""
SELECT g.id FROM receiving.goods_receipts g CROSS JOIN LATERAL (
  SELECT bool_and(coalesce(t.accepted, 0) <= coalesce(b.billed, 0)) AND bool_or(b.billed > 0) AS done
  FROM receiving.goods_receipt_lines l
  LEFT JOIN receiving.line_totals t
    ON t.tenant_id = l.tenant_id AND t.order_id = g.order_id AND t.line = l.line
  LEFT JOIN (SELECT i.line, sum(i.billed) AS billed FROM receiving.order_invoices i
             WHERE i.tenant_id = scope.tenant_id AND i.order_id = %(id)s GROUP BY i.line) b ON b.line = l.line
  WHERE l.tenant_id = g.tenant_id AND l.receipt_id = g.id
) lines
WHERE g.tenant_id = scope.tenant_id AND g.order_id = %(id)s AND g.state = 'Verified' AND lines.done
ORDER BY g.created_at, g.id
""")


class _LimitCrossed(Exception):
    """Other receipts took the room meanwhile."""


class _NoteTaken(Exception):
    """The same delivery note was received meanwhile, or before."""


_CONSTRAINTS = {**RECORD_CONSTRAINTS, LIMIT: _LimitCrossed, DELIVERY_NOTE: _NoteTaken}


class PostgresGoodsReceipts:
    def __init__(
        self,
        statements: Statements,
        encode: Callable[[GoodsReceipt, DomainEvent, Act], Fact],
        expectations: PostgresExpectations,
        policies: PostgresPolicies,
    ) -> None:
        """The two others say why, when the database refused; unless it was this very command, sent twice at
        once, that came first."""
        self._statements, self._encode = statements, encode
        self._memory = PostgresCommandMemory(statements)
        self._expectations, self._policies = expectations, policies

    async def opening(self, act: Act, order: OrderId, lines: Collection[int]) -> ExpectedOrder:
        parameters = {**named(act), "id": order, "lines": sorted(lines)}
        ((fingerprint, answer, *known),) = await self._statements.fetch(OPENING, parameters)
        seen(act, fingerprint, answer)
        return expected_from(order, tuple(known))

    async def for_change(self, act: Act, receipt: GoodsReceiptId) -> GoodsReceipt:
        rows = await self._statements.fetch(FOR_CHANGE, {**named(act), "id": receipt})
        if not rows:
            raise _nothing(receipt)
        fingerprint, answer, *stored = rows[0]
        seen(act, fingerprint, answer)
        return receipt_from(tuple(stored))

    async def get(self, tenant: TenantId, receipt: GoodsReceiptId) -> GoodsReceipt:
        rows = await self._statements.fetch(GET, {"tenant": str(tenant), "id": receipt})
        if not rows:
            raise _nothing(receipt)
        return receipt_from(rows[0])

    async def save(self, receipt: GoodsReceipt, act: Act) -> Answer:
        with receipt.saving() as event:
            fact = self._encode(receipt, event, act)
            expected, receipt.version = receipt.version, fact.version
            answer = act.answer(receipt)
            parameters = recorded(act, answer, AGGREGATE_TYPE, receipt.id, fact) | header_of(receipt)
            parameters |= {
                "expected": expected,
                "lines": lines_of(receipt),
                "default_percentage": DEFAULT_POLICY.over.percentage,
                "default_cap": DEFAULT_POLICY.over.cap,
            }
            try:
                saved = await self._statements.write(SAVE, parameters, _CONSTRAINTS)
            except _LimitCrossed:
                await self._memory.recall(act)
                raise await self._why(receipt, act.tenant) from None
            except _NoteTaken:
                await self._memory.recall(act)
                if expected:  # its own: Postgres took the receipt that two change at once for a new one
                    raise Stale(f"somebody else changes receipt {id_text('grn', receipt.id)}") from None
                raise RuleBroken(received_before(receipt.delivery_note, receipt.order_number)) from None
            if not saved:
                raise Stale(f"receipt {id_text('grn', receipt.id)} was changed by somebody else meanwhile")
        return answer

    async def _why(self, receipt: GoodsReceipt, tenant: TenantId) -> RuleBroken | Stale:
        """The figures as they are now; where they would fit after all, it is worth another try."""
        lines = {line.line for line in receipt.lines}
        expected = await self._expectations.expected(tenant, receipt.order, lines)
        facts = Facts(expected=expected, policy=await self._policies.current(tenant))
        blockers = tuple(no_room(receipt.lines, facts))
        return RuleBroken(*blockers) if blockers else Stale("other receipts of the order came first")

    async def page(self, tenant: TenantId, query: ReceiptQuery) -> Sequence[ReceiptSummary]:
        statement, parameters = page_statement(query)
        rows = await self._statements.fetch(statement, {"tenant": str(tenant), **parameters})
        return [summary_from(row) for row in rows]

    async def history(self, tenant: TenantId, receipt: GoodsReceiptId) -> Sequence[HistoryEntry]:
        return await history_of(self._statements, tenant, receipt)

    async def billed(self, tenant: TenantId, order: OrderId) -> Sequence[GoodsReceiptId]:
        rows = await self._statements.fetch(BILLED, {"tenant": str(tenant), "id": order})
        return [GoodsReceiptId(receipt) for (receipt,) in rows]


def _nothing(receipt: GoodsReceiptId) -> NotFound:
    return NotFound(f"there is no receipt {id_text('grn', receipt)}")
