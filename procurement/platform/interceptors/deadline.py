"""How long one attempt may take. It stands inside the breaker, so that slow counts as broken."""

import asyncio
from types import TracebackType
from typing import Any

from procurement.kernel.errors import Failure, Interrupted, Unavailable
from procurement.platform.interceptors.stack import Call, Operation


class Deadline:
    """Too late is Interrupted, because the work may have been done all the same; only for the operations
    named as reads is it Unavailable, because a read can always be made again."""

    def __init__(self, seconds: float, *, reads: frozenset[str] = frozenset()) -> None:
        self._seconds = seconds
        self._reads = reads

    def __call__(self, call: Call, inner: Operation) -> Operation:
        seconds = self._seconds
        kind: type[Failure] = Unavailable if call.operation in self._reads else Interrupted
        too_late = f"{call} took longer than {seconds:g} s"

        async def timed(*args: Any, **kwargs: Any) -> Any:
            with _Alarm(seconds, kind, too_late):
                return await inner(*args, **kwargs)

        return timed


class _Alarm:
    """asyncio.timeout at half its price: the same steps without entering and leaving being awaited."""

    __slots__ = ("_cancelling", "_handle", "_kind", "_rang", "_seconds", "_task", "_text")

    def __init__(self, seconds: float, kind: type[Failure], text: str) -> None:
        self._seconds, self._kind, self._text = seconds, kind, text
        self._rang = False

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a deadline needs a task that it can cancel")
        self._task, self._cancelling = task, task.cancelling()
        self._handle = loop.call_later(self._seconds, self._ring)

    def _ring(self) -> None:
        self._rang = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._handle.cancel()
        if not self._rang:
            return
        others_cancel = self._task.uncancel() > self._cancelling
        if isinstance(error, asyncio.CancelledError) and not others_cancel:
            raise self._kind(self._text) from error
