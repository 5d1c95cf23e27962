"""The one statement that stores an invoice and moves the sums that it has a share in: what is billed of its
order lines, and what is credited of the invoice that it corrects.

What an invoice takes up is a function of the invoice; the sums move by the difference to what is stored of
it. They are added to where they stand, row by row in one order: invoices that race wait for each other,
cannot deadlock, and the one that crosses a limit is undone as a whole by the constraint. A limit that is
crossed already holds nothing back but more, and what leaves has none.

An INSERT checks the constraint on the row that it proposes before it looks for the one that is there. So
where there is one, any lawful sum is proposed, and the real one is made from `moved`.
"""

from typing import LiteralString

from procurement.platform.postgres.database import SCOPE
from procurement.platform.postgres.record import RECORD

SHARED_LIMITS = (
    "line_billing_within_limits",
    "credited_within_limits",
    "credited_lines_within_limits",
)
NUMBER_TAKEN = "invoices_number_once"


def _added(table: LiteralString, rows: LiteralString, *key: LiteralString) -> LiteralString:
    columns = ", ".join(key)
    mine = ", ".join(f"m.{column}" for column in key)
    same = " AND ".join(f"t.{column} = m.{column}" for column in ("tenant_id", *key))
    return f"""
, {table}_added AS (
  INSERT INTO invoicing.{table} AS t (tenant_id, {columns}, amount, moved, floor, ceiling)
  SELECT m.tenant_id, {mine},
         CASE WHEN stood.known THEN greatest(m.floor, least(m.ceiling, 0)) ELSE m.moved END,
         m.moved, m.floor, m.ceiling
  FROM {rows} m LEFT JOIN LATERAL (SELECT true AS known FROM invoicing.{table} t WHERE {same} OFFSET 0) stood
    ON true
  WHERE m.moved <> 0
  ORDER BY {mine}
  ON CONFLICT (tenant_id, {columns}) DO UPDATE SET
    amount = t.amount + excluded.moved, moved = excluded.moved,
    floor = least(excluded.floor, t.amount), ceiling = greatest(excluded.ceiling, t.amount)
)"""


_INVOICE: LiteralString = """
, saved AS (
  INSERT INTO invoicing.invoices AS i (
    tenant_id, id, version, kind, number, number_key, number_loose, supplier_id, order_id, order_number,
    state, issued, currency, total, line_count, open_exceptions, finding_count, media_type, sha256, size,
    entered_by, entered_by_persons, duplicate_reason, match, exceptions, raised, assigned, resubmissions,
    timed_out, corrects, registered_at, resubmitted_at,
    updated_at)
  SELECT scope.tenant_id, %(aggregate_id)s, %(new_version)s, %(kind)s, %(number)s, %(number_key)s,
         %(number_loose)s, %(supplier_id)s, %(order_id)s, %(order_number)s, %(state)s, %(issued)s,
         %(currency)s, %(total)s, %(line_count)s, %(open_exceptions)s, %(finding_count)s, %(media_type)s,
         %(sha256)s, %(size)s, %(entered_by)s, %(entered_by_persons)s::text[], %(duplicate_reason)s,
         %(match)s::json, %(exceptions)s::json, %(raised)s, %(assigned)s::json, %(resubmissions)s,
         %(timed_out)s, %(corrects)s, %(registered_at)s, %(resubmitted_at)s, %(at)s
  FROM scope
  ON CONFLICT (tenant_id, id) DO UPDATE SET
    version = excluded.version, order_id = excluded.order_id, order_number = excluded.order_number,
    state = excluded.state, open_exceptions = excluded.open_exceptions,
    entered_by_persons = excluded.entered_by_persons, match = excluded.match,
    exceptions = excluded.exceptions, raised = excluded.raised, assigned = excluded.assigned,
    resubmissions = excluded.resubmissions, timed_out = excluded.timed_out,
    corrects = excluded.corrects, resubmitted_at = excluded.resubmitted_at, updated_at = excluded.updated_at
  WHERE i.version = %(expected)s
  RETURNING 1
), kept AS (
  INSERT INTO invoicing.originals (tenant_id, invoice_id, content, document, findings, duplicates)
  SELECT scope.tenant_id, %(aggregate_id)s, %(content)s::bytea, %(document)s::json, %(findings)s::json,
         %(duplicates)s::json
  FROM scope, saved WHERE %(expected)s = 0
)"""

