"""What receiving reported, receipt by receipt: the entries that an order's progress is the sum of."""

from collections.abc import Mapping
from typing import LiteralString

import msgspec

from procurement.kernel.ids import OrderId, TenantId
from procurement.platform.postgres.database import SCOPE, Statements, scoped
from procurement.purchasing.app.ports import ReceiptNews
from procurement.purchasing.domain.progress import LineReceipts

NOTE: LiteralString = (
    SCOPE
    + """
, noted AS (
  INSERT INTO purchasing.order_receipts AS r (
    tenant_id, order_id, receipt_id, line, version, accepted, complete_from)
  SELECT scope.tenant_id, %(order)s, %(receipt)s, l.line, %(version)s, l.accepted, l.complete_from
  FROM scope, json_to_recordset(%(lines)s::json) AS l (line int, accepted numeric, complete_from numeric)
  ON CONFLICT (tenant_id, order_id, receipt_id, line) DO UPDATE SET
    version = excluded.version, accepted = excluded.accepted, complete_from = excluded.complete_from
  WHERE r.version < excluded.version
  RETURNING 1
)
SELECT count(*) FROM noted
"""
)

SUMS = scoped(
    "SELECT r.line, sum(r.accepted), min(r.complete_from) FROM purchasing.order_receipts r"
    " WHERE r.tenant_id = scope.tenant_id AND r.order_id = %(id)s AND r.accepted <> 0 GROUP BY r.line"
)


class PostgresOrderReceipts:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def note(self, tenant: TenantId, news: ReceiptNews) -> None:
        await self._statements.write(
            NOTE,
            {
                "tenant": str(tenant),
                "order": news.order,
                "receipt": news.receipt,
                "version": news.version,
                "lines": msgspec.json.encode(
                    [
                        {"line": n, "accepted": line.accepted, "complete_from": line.complete_from}
                        for n, line in news.lines.items()
                    ]
                ).decode(),
            },
        )

    async def sums(self, tenant: TenantId, order: OrderId) -> Mapping[int, LineReceipts]:
        rows = await self._statements.fetch(SUMS, {"tenant": str(tenant), "id": order})
        return {line: LineReceipts(accepted, enough) for line, accepted, enough in rows}
