"""The invoice that a credit note takes back from, and what is left of it."""

from decimal import Decimal
from typing import Any, LiteralString

import msgspec

from procurement.invoicing.domain.duplicates import normalised
from procurement.invoicing.domain.invoice import Invoice
from procurement.invoicing.domain.ordered import Corrected
from procurement.kernel.ids import InvoiceId, TenantId
from procurement.platform.postgres.database import Row, scoped

# Per order line, where both are of the same order: what was invoiced less what other credit notes took back.
_LEFT: LiteralString = """
SELECT json_agg(json_build_array(q.line, q.quantity - coalesce(t.amount, 0) - coalesce(c.quantity, 0)))::text
FROM (
  SELECT l.order_line AS line, sum(l.quantity) AS quantity
  FROM json_to_recordset(i.match->'lines') AS l (order_line int, quantity numeric)
  WHERE l.order_line IS NOT NULL
    AND (i.order_id = %(order)s OR %(order)s::uuid IS NULL AND i.order_number = %(order_number)s)
  GROUP BY l.order_line
) q
LEFT JOIN invoicing.credited_lines t ON t.tenant_id = i.tenant_id AND t.invoice_id = i.id
  AND t.order_id = i.order_id AND t.line = q.line
LEFT JOIN invoicing.invoice_claims c ON c.tenant_id = i.tenant_id AND c.invoice_id = own.id
  AND c.order_id = i.order_id AND c.line = q.line
"""

CORRECTED = scoped(f"""
SELECT i.id, i.total, coalesce(t.amount, 0) - coalesce(greatest(own.total, 0), 0), ({_LEFT})
FROM invoicing.invoices i
LEFT JOIN invoicing.credited t ON t.tenant_id = i.tenant_id AND t.invoice_id = i.id
LEFT JOIN LATERAL (
  SELECT n.id, n.total FROM invoicing.invoices n
  WHERE n.tenant_id = scope.tenant_id AND n.id = %(id)s AND n.state = 'Matched' AND n.corrects = i.id
) own ON true
WHERE i.tenant_id = scope.tenant_id AND i.number_key = ANY(%(numbers)s::text[])
  AND i.supplier_id = %(supplier)s AND i.kind = 'invoice' AND i.state NOT IN ('Rejected', 'Cancelled')
ORDER BY array_position(%(numbers)s::text[], i.number_key), i.duplicate_reason IS NOT NULL, i.registered_at,
         i.id
LIMIT 1
""")

_read_left = msgspec.json.Decoder(list[tuple[int, Decimal]]).decode


def correcting(tenant: TenantId, invoice: Invoice) -> dict[str, Any]:
    return {
        "tenant": str(tenant),
        "id": invoice.id,
        "numbers": [normalised(reference.number) for reference in invoice.document.preceding],
        "supplier": invoice.supplier,
        "order": invoice.order,
        "order_number": invoice.order_number,
    }


def corrected_from(row: Row) -> Corrected:
    invoice, total, credited, left = row
    return Corrected(
        invoice=InvoiceId(invoice),
        total=total,
        credited=credited,
        quantities=dict(_read_left(left or "[]")),
    )
