"""Log lines: one JSON object each on stdout, or something pleasant to read while developing."""

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Protocol

import msgspec
import structlog
from opentelemetry.trace import get_current_span
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

from procurement.kernel.clock import Clock
from procurement.platform.telemetry.redaction import is_harmless, redacted
from procurement.platform.telemetry.service import service_name, service_version

_LEVELS = {"debug": 10, "info": 20, "warn": 30, "error": 40}
_SAME_LINE_AGAIN = 30.0
_LINES_REMEMBERED = 500


class LogSettings(Protocol):
    @property
    def log_level(self) -> str: ...
    @property
    def log_format(self) -> str: ...


def _utc_now() -> datetime:
    return datetime.now(UTC)


def configure_logging(settings: LogSettings, process: str, *, now: Clock = _utc_now) -> None:
    """Once per process, before anything logs. Loggers of libraries end up in the same stream, in the same
    form."""
    level = _LEVELS[settings.log_level]
    prepare: list[Processor] = [structlog.contextvars.merge_contextvars]
    if settings.log_format == "json":
        prepare += [ExceptionRenderer(ExceptionDictTransformer(show_locals=False))]  # locals are secrets
        render: Processor = render_json
        factory: Callable[..., Any] = structlog.BytesLoggerFactory(sys.stdout.buffer)
    else:
        render = _console()
        factory = structlog.PrintLoggerFactory(sys.stdout)
    prepare += [redact, Line(process, now)]
    structlog.configure(
        processors=[*prepare, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    _bridge_libraries(level, prepare, render)


def _console() -> Processor:
    return structlog.dev.ConsoleRenderer(
        event_key="msg",
        timestamp_key="ts",
        colors=sys.stdout.isatty(),
        exception_formatter=structlog.dev.plain_traceback,
    )


def _bridge_libraries(level: int, prepare: list[Processor], render: Processor) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(NotAgain())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(), *prepare],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render, _as_text],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(
        max(level, logging.WARNING)
    )  # what libraries do while all is well is of no use to operators


class Line:
    """Put first what every line has. Nobody can overwrite it: an aggregate's version is not the service's."""

    def __init__(self, process: str, now: Clock) -> None:
        self._now = now
        self._service, self._version = service_name(process), service_version()

    def __call__(self, _logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        head = {
            "ts": f"{self._now().isoformat(timespec='microseconds')[:-6]}Z",
            "level": "warn" if method == "warning" else method,
            "msg": event.pop("event"),
            "service": self._service,
            "version": self._version,
            **_active_span(),
        }
        return {**head, **event, **head}


def _active_span() -> dict[str, str]:
    span = get_current_span().get_span_context()
    if not span.is_valid:
        return {}
    return {"trace_id": f"{span.trace_id:032x}", "span_id": f"{span.span_id:016x}"}


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return event if is_harmless(event) else redacted(event)


_encoder = msgspec.json.Encoder()


def render_json(_logger: WrappedLogger, _method: str, event: EventDict) -> bytes:
    try:
        return _encoder.encode(event)
    except UnicodeEncodeError:  # half a surrogate pair: JSON can say it, UTF-8 cannot
        return json.dumps(event).encode()


def _as_text(_logger: WrappedLogger, _method: str, line: Any) -> str:
    return line.decode() if isinstance(line, bytes) else str(line)


class NotAgain(logging.Filter):
    """A library that cannot reach its server says so many times a second; every half minute is enough. A
    complaint is the same complaint when only its numbers change."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._said: dict[tuple[int, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        text = str(record.msg) if record.levelno >= logging.WARNING else record.getMessage()
        line, now = (record.lineno, text), self._clock()
        if now - self._said.get(line, float("-inf")) < _SAME_LINE_AGAIN:
            return False
        if len(self._said) >= _LINES_REMEMBERED:
            self._said.clear()
        self._said[line] = now
        return True
