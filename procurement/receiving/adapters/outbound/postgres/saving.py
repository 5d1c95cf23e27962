"""The one statement that stores a receipt and moves the running totals of the order lines it is about.

What a receipt takes up of a line is a function of the receipt; the totals move by the difference to what is
stored of it. They are added to where they stand, row by row in line order: receipts that race wait for each
other, cannot deadlock, and the one that crosses the limit is undone as a whole by the constraint. A limit
that sank below what is already here (a line closed short) holds nothing back but more.
"""

from typing import LiteralString

from procurement.platform.postgres.database import SCOPE
from procurement.platform.postgres.record import RECORD

LIMIT = "line_totals_within_limit"
DELIVERY_NOTE = "goods_receipts_delivery_note"

SAVE: LiteralString = (
    SCOPE
    + """
, saved AS (
  INSERT INTO receiving.goods_receipts AS g (
    tenant_id, id, version, order_id, order_number, supplier_id, delivery_note, opened_by, receivers, state,
    line_count, open_discrepancies, discrepancies, created_at, updated_at)
  SELECT scope.tenant_id, %(aggregate_id)s, %(new_version)s, %(order_id)s, %(order_number)s, %(supplier_id)s,
         %(delivery_note)s, %(opened_by)s, %(receivers)s::text[], %(state)s, %(line_count)s,
         %(open_discrepancies)s, %(discrepancies)s::json, %(created_at)s, %(at)s
  FROM scope
  ON CONFLICT (tenant_id, id) DO UPDATE SET
    version = excluded.version, receivers = excluded.receivers, state = excluded.state,
    open_discrepancies = excluded.open_discrepancies, discrepancies = excluded.discrepancies,
    updated_at = excluded.updated_at
  WHERE g.version = %(expected)s
  RETURNING 1
), lines AS MATERIALIZED (
  SELECT scope.tenant_id, l.*
  FROM scope, saved, json_to_recordset(%(lines)s::json) AS l (
    line int, name text, sku text, unit text, received numeric, enough numeric, advised numeric,
    rejected numeric, reason text, quality text, returned numeric, pending numeric, accepted numeric)
), moved AS MATERIALIZED (
  SELECT n.tenant_id, n.line, n.pending - coalesce(b.pending, 0) AS pending,
         n.accepted - coalesce(b.accepted, 0) AS accepted
  FROM lines n LEFT JOIN LATERAL (
    SELECT l.pending, l.accepted FROM receiving.goods_receipt_lines l
    WHERE l.tenant_id = n.tenant_id AND l.receipt_id = %(aggregate_id)s AND l.line = n.line OFFSET 0
  ) b ON true
), written AS (
  INSERT INTO receiving.goods_receipt_lines AS l (
    tenant_id, receipt_id, line, name, sku, unit, received, enough, advised, rejected, reason, quality,
    returned, pending, accepted)
  SELECT n.tenant_id, %(aggregate_id)s, n.line, n.name, n.sku, n.unit, n.received, n.enough, n.advised,
         n.rejected, n.reason, n.quality, n.returned, n.pending, n.accepted
  FROM lines n
  ON CONFLICT (tenant_id, receipt_id, line) DO UPDATE SET
    rejected = excluded.rejected, reason = excluded.reason, quality = excluded.quality,
    returned = excluded.returned, pending = excluded.pending, accepted = excluded.accepted
  WHERE (l.rejected, l.reason, l.quality, l.returned, l.pending, l.accepted) IS DISTINCT FROM
        (excluded.rejected, excluded.reason, excluded.quality, excluded.returned, excluded.pending,
         excluded.accepted)
), policy AS MATERIALIZED (
  SELECT coalesce((p.policy->'over'->>'percentage')::numeric, %(default_percentage)s) AS percentage,
         CASE WHEN p.policy IS NULL THEN %(default_cap)s::numeric
              ELSE (p.policy->'over'->>'cap')::numeric END AS cap
  FROM scope LEFT JOIN LATERAL (
    SELECT p.policy FROM receiving.policies p WHERE p.tenant_id = scope.tenant_id OFFSET 0
  ) p ON true
), totals AS (
  INSERT INTO receiving.line_totals AS t (tenant_id, order_id, line, pending, accepted, ceiling)
  SELECT m.tenant_id, %(order_id)s, m.line, m.pending, m.accepted, limits.most
  FROM policy CROSS JOIN moved m CROSS JOIN LATERAL (
    SELECT d.due + CASE WHEN e.over_percentage IS NULL
                        THEN least(d.due * policy.percentage * 0.01, policy.cap)
                        ELSE least(d.due * e.over_percentage * 0.01, e.over_cap) END AS most
    FROM receiving.expected_lines e CROSS JOIN LATERAL (
      SELECT e.quantity - coalesce(sum(r.quantity), 0) AS due FROM receiving.releases r
      WHERE r.tenant_id = e.tenant_id AND r.order_id = e.order_id AND r.line = e.line
    ) d
    WHERE e.tenant_id = m.tenant_id AND e.order_id = %(order_id)s AND e.line = m.line OFFSET 0
  ) limits
  WHERE m.pending <> 0 OR m.accepted <> 0
  ORDER BY m.line
  ON CONFLICT (tenant_id, order_id, line) DO UPDATE SET
    pending = t.pending + excluded.pending, accepted = t.accepted + excluded.accepted,
    ceiling = greatest(excluded.ceiling, t.pending + t.accepted)
)"""
    + RECORD
)
