"""One line per attempt, closest to the adapter: what was tried, how it ended, how long it took."""

import asyncio
import logging
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from structlog.typing import FilteringBoundLogger

from procurement.platform.interceptors.outcome import OK, is_business, outcome_of
from procurement.platform.interceptors.stack import Call, Operation


@dataclass(frozen=True, slots=True)
class Log:
    """DEBUG when done, INFO when refused, WARNING when it failed; never a traceback (whoever answers the
    caller writes that, once) and never a parameter."""

    log: FilteringBoundLogger

    def __call__(self, call: Call, inner: Operation) -> Operation:
        name, op, log = str(call), call.operation, self.log
        tells_all = log.is_enabled_for(logging.DEBUG)

        async def logged(*args: Any, **kwargs: Any) -> Any:
            started = perf_counter()
            try:
                result = await inner(*args, **kwargs)
            except BaseException as error:
                duration = _milliseconds_since(started)
                quiet = is_business(error) or isinstance(error, asyncio.CancelledError)
                say = log.info if quiet else log.warning
                say(name, op=op, status=outcome_of(error), duration_ms=duration, **_cause_of(error))
                raise
            if tells_all:
                log.debug(name, op=op, status=OK, duration_ms=_milliseconds_since(started))
            return result

        return logged


def _milliseconds_since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 3)


def _cause_of(error: BaseException) -> dict[str, str]:
    """The type, not the text: drivers quote what was sent."""
    if is_business(error) or isinstance(error, asyncio.CancelledError):
        return {}
    cause = error.__cause__ or error
    said = {"error": type(error).__qualname__, "cause": type(cause).__qualname__}
    sqlstate = getattr(cause, "sqlstate", None)
    return said if sqlstate is None else {**said, "sqlstate": sqlstate}
