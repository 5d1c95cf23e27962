"""The statements behind the operator's verbs."""

from typing import LiteralString

BACKLOG: LiteralString = """
SELECT s.slot, coalesce(p.pending, 0), s.owner::text,
       extract(epoch FROM clock_timestamp() - o.occurred_at)::float8
FROM platform.outbox_slots s
LEFT JOIN (SELECT slot, count(*) AS pending, min(position) AS position FROM platform.outbox_pending
           WHERE slot >= 0 GROUP BY slot) p USING (slot)
LEFT JOIN platform.outbox_pending oldest ON oldest.slot = p.slot AND oldest.position = p.position
LEFT JOIN platform.outbox o ON o.position = oldest.position AND o.recorded_on = oldest.recorded_on
ORDER BY s.slot
"""

PARKED: LiteralString = """
SELECT k.aggregateid::text, o.id::text, o.type, k.attempts, k.last_error, k.parked_at,
       CASE WHEN k.dead_at IS NULL THEN k.retry_at END, k.dead_at,
       (SELECT count(*) FROM platform.outbox_pending w WHERE w.aggregateid = k.aggregateid AND w.slot < 0)
FROM platform.outbox_parked k
LEFT JOIN LATERAL (
  SELECT position, recorded_on FROM platform.outbox_pending p
  WHERE p.aggregateid = k.aggregateid AND p.slot < 0 ORDER BY position LIMIT 1) head ON true
LEFT JOIN platform.outbox o ON o.position = head.position AND o.recorded_on = head.recorded_on
WHERE %(dead)s::boolean IS NULL OR (k.dead_at IS NOT NULL) = %(dead)s
ORDER BY k.parked_at LIMIT %(limit)s
"""

IS_PARKED: LiteralString = "SELECT FROM platform.outbox_parked WHERE aggregateid = %(id)s"

PATIENCE: LiteralString = "SELECT set_config('statement_timeout', '300s', true)"

FIND_EVENT: LiteralString = """
SELECT o.aggregateid, p.slot
FROM platform.outbox o LEFT JOIN platform.outbox_pending p ON p.position = o.position
WHERE o.id = %(id)s AND o.occurred_at BETWEEN %(since)s AND %(until)s
LIMIT 1
"""
"""By the time that is in its name: there is no index on names, because every writer would pay for it."""

FIND_AGGREGATE: LiteralString = (
    "SELECT o.aggregateid FROM platform.outbox o WHERE o.aggregateid = %(id)s LIMIT 1"
)

LOCK: LiteralString = "SELECT slot FROM platform.outbox_slots WHERE slot = %(slot)s FOR UPDATE"
"""Every change to a parked aggregate is made with its slot locked, the relay's as well."""

REVIVE: LiteralString = """
WITH revived AS (
  UPDATE platform.outbox_parked SET dead_at = NULL, attempts = 0, position = 0, retry_at = clock_timestamp()
  WHERE aggregateid = ANY (%(aggregates)s::uuid[]) RETURNING aggregateid
)
SELECT count(*) FROM platform.outbox_pending p JOIN revived USING (aggregateid) WHERE p.slot < 0
"""

THIS_EVENT: LiteralString = "o.id = %(id)s AND o.occurred_at BETWEEN %(since)s AND %(until)s"
THIS_AGGREGATE: LiteralString = "o.aggregateid = %(id)s"
THIS_WHILE: LiteralString = "o.occurred_at BETWEEN %(since)s AND %(until)s"


def published(which: LiteralString) -> LiteralString:
    return (  # our own constants
        "SELECT o.position, o.recorded_on, o.tenant_id, o.aggregateid FROM platform.outbox o"
        f" WHERE {which} AND o.position > %(after)s"
        " AND NOT EXISTS (SELECT FROM platform.outbox_pending p WHERE p.position = o.position)"
        " ORDER BY o.position LIMIT 5000"
    )


AGAIN: LiteralString = """
WITH again AS (
  INSERT INTO platform.outbox_pending (slot, position, recorded_on, tenant_id, aggregateid)
  SELECT * FROM unnest(%(slots)s::smallint[], %(positions)s::bigint[], %(days)s::date[], %(tenants)s::uuid[],
                       %(aggregates)s::uuid[])
  ON CONFLICT DO NOTHING RETURNING 1
)
SELECT count(*) FROM again
"""

PARKED_BETWEEN: LiteralString = """
SELECT DISTINCT p.aggregateid FROM platform.outbox_pending p
JOIN platform.outbox o ON o.position = p.position AND o.recorded_on = p.recorded_on
WHERE p.slot < 0 AND o.occurred_at BETWEEN %(since)s AND %(until)s
"""

SKIP: LiteralString = """
WITH gone AS (
  DELETE FROM platform.outbox_pending p USING platform.outbox o
  WHERE o.id = %(id)s AND o.occurred_at BETWEEN %(since)s AND %(until)s
    AND p.position = o.position AND p.recorded_on = o.recorded_on RETURNING 1
)
SELECT count(*) FROM gone
"""

UNPARK: LiteralString = """
WITH gone AS (
  DELETE FROM platform.outbox_parked k WHERE aggregateid = %(aggregate)s AND NOT EXISTS (
    SELECT FROM platform.outbox_pending p WHERE p.aggregateid = k.aggregateid AND p.slot < 0)
  RETURNING 1
)
SELECT count(*) FROM gone
"""

NOTE: LiteralString = """
WITH noted AS (
  INSERT INTO platform.outbox_operations (operator, verb, target, reason, events)
  VALUES (%(operator)s, %(verb)s, %(target)s, %(reason)s, %(events)s) RETURNING 1
)
SELECT pg_notify('procurement_outbox', '') FROM noted
"""

HISTORY: LiteralString = """
SELECT at, operator, verb, target, reason, events FROM platform.outbox_operations
ORDER BY at DESC LIMIT %(limit)s
"""
