"""The relay's side of the outbox tables: leases, claims, deletions, parking."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString
from uuid import UUID

from procurement.platform.delivery import Claimed, Refused
from procurement.platform.outbox import SLOTS
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.low_water import LOOK, LowWater
from procurement.platform.slots import Tenure

BEAT: LiteralString = """
WITH alive AS (
  INSERT INTO platform.outbox_workers (worker, alive_until)
  VALUES (%(worker)s, clock_timestamp() + %(lease)s * interval '1 s')
  ON CONFLICT (worker) DO UPDATE SET alive_until = EXCLUDED.alive_until RETURNING worker
), buried AS (
  DELETE FROM platform.outbox_workers WHERE worker IN (
    SELECT w.worker FROM platform.outbox_workers w, alive
    WHERE w.worker <> alive.worker AND w.alive_until < clock_timestamp() FOR UPDATE OF w SKIP LOCKED)
  RETURNING worker
), others AS (
  SELECT worker FROM platform.outbox_workers
  WHERE worker <> %(worker)s AND worker NOT IN (SELECT worker FROM buried)
), fair AS (
  SELECT ceil(%(slots)s::numeric / (1 + count(*)))::integer AS share FROM others
), given AS (
  UPDATE platform.outbox_slots SET owner = NULL WHERE owner = %(worker)s AND slot = ANY (%(give)s::smallint[])
), kept AS MATERIALIZED (
  SELECT slot, epoch FROM platform.outbox_slots
  WHERE owner = %(worker)s AND slot <> ALL (%(give)s::smallint[]) FOR SHARE
), free AS MATERIALIZED (
  SELECT slot FROM platform.outbox_slots
  WHERE slot <> ALL (%(give)s::smallint[]) AND (owner IS NULL OR owner IN (SELECT worker FROM buried))
  ORDER BY random() LIMIT (SELECT greatest(0, fair.share - (SELECT count(*) FROM kept)) FROM fair)
  FOR UPDATE SKIP LOCKED
), freed AS (
  UPDATE platform.outbox_slots SET owner = NULL
  WHERE owner IN (SELECT worker FROM buried) AND slot NOT IN (SELECT slot FROM free)
), taken AS (
  UPDATE platform.outbox_slots s SET owner = %(worker)s, epoch = epoch + 1
  FROM free WHERE s.slot = free.slot RETURNING s.slot, s.epoch
), mine AS (
  SELECT slot, epoch FROM kept UNION ALL SELECT slot, epoch FROM taken
)
SELECT fair.share, (SELECT coalesce(array_agg(slot), '{}') FROM mine),
       (SELECT coalesce(array_agg(epoch), '{}') FROM mine)
FROM fair
"""
"""One statement, so that a worker frozen in the middle of it holds no lock. A slot is taken only from nobody,
or from one that this very statement found overdue: a worker that this snapshot does not show may be new."""

LEAVE: LiteralString = """
WITH left_behind AS (
  UPDATE platform.outbox_slots SET owner = NULL WHERE owner = %(worker)s
), gone AS (
  DELETE FROM platform.outbox_workers WHERE worker = %(worker)s RETURNING 1
)
SELECT count(*) FROM gone
"""

EVENT: LiteralString = "p.aggregateid::text, o.topic, o.headers::text, o.payload"

CLAIM: LiteralString = """
SELECT array_agg(p.slot), array_agg(p.position), array_agg(p.aggregateid::text), array_agg(o.topic),
       array_agg(o.headers::text), array_agg(o.payload), array_agg(k.aggregateid IS NOT NULL)
FROM unnest(%(slots)s::smallint[], %(marks)s::bigint[]) AS mine (slot, mark)
CROSS JOIN LATERAL (
  SELECT slot, position, recorded_on, aggregateid FROM platform.outbox_pending
  WHERE slot = mine.slot AND position > mine.mark ORDER BY position LIMIT %(limit)s
) p
JOIN platform.outbox o ON o.position = p.position AND o.recorded_on = p.recorded_on
LEFT JOIN platform.outbox_parked k ON k.aggregateid = p.aggregateid
"""

DUE: LiteralString = f"""
SELECT p.slot, p.position, {EVENT}, true
FROM (
  SELECT aggregateid FROM platform.outbox_parked
  WHERE slot = ANY (%(slots)s::smallint[]) AND dead_at IS NULL AND retry_at <= clock_timestamp()
  ORDER BY retry_at LIMIT %(limit)s
) k
LEFT JOIN LATERAL (
  SELECT slot, position, recorded_on, aggregateid FROM platform.outbox_pending
  WHERE aggregateid = k.aggregateid AND slot < 0 ORDER BY position LIMIT 50
) p ON true
LEFT JOIN platform.outbox o ON o.position = p.position AND o.recorded_on = p.recorded_on
"""

HELD: LiteralString = """
WITH held AS MATERIALIZED (
  SELECT s.slot FROM platform.outbox_slots s
  JOIN unnest(%(slots)s::smallint[], %(epochs)s::bigint[]) AS mine (slot, epoch) USING (slot, epoch)
  WHERE s.owner = %(worker)s FOR UPDATE OF s
)
"""
"""The slots that are still this worker's: a verdict of an owner of yesterday has no effect."""

UNPARK: LiteralString = f"""
{HELD}, gone AS (
  DELETE FROM platform.outbox_parked k USING held
  WHERE k.slot = held.slot AND k.dead_at IS NULL AND k.retry_at <= clock_timestamp() AND NOT EXISTS (
    SELECT FROM platform.outbox_pending p WHERE p.aggregateid = k.aggregateid AND p.slot < 0)
  RETURNING 1
)
SELECT count(*) FROM gone
"""

