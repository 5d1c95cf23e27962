"""Which invoices of some orders are to be matched again, after something of it changed."""

from typing import LiteralString

from procurement.platform.postgres.database import scoped

_OVERBILLED: LiteralString = """
SELECT e.line FROM (
  SELECT t.line, t.amount FROM invoicing.line_billing t
  WHERE t.tenant_id = scope.tenant_id AND t.order_id = asked.id
  UNION ALL
  SELECT a.line, -a.accepted FROM invoicing.receipts r, unnest(r.lines, r.accepted) AS a (line, accepted)
  WHERE r.tenant_id = scope.tenant_id AND r.order_id = asked.id
) e GROUP BY e.line HAVING sum(e.amount) > 0
"""

_WAITING: LiteralString = "i.state IN ('Registered', 'Matching', 'Disputed')"

TO_MATCH = scoped(f"""
SELECT asked.id, w.id
FROM unnest(string_to_array(%(orders)s, ' ')::uuid[]) AS asked (id) CROSS JOIN LATERAL (
  SELECT true AS fell, i.id, i.registered_at FROM invoicing.invoices i
  WHERE i.tenant_id = scope.tenant_id AND i.order_id = asked.id AND i.state = 'Matched' AND EXISTS (
    SELECT FROM invoicing.invoice_claims c
    WHERE c.tenant_id = scope.tenant_id AND c.invoice_id = i.id AND c.order_id = asked.id
      AND c.line = ANY(ARRAY({_OVERBILLED})) AND c.quantity > 0)
  UNION ALL
  SELECT false, i.id, i.registered_at FROM invoicing.invoices i
  WHERE i.tenant_id = scope.tenant_id AND i.order_id = asked.id AND {_WAITING}
  UNION ALL
  SELECT false, i.id, i.registered_at
  FROM invoicing.orders o JOIN invoicing.invoices i
    ON i.tenant_id = scope.tenant_id AND i.order_number = o.number AND i.supplier_id = o.supplier_id
  WHERE o.tenant_id = scope.tenant_id AND o.id = asked.id AND i.order_id IS NULL AND {_WAITING}
  OFFSET 0
) w
ORDER BY asked.id, w.fell DESC, CASE WHEN w.fell THEN w.registered_at END DESC,
         CASE WHEN w.fell THEN w.id END DESC, w.registered_at, w.id
""")
