"""The one statement that stores an invoice and moves what is billed of its order lines, and what is credited of
the invoice that it corrects.

What an invoice takes up is a function of the invoice; the sums move by the difference to what is stored of it.
They are added to where they stand, row by row in one order: invoices that race wait for each other, cannot
deadlock, and the one that crosses a limit is undone as a whole by the constraint. Who takes up may not go above
the ceiling, who gives back not below the floor; a limit that is crossed already holds nothing back but more.

An INSERT checks the constraint on its own row before it looks for the row that is there: so what it proposes
for a line that has a row is any lawful sum, and the real one is made from `moved`.
"""

from typing import LiteralString

from procurement.platform.postgres.database import SCOPE
from procurement.platform.postgres.record import RECORD

BILLED_TOO_MUCH = "line_billing_within_limits"
CREDITED_TOO_MUCH = "credited_within_invoice"
NUMBER_TAKEN = "invoices_number_once"

_INVOICE: LiteralString = """
, saved AS (
  INSERT INTO invoicing.invoices AS i (
    tenant_id, id, version, kind, number, number_key, number_loose, supplier_id, order_id, order_number, state,
    issued, currency, total, line_count, open_exceptions, finding_count, media_type, sha256, size, entered_by,
    entered_by_persons, duplicate_reason, match, exceptions, raised, assigned, resubmissions, timed_out,
    corrects, registered_at, updated_at)
  SELECT scope.tenant_id, %(aggregate_id)s, %(new_version)s, %(kind)s, %(number)s, %(number_key)s,
         %(number_loose)s, %(supplier_id)s, %(order_id)s, %(order_number)s, %(state)s, %(issued)s, %(currency)s,
         %(total)s, %(line_count)s, %(open_exceptions)s, %(finding_count)s, %(media_type)s, %(sha256)s,
         %(size)s, %(entered_by)s, %(entered_by_persons)s::text[], %(duplicate_reason)s, %(match)s::json,
         %(exceptions)s::json, %(raised)s, %(assigned)s::json, %(resubmissions)s, %(timed_out)s, %(corrects)s,
         %(registered_at)s, %(at)s
  FROM scope
  ON CONFLICT (tenant_id, id) DO UPDATE SET
    version = excluded.version, order_id = excluded.order_id, order_number = excluded.order_number,
    state = excluded.state, open_exceptions = excluded.open_exceptions,
    entered_by_persons = excluded.entered_by_persons, match = excluded.match, exceptions = excluded.exceptions,
    raised = excluded.raised, assigned = excluded.assigned, resubmissions = excluded.resubmissions,
    timed_out = excluded.timed_out, corrects = excluded.corrects, updated_at = excluded.updated_at
  WHERE i.version = %(expected)s
  RETURNING 1
), kept AS (
  INSERT INTO invoicing.originals (tenant_id, invoice_id, content, document, findings, duplicates)
  SELECT scope.tenant_id, %(aggregate_id)s, %(content)s::bytea, %(document)s::json, %(findings)s::json,
         %(duplicates)s::json
  FROM scope, saved WHERE %(expected)s = 0
)"""

_CLAIMS: LiteralString = """
, before AS MATERIALIZED (
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
), billed AS (
  INSERT INTO invoicing.line_billing AS t (tenant_id, order_id, line, billed, moved, floor, ceiling)
  SELECT m.tenant_id, m.order_id, m.line,
         CASE WHEN stood.known THEN greatest(m.floor, least(m.ceiling, 0)) ELSE m.moved END,
         m.moved, m.floor, m.ceiling
  FROM moved m LEFT JOIN LATERAL (
    SELECT true AS known FROM invoicing.line_billing t
    WHERE t.tenant_id = m.tenant_id AND t.order_id = m.order_id AND t.line = m.line OFFSET 0
  ) stood ON true
  WHERE m.moved <> 0
  ORDER BY m.order_id, m.line
  ON CONFLICT (tenant_id, order_id, line) DO UPDATE SET
    billed = t.billed + excluded.moved, moved = excluded.moved,
    floor = least(excluded.floor, t.billed), ceiling = greatest(excluded.ceiling, t.billed)
)"""

SAVE: LiteralString = SCOPE + _INVOICE + _CLAIMS + RECORD
