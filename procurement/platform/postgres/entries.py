"""What documents count for, line by line, as their latest events said it.

Keeping the latest version per document and line, and summing up, gives the same whatever came twice or late.
"""

from typing import LiteralString

from procurement.platform.postgres.database import SCOPE


def note_entries(
    table: LiteralString, document: LiteralString, *measures: LiteralString, also: LiteralString = ""
) -> LiteralString:
    """A statement for the parameters tenant, order, document, version and lines: a JSON array of objects that
    have `line` and the measures. `document` is the column that names what the entries are of; `also` is a
    further CTE."""
    columns = ", ".join(measures)
    typed = ", ".join(f"{measure} numeric" for measure in measures)
    given = ", ".join(f"l.{measure}" for measure in measures)
    renewed = ", ".join(f"{measure} = excluded.{measure}" for measure in measures)
    return f"""{SCOPE}
, noted AS (
  INSERT INTO {table} AS e (tenant_id, order_id, {document}, line, version, {columns})
  SELECT scope.tenant_id, %(order)s, %(document)s, l.line, %(version)s, {given}
  FROM scope, json_to_recordset(%(lines)s::json) AS l (line int, {typed})
  ON CONFLICT (tenant_id, order_id, {document}, line) DO UPDATE SET version = excluded.version, {renewed}
  WHERE e.version < excluded.version
  RETURNING 1
){also}
SELECT count(*) FROM noted
"""
