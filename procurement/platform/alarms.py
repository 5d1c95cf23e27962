"""Stop what takes too long: asyncio.timeout at a fraction of its price, for what happens at every request."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Alarms:
    """`with alarms.new():` raises `too_late()` once the block has taken `seconds`.

    All of them have the same time, so they are due in the order they were set, and one timer, for the oldest,
    does for all.
    """

    def __init__(self, seconds: float, too_late: Callable[[], Exception]) -> None:
        self._seconds, self._too_late = seconds, too_late
        self._loop: asyncio.AbstractEventLoop | None = None
        self._set: dict[Alarm, None] = {}

    def new(self) -> "Alarm":
        return Alarm(self)

    def set(self, alarm: "Alarm", loop: asyncio.AbstractEventLoop) -> None:
        alarm.due = loop.time() + self._seconds
        if loop is not self._loop:
            self._loop = loop
            self._set.clear()
            loop.call_later(self._seconds, self._look, loop)
        self._set[alarm] = None

    def off(self, alarm: "Alarm") -> None:
        self._set.pop(alarm, None)

    def late(self) -> Exception:
        return self._too_late()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ring what is due and come back for what is next; where nothing is, `set` begins anew."""
        if loop is not self._loop:
            return
        now = loop.time()
        for alarm in list(self._set):
            if alarm.due > now:
                loop.call_at(alarm.due, self._look, loop)
                return
            del self._set[alarm]
            alarm.ring()
        self._loop = None


class Alarm:
    __slots__ = ("_alarms", "_cancelling", "_own", "_rang", "_task", "due")

    def __init__(self, alarms: Alarms) -> None:
        self._alarms = alarms
        self._rang = False
        self._own: asyncio.TimerHandle | None = None
        self.due = 0.0

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a deadline needs a task that it can cancel")
        self._task, self._cancelling = task, task.cancelling()
        self._alarms.set(self, loop)
        return self

    def postpone(self, seconds: float) -> None:
        """Allow so much more time from now on. It needs a timer of its own: it is out of order."""
        self._alarms.off(self)
        self._own = self._task.get_loop().call_later(seconds, self.ring)

    def ring(self) -> None:
        self._rang = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._alarms.off(self)
        if self._own is not None:
            self._own.cancel()
        if not self._rang:
            return
        others_cancel = self._task.uncancel() > self._cancelling
        if isinstance(error, asyncio.CancelledError) and not others_cancel:
            raise self._alarms.late() from error
