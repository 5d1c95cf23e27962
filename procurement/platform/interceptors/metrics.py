"""Outermost: what the caller waited and what he got, once per call, retries and all."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from prometheus_client import Counter, Histogram

from procurement.platform.interceptors.outcome import OK, outcome_of
from procurement.platform.interceptors.stack import Call, Operation


@dataclass(frozen=True, slots=True)
class Metrics:
    """Both metrics carry the labels repo, op, status."""

    calls: Counter
    seconds: Histogram
    clock: Callable[[], float] = perf_counter

    def __call__(self, call: Call, inner: Operation) -> Operation:
        calls, seconds = self._children(call, OK)
        clock = self.clock

        async def measured(*args: Any, **kwargs: Any) -> Any:
            started = clock()
            try:
                result = await inner(*args, **kwargs)
            except BaseException as error:
                failed, failed_seconds = self._children(call, outcome_of(error))
                failed_seconds.observe(clock() - started)
                failed.inc()
                raise
            seconds.observe(clock() - started)
            calls.inc()
            return result

        return measured

    def _children(self, call: Call, status: str) -> tuple[Counter, Histogram]:
        labels = call.port, call.operation, status
        return self.calls.labels(*labels), self.seconds.labels(*labels)