DELETE: LiteralString = """
WITH gone AS (
  DELETE FROM platform.outbox_pending p
  USING unnest(%(slots)s::smallint[], %(positions)s::bigint[]) AS done (slot, position)
  WHERE p.slot = done.slot AND p.position = done.position RETURNING 1
)
SELECT count(*) FROM gone
"""

PARK: LiteralString = f"""
{HELD}, charged AS MATERIALIZED (
  SELECT r.*, 1 + CASE WHEN k.position = r.position THEN k.attempts ELSE 0 END AS attempts
  FROM unnest(%(aggregates)s::uuid[], %(homes)s::smallint[], %(positions)s::bigint[], %(errors)s::text[])
       AS r (aggregateid, slot, position, error)
  JOIN held USING (slot) LEFT JOIN platform.outbox_parked k USING (aggregateid)
), parked AS (
  INSERT INTO platform.outbox_parked (aggregateid, slot, position, attempts, retry_at, last_error, dead_at)
  SELECT aggregateid, slot, position, attempts,
         clock_timestamp() + random() * least(%(cap)s, %(base)s * 2 ^ (attempts - 1)) * interval '1 s',
         error, CASE WHEN attempts >= %(attempts)s THEN clock_timestamp() END
  FROM charged
  ON CONFLICT (aggregateid) DO UPDATE
  SET position = EXCLUDED.position, attempts = EXCLUDED.attempts, retry_at = EXCLUDED.retry_at,
      last_error = EXCLUDED.last_error, dead_at = EXCLUDED.dead_at
  RETURNING dead_at
), behind AS MATERIALIZED (
  SELECT b.* FROM unnest(%(behind)s::uuid[], %(behind_slots)s::smallint[], %(behind_positions)s::bigint[])
                  AS b (aggregateid, slot, position)
  JOIN held USING (slot)
), joined AS (
  INSERT INTO platform.outbox_parked (aggregateid, slot, position, attempts, retry_at, last_error)
  SELECT aggregateid, slot, 0, 0, clock_timestamp(), '' FROM (SELECT DISTINCT aggregateid, slot FROM behind) b
  WHERE aggregateid NOT IN (SELECT aggregateid FROM charged)
  ON CONFLICT (aggregateid) DO UPDATE SET slot = EXCLUDED.slot
), moved AS (
  UPDATE platform.outbox_pending p SET slot = -1 - p.slot
  FROM behind WHERE p.slot = behind.slot AND p.position = behind.position
)
SELECT count(dead_at) FROM parked
"""


def _array(numbers: Iterable[int]) -> str:
    """As Postgres writes it, which costs a tenth of having the driver do it."""
    return "{" + ",".join(map(str, numbers)) + "}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """With an event that the broker refuses: attempts before it is dead, and seconds in between."""

    attempts: int = 8
    base: float = 1.0
    cap: float = 300.0


@dataclass(slots=True)
class PostgresRelayOutbox:
    database: Database
    worker: UUID
    lease: float = 1.5
    patience: Patience = field(default_factory=Patience)
    _water: LowWater = field(default_factory=LowWater)

    async def beat(self, give_back: Sequence[int]) -> Tenure:
        parameters = {"worker": self.worker, "lease": self.lease, "slots": SLOTS, "give": list(give_back)}
        ((share, slots, epochs),) = await self.database.write(BEAT, parameters)
        ((last, writers),) = await self.database.fetch(LOOK, {})
        self._water.looked(last, writers)
        return Tenure(dict(zip(slots, epochs, strict=True)), share, self.lease)

    async def leave(self) -> None:
        await self.database.write(LEAVE, {"worker": self.worker})

    async def claim(self, slots: Sequence[int], limit: int) -> Sequence[Claimed]:
        began, settled = time.monotonic(), self._water.settled
        marks, sweep = self._water.marks(slots, began)
        parameters = {"slots": list(slots), "marks": marks, "limit": limit}
        ((columns),) = await self.database.fetch(CLAIM, parameters, binary=True)
        events = sorted(map(Claimed, *columns)) if columns[0] else []
        self._water.claimed(settled, slots, {event.slot: event.position for event in reversed(events)})
        if sweep:
            self._water.swept(slots, began, time.monotonic())
        return events

    async def due(self, epochs: Mapping[int, int], limit: int) -> Sequence[Claimed]:
        rows = await self.database.fetch(DUE, {"slots": list(epochs), "limit": limit}, binary=True)
        if any(position is None for _, position, *_ in rows):
            await self.database.write(UNPARK, self._held(epochs))
        return sorted(Claimed(*row) for row in rows if row[1] is not None)

    async def delete(self, events: Sequence[Claimed]) -> None:
        slots, positions = (event.slot for event in events), (event.position for event in events)
        await self.database.write(DELETE, {"slots": _array(slots), "positions": _array(positions)})

    async def park(
        self, epochs: Mapping[int, int], refused: Sequence[Refused], behind: Sequence[Claimed]
    ) -> int:
        parameters: dict[str, Any] = {
            **self._held(epochs),
            "aggregates": [UUID(refusal.event.key) for refusal in refused],
            "homes": [refusal.event.home for refusal in refused],
            "positions": [refusal.event.position for refusal in refused],
            "errors": [refusal.reason for refusal in refused],
            "behind": [UUID(event.key) for event in behind],
            "behind_slots": [event.slot for event in behind],
            "behind_positions": [event.position for event in behind],
            "attempts": self.patience.attempts,
            "base": self.patience.base,
            "cap": self.patience.cap,
        }
        ((died,),) = await self.database.write(PARK, parameters)
        return int(died)

    def _held(self, epochs: Mapping[int, int]) -> dict[str, Any]:
        return {"worker": self.worker, "slots": list(epochs), "epochs": list(epochs.values())}
