"""Connections at hand: borrowed from SQLAlchemy's pool for a moment instead of for one statement, because to
borrow one costs as much as to run the statement does."""

import asyncio
from collections.abc import Callable
from time import perf_counter
from traceback import clear_frames

import psycopg
from sqlalchemy import PoolProxiedConnection, event
from sqlalchemy.util import greenlet_spawn

from procurement.platform.alarms import Alarms
from procurement.platform.postgres.engine import Engine
from procurement.platform.postgres.errors import PoolBusy, opening
from procurement.platform.postgres.wire import Wire

MOMENT = 1.0
"""Seconds; then the pool may look whether the connection has lived long enough."""
_WIRE = "procurement.wire"


class Borrowed:
    """One borrowed connection. Its wire stays with it in the pool and knows what was prepared on it."""

    __slots__ = ("pooled", "until", "wire")

    def __init__(self, pooled: PoolProxiedConnection, *, prepare: bool) -> None:
        self.pooled = pooled
        wire: Wire | None = pooled.info.get(_WIRE)
        if wire is None:
            wire = pooled.info[_WIRE] = Wire(pooled.driver_connection, prepare=prepare)  # type: ignore[arg-type]
        self.wire = wire
        self.until = perf_counter() + MOMENT


class Connections:
    def __init__(self, engine: Engine, waited: Callable[[float], None]) -> None:
        self._engine, self._waited = engine, waited
        self._free: list[Borrowed] = []
        self._room = asyncio.Semaphore(engine.pool.size())
        self._patience = Alarms(
            engine.pool.timeout(), lambda: PoolBusy("all connections to postgres are in use")
        )
        event.listen(engine.sync_engine, "engine_disposed", lambda _: self._hang_up())

    def in_use(self) -> int:
        return self._engine.pool.checkedout() - len(self._free)

    def idle(self) -> int:
        return self._engine.pool.checkedin() + len(self._free)

    async def take(self) -> Borrowed:
        """Raise PoolBusy when all are in use for too long."""
        began = perf_counter()
        if self._room.locked():
            with self._patience.new():
                await self._room.acquire()
        else:
            await self._room.acquire()
        try:
            borrowed = self._at_hand(began) or await self._borrow()
        except BaseException:
            self._room.release()
            raise
        self._waited(perf_counter() - began)
        return borrowed

    async def give_back(self, borrowed: Borrowed, *, used_up: bool = False) -> None:
        """Only an idle connection is used again; what is left open is rolled back, or the line is cut."""
        try:
            if used_up:
                await _cut(borrowed)
                return
            if not borrowed.wire.idle:
                await borrowed.wire.run("ROLLBACK", {})
            self._free.append(borrowed)
        except BaseException as error:
            await _cut(borrowed)
            if not isinstance(error, psycopg.Error):
                raise
        finally:
            self._room.release()

    def _at_hand(self, now: float) -> Borrowed | None:
        """The one used last, so that those not needed grow old."""
        while self._free:
            borrowed = self._free.pop()
            if now < borrowed.until:
                return borrowed
            borrowed.pooled.close()  # no I/O: nothing is reset
        return None

    async def _borrow(self) -> Borrowed:
        with opening():
            try:
                return Borrowed(await self._engine.raw_connection(), prepare=self._engine.prepare)
            except BaseException as error:
                # SQLAlchemy ties the error to itself; its frames would hold what is half open until collected
                clear_frames(error.__traceback__)
                raise

    def _hang_up(self) -> None:
        while self._free:
            self._free.pop().pooled.invalidate()


async def _cut(borrowed: Borrowed) -> None:
    await greenlet_spawn(borrowed.pooled.invalidate)
    borrowed.pooled.close()
