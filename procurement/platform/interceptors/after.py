"""Two small layers that act on how a call ended."""

from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import Counter

from procurement.kernel.act import Answered
from procurement.kernel.errors import Refusal
from procurement.platform.interceptors.outcome import outcome_of
from procurement.platform.interceptors.stack import Call, Operation


class Afterwards:
    """Do something cheap after each success of the named operations."""

    def __init__(self, do: Callable[[], None], *, of: frozenset[str]) -> None:
        self._do, self._of = do, of

    def __call__(self, call: Call, inner: Operation) -> Operation:
        if call.operation not in self._of:
            return inner
        do = self._do

        async def then(*args: Any, **kwargs: Any) -> Any:
            result = await inner(*args, **kwargs)
            do()
            return result

        return then


class Tally:
    """Count the named operations by what they amount to in the trade, refused ones by their code, and as
    `error` those that failed. What was decided before is not decided again; who left has decided nothing."""

    def __init__(self, counter: Counter, amounts: Mapping[str, str]) -> None:
        self._counter, self._amounts = counter, amounts

    def __call__(self, call: Call, inner: Operation) -> Operation:
        if call.operation not in self._amounts:
            return inner
        done = self._counter.labels(self._amounts[call.operation])
        failed = self._counter.labels("error")

        async def tallied(*args: Any, **kwargs: Any) -> Any:
            try:
                result = await inner(*args, **kwargs)
            except Answered:
                raise
            except Refusal as refusal:
                self._counter.labels(outcome_of(refusal)).inc()
                raise
            except Exception:
                failed.inc()
                raise
            done.inc()
            return result

        return tallied