_CLAIMS: LiteralString = """
, was AS MATERIALIZED (
  SELECT w.* FROM scope CROSS JOIN LATERAL (
    SELECT i.corrects AS invoice_id, greatest(i.total, 0) AS total FROM invoicing.invoices i
    WHERE i.tenant_id = scope.tenant_id AND i.id = %(aggregate_id)s AND i.state = 'Matched'
      AND i.corrects IS NOT NULL OFFSET 0
  ) w
), now AS (
  SELECT %(corrects)s::uuid AS invoice_id, greatest(%(total)s::numeric, 0) AS total
  WHERE %(state)s = 'Matched' AND %(corrects)s::uuid IS NOT NULL
), before AS MATERIALIZED (
  SELECT b.* FROM scope CROSS JOIN LATERAL (
    SELECT c.tenant_id, c.order_id, c.line, c.quantity, c.net FROM invoicing.invoice_claims c
    WHERE c.tenant_id = scope.tenant_id AND c.invoice_id = %(aggregate_id)s OFFSET 0
  ) b
), claimed AS MATERIALIZED (
  SELECT scope.tenant_id, %(order_id)s::uuid AS order_id, c.*
  FROM scope, json_to_recordset(%(claims)s::json) AS c (
    line int, quantity numeric, net numeric, floor numeric, ceiling numeric)
), moved AS MATERIALIZED (
  SELECT coalesce(n.tenant_id, b.tenant_id) AS tenant_id, coalesce(n.order_id, b.order_id) AS order_id,
         coalesce(n.line, b.line) AS line, coalesce(n.quantity, 0) AS quantity, coalesce(n.net, 0) AS net,
         coalesce(n.quantity, 0) - coalesce(b.quantity, 0) AS moved,
         coalesce(n.floor, '-Infinity') AS floor, coalesce(n.ceiling, 'Infinity') AS ceiling
  FROM saved CROSS JOIN (
    claimed n FULL JOIN before b ON b.order_id = n.order_id AND b.line = n.line)
  WHERE (coalesce(n.quantity, 0), coalesce(n.net, 0)) IS DISTINCT FROM (b.quantity, b.net)
), claims AS (
  INSERT INTO invoicing.invoice_claims (tenant_id, invoice_id, order_id, line, quantity, net)
  SELECT m.tenant_id, %(aggregate_id)s, m.order_id, m.line, m.quantity, m.net FROM moved m
  ON CONFLICT (tenant_id, invoice_id, order_id, line) DO UPDATE SET
    quantity = excluded.quantity, net = excluded.net
)"""

# A credit note takes back of the total with VAT and, line by line, of the quantities that the invoice was
# found on. What was ordered below zero is invoiced below zero and credited above it.
_CREDITS: LiteralString = """
, shares AS MATERIALIZED (
  SELECT scope.tenant_id, g.* FROM scope, saved, (
    SELECT w.invoice_id, NULL::uuid AS order_id, NULL::int AS line, -w.total AS moved FROM was w
    UNION ALL SELECT w.invoice_id, b.order_id, b.line, b.quantity FROM was w, before b
    UNION ALL SELECT n.invoice_id, NULL, NULL, n.total FROM now n
    UNION ALL SELECT n.invoice_id, c.order_id, c.line, -c.quantity FROM now n, claimed c
  ) g
), corrected AS MATERIALIZED (
  SELECT i.* FROM (SELECT DISTINCT tenant_id, invoice_id FROM shares) s CROSS JOIN LATERAL (
    SELECT i.tenant_id, i.id, i.order_id, i.total, i.match FROM invoicing.invoices i
    WHERE i.tenant_id = s.tenant_id AND i.id = s.invoice_id OFFSET 0
  ) i
), credits AS MATERIALIZED (
  SELECT c.tenant_id, c.invoice_id, c.order_id, c.line, sum(c.moved) AS moved, sum(c.invoiced) AS invoiced
  FROM (
    SELECT s.*, 0 AS invoiced FROM shares s
    UNION ALL SELECT k.tenant_id, k.id, NULL, NULL, 0, k.total FROM corrected k
    UNION ALL SELECT k.tenant_id, k.id, k.order_id, l.order_line, 0, l.quantity
    FROM corrected k, json_to_recordset(k.match->'lines') AS l (order_line int, quantity numeric)
    WHERE l.order_line IS NOT NULL
  ) c GROUP BY c.tenant_id, c.invoice_id, c.order_id, c.line
), credited_totals AS (
  SELECT c.tenant_id, c.invoice_id, c.moved, '-Infinity'::numeric AS floor,
         CASE WHEN %(unlimited)s THEN 'Infinity' ELSE c.invoiced END AS ceiling
  FROM credits c WHERE c.order_id IS NULL
), credited_quantities AS (
  SELECT c.tenant_id, c.invoice_id, c.order_id, c.line, c.moved,
         CASE WHEN c.invoiced < 0 AND NOT %(unlimited)s THEN c.invoiced ELSE '-Infinity' END AS floor,
         CASE WHEN c.invoiced > 0 AND NOT %(unlimited)s THEN c.invoiced ELSE 'Infinity' END AS ceiling
  FROM credits c WHERE c.order_id IS NOT NULL
)"""

SAVE: LiteralString = (
    SCOPE
    + _INVOICE
    + _CLAIMS
    + _added("line_billing", "moved", "order_id", "line")
    + _CREDITS
    + _added("credited", "credited_totals", "invoice_id")
    + _added("credited_lines", "credited_quantities", "invoice_id", "order_id", "line")
    + RECORD
)
