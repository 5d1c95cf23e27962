"""What others reported, document by document: the entries that an order's progress is the sum of."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from procurement.kernel.ids import InvoiceId, OrderId, TenantId
from procurement.platform.postgres.database import Statements, scoped
from procurement.platform.postgres.entries import note_entries
from procurement.purchasing.app.ports import InvoiceNews, ReceiptNews
from procurement.purchasing.domain.following import Reported
from procurement.purchasing.domain.progress import LineBilling, LineReceipts

NOTE_RECEIPT = note_entries("purchasing.order_receipts", "receipt_id", "accepted", "complete_from")

# The last version that named the order, disputed it, settled it: the same in whatever order they come.
DISPUTE: LiteralString = """
, standing AS (
  INSERT INTO purchasing.invoice_disputes AS d (tenant_id, order_id, invoice_id, version, disputed, settled)
  SELECT scope.tenant_id, %(order)s, %(document)s, %(version)s, %(disputed)s, %(settled)s FROM scope
  ON CONFLICT (tenant_id, order_id, invoice_id) DO UPDATE SET
    version = greatest(d.version, excluded.version), disputed = greatest(d.disputed, excluded.disputed),
    settled = greatest(d.settled, excluded.settled)
)"""
NOTE_INVOICE = note_entries("purchasing.order_invoices", "invoice_id", "billed", "net", also=DISPUTE)

SUMS = scoped("""
SELECT
  (SELECT json_agg(json_build_array(r.line, r.accepted, r.complete_from))::text FROM (
     SELECT e.line, sum(e.accepted) AS accepted, min(e.complete_from) AS complete_from
     FROM purchasing.order_receipts e
     WHERE e.tenant_id = scope.tenant_id AND e.order_id = %(id)s AND e.accepted <> 0
     GROUP BY e.line) r),
  (SELECT json_agg(json_build_array(i.line, i.billed, i.net))::text FROM (
     SELECT e.line, sum(e.billed) AS billed, sum(e.net) AS net
     FROM purchasing.order_invoices e
     WHERE e.tenant_id = scope.tenant_id AND e.order_id = %(id)s
     GROUP BY e.line HAVING sum(e.billed) <> 0 OR sum(e.net) <> 0) i),
  ARRAY(SELECT d.invoice_id FROM purchasing.invoice_disputes d
        WHERE d.tenant_id = scope.tenant_id AND d.order_id = %(id)s AND d.disputed > d.settled
          AND NOT EXISTS (
            SELECT 1 FROM purchasing.invoice_disputes o
            WHERE o.tenant_id = d.tenant_id AND o.invoice_id = d.invoice_id AND o.version > d.disputed
              AND o.order_id <> d.order_id)),
  ARRAY(SELECT DISTINCT o.order_id FROM purchasing.invoice_disputes d
        JOIN purchasing.invoice_disputes o ON o.tenant_id = d.tenant_id AND o.invoice_id = d.invoice_id
        WHERE d.tenant_id = scope.tenant_id AND d.order_id = %(id)s AND o.order_id <> d.order_id
          AND o.disputed > o.settled AND d.version > o.disputed)
""")


_read = msgspec.json.Decoder(list[tuple[int, Decimal, Decimal]]).decode


class PostgresOrderReports:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def note_receipt(self, tenant: TenantId, news: ReceiptNews) -> None:
        await self._statements.write(NOTE_RECEIPT, _entries(tenant, news, news.receipt))

    async def note_invoice(self, tenant: TenantId, news: InvoiceNews) -> None:
        await self._statements.write(
            NOTE_INVOICE,
            {
                **_entries(tenant, news, news.invoice),
                "disputed": 0 if news.disputed is None else news.version,
                "settled": 0 if news.settled is None else news.version,
            },
        )

    async def sums(self, tenant: TenantId, order: OrderId) -> Reported:
        ((receipts, billing, disputed, left),) = await self._statements.fetch(
            SUMS, {"tenant": str(tenant), "id": order}
        )
        return Reported(
            receipts={line: LineReceipts(*sums) for line, *sums in _read(receipts or "[]")},
            billing={line: LineBilling(*sums) for line, *sums in _read(billing or "[]")},
            disputed=frozenset(InvoiceId(invoice) for invoice in disputed),
            left=frozenset(OrderId(order) for order in left),
        )


def _entries(tenant: TenantId, news: ReceiptNews | InvoiceNews, document: UUID) -> Mapping[str, Any]:
    lines = [{"line": number, **asdict(line)} for number, line in news.lines.items()]
    return {
        "tenant": str(tenant),
        "order": news.order,
        "document": document,
        "version": news.version,
        "lines": msgspec.json.encode(lines).decode(),
    }
