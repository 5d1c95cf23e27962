"""How much of the outbox is still to go: looked at every few seconds, for the gauges that alerts watch."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import LiteralString

import structlog

from procurement.kernel.errors import Failure
from procurement.platform.postgres.database import Database

_log = structlog.get_logger()

LEFT: LiteralString = """
SELECT (SELECT count(*) FROM platform.outbox_pending),
       (SELECT count(*) FROM platform.outbox_pending p JOIN platform.outbox_parked k USING (aggregateid)
        WHERE k.dead_at IS NOT NULL),
       (SELECT extract(epoch FROM clock_timestamp() - min(o.occurred_at))::float8
        FROM platform.outbox_slots s
        CROSS JOIN LATERAL (SELECT p.position, p.recorded_on FROM platform.outbox_pending p
                            WHERE p.slot = s.slot ORDER BY p.position LIMIT 1) first
        JOIN platform.outbox o ON o.position = first.position AND o.recorded_on = first.recorded_on)
"""


@dataclass(frozen=True, slots=True)
class BacklogWatch:
    database: Database
    tell: Callable[[int, int, float], None]
    """Pending events, dead ones among them, and the age in seconds of the oldest that is not parked."""
    every: float = 5.0

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                ((pending, dead, oldest),) = await self.database.fetch(LEFT, {})
                self.tell(pending, dead, oldest or 0.0)
            except Failure as trouble:  # the relay's own failures say more
                _log.debug("backlog.unknown", reason=trouble.code)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self.every)
