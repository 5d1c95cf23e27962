"""How long one attempt may take. It stands inside the breaker, so that slow counts as broken."""

from typing import Any

from procurement.kernel.errors import Failure, Interrupted, Unavailable
from procurement.platform.alarms import Alarms
from procurement.platform.interceptors.stack import Call, Operation


class Deadline:
    """Too late is Interrupted, because the work may have been done all the same; only for the operations
    named as reads is it Unavailable, because a read can always be made again."""

    def __init__(self, seconds: float, *, reads: frozenset[str] = frozenset()) -> None:
        self._seconds = seconds
        self._reads = reads

    def __call__(self, call: Call, inner: Operation) -> Operation:
        kind: type[Failure] = Unavailable if call.operation in self._reads else Interrupted
        too_late = f"{call} took longer than {self._seconds:g} s"
        alarms = Alarms(self._seconds, lambda: kind(too_late))

        async def timed(*args: Any, **kwargs: Any) -> Any:
            with alarms.new():
                return await inner(*args, **kwargs)

        return timed
