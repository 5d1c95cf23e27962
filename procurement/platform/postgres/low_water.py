"""Below which position a claim need not look: what was there has been claimed, and nothing can appear there.

Without it a claim walks over every row deleted since the oldest snapshot that anybody on the server holds.

A position can still appear only while the transaction that drew it is open, and such a transaction holds
ROW EXCLUSIVE on platform.outbox from before the drawing until after its commit is visible. So: read the
sequence; later, list the transactions with that lock; once none of those is left, every position up to the
one read is visible to the next claim or never will be. Nobody else's transaction, in this or another
database, holds the mark back, and the mark holds no event back: rows above it are claimed as ever.
Needs a sequence without CACHE. An operator's replay puts old positions back; the full sweep finds those.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import LiteralString

LOOK: LiteralString = """
SELECT (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM platform.outbox_position),
       (SELECT coalesce(array_agg(virtualtransaction), '{}') FROM pg_locks
        WHERE locktype = 'relation' AND relation = 'platform.outbox'::regclass AND mode = 'RowExclusiveLock'
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
"""Of two things read in one statement nobody knows which came first: each is used with the one after it."""


class LowWater:
    def __init__(self) -> None:
        self.settled = 0
        """Every position up to this is visible to a claim that begins now, or never will be."""
        self._last, self._candidate = 0, 0
        self._writers: frozenset[str] = frozenset()
        self._marks: dict[int, int] = {}
        self._sweep_at: dict[int, float] = {}

    def looked(self, last: int, writers: Iterable[str]) -> None:
        now = frozenset(writers)
        if self._writers.isdisjoint(now):
            self.settled = self._candidate
            self._candidate, self._writers = self._last, now
        self._last = last

    def marks(self, slots: Sequence[int], now: float) -> tuple[list[int], bool]:
        """And whether it is a full sweep this time."""
        sweep = any(now >= self._sweep_at.get(slot, 0.0) for slot in slots)
        return [0 if sweep else self._marks.get(slot, 0) for slot in slots], sweep

    def claimed(self, settled: int, slots: Sequence[int], first: Mapping[int, int]) -> None:
        """A claim that began when `settled` held found `first` as the lowest position of a slot, or none."""
        for slot in slots:
            self._marks[slot] = min(settled, first.get(slot, settled + 1) - 1)

    def swept(self, slots: Sequence[int], began: float, now: float) -> None:
        """Once a second, or a twentieth of the time where old dead rows make it slow."""
        self._sweep_at.update(dict.fromkeys(slots, now + max(1.0, 20 * (now - began))))
