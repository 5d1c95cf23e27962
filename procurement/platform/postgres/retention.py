"""What grows is cut: outbox partitions made ahead and dropped when old, commands forgotten after 30 days."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import LiteralString

import structlog

from procurement.kernel.clock import Clock
from procurement.kernel.errors import Failure, Stale
from procurement.platform.postgres.commands import PURGE
from procurement.platform.postgres.database import Database

_log = structlog.get_logger()

LOCK = 0x6F757462  # 'outb': one worker at a time

ROLL: LiteralString = """
SELECT platform.roll_outbox(%(today)s::date, %(ahead)s, least(
  %(today)s::date - %(days)s, (SELECT min(recorded_on) FROM platform.outbox_pending)))
WHERE pg_try_advisory_xact_lock(%(lock)s)
"""
"""No row when another worker is at it. Days with a pending event are kept, however old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    database: Database
    clock: Clock
    outbox_days: int = 30
    command_days: int = 30
    days_ahead: int = 7
    every: float = 3600.0
    batch: int = 5000

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                changed, forgotten = await self.roll(), await self.forget(stop)
                _log.info("retention.done", partitions=changed, commands=forgotten)
            except (Failure, Stale) as trouble:  # the next round will do
                _log.warning("retention.failed", error=str(trouble.__cause__ or trouble))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self.every)

    async def roll(self) -> int:
        """How many partitions were made or dropped."""
        parameters = {
            "today": self.clock().date(),
            "ahead": self.days_ahead,
            "days": self.outbox_days,
            "lock": LOCK,
        }
        return sum(row[0] for row in await self.database.write(ROLL, parameters))

    async def forget(self, stop: asyncio.Event) -> int:
        """In batches, so that no statement is long and no lock is held for long."""
        forgotten, last = 0, self.batch
        while last == self.batch and not stop.is_set():
            parameters = {"today": self.clock(), "days": self.command_days, "limit": self.batch}
            ((last,),) = await self.database.write(PURGE, parameters)
            forgotten += last
        return forgotten
