"""One line per attempt, closest to the adapter: what was tried, how it ended, how long it took."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from structlog.typing import FilteringBoundLogger

from procurement.platform.interceptors.outcome import OK, is_business, outcome_of
from procurement.platform.interceptors.stack import Call, Operation


@dataclass(frozen=True, slots=True)
class Log:
    """DEBUG when done, INFO when refused, WARNING when it failed; never a traceback (whoever answers the
    caller writes that, once), and of the parameters what the call is about (`po_id` …), never another."""

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
                subject, cause = _subject_of(call, args, kwargs), _cause_of(error)
                say(name, op=op, status=outcome_of(error), duration_ms=duration, **subject, **cause)
                raise
            if tells_all:
                duration, subject = _milliseconds_since(started), _subject_of(call, args, kwargs)
                log.debug(name, op=op, status=OK, duration_ms=duration, **subject)
            return result

        return logged


def _subject_of(call: Call, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, str]:
    return {f"{kind}_id": identifier for kind, identifier in call.about(args, kwargs)}


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
