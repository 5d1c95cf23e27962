"""The outermost layer: it sees every answer, whoever gives it, and every request that gets none."""

import asyncio
import re
from dataclasses import dataclass, field
from secrets import token_hex
from time import perf_counter
from typing import Any, Protocol

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.contextvars import bind_contextvars

from procurement.platform.alarms import Alarms
from procurement.platform.http.answering import Answering
from procurement.platform.http.exchange import Exchange, exchange_of, header
from procurement.platform.http.problems import Problem
from procurement.platform.http.receiving import Allowance, Bounds, Receiving, forget
from procurement.platform.http.traffic import Traffic

_REQUEST_ID = re.compile(rb"[A-Za-z0-9_.-]{1,64}")
_TRACEPARENT = re.compile(rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"

_log = structlog.get_logger()


class Meter(Protocol):
    """Where the edge reports to."""

    def observe(self, route: str, method: str, status: int, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Edge:
    """Request id, span, metrics, access line, security headers, limits and deadlines around *app*."""

    app: ASGIApp
    traffic: Traffic
    meter: Meter
    tracer: Tracer | None = None
    """None while tracing is off; the trace still has an id, the caller's or one of our own, which is told and
    passed on."""
    bounds: Bounds = field(default_factory=Bounds)
    quiet: frozenset[str] = frozenset({"/healthz", "/readyz"})
    """Paths that are not logged."""
    _alarms: Alarms = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_alarms", Alarms(self.bounds.seconds, TimeoutError))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        exchange = _arrived(scope)
        answering = Answering(send, exchange, closing=self.traffic.draining)
        self.traffic.in_flight += 1
        try:
            if self.tracer is None:
                await self._answer(scope, receive, answering, started)
            else:
                await self._answer_in_span(self.tracer, scope, receive, answering, started)
        finally:
            self.traffic.in_flight -= 1
            self.meter.observe(_route(scope), _method(scope), answering.status, perf_counter() - started)

    async def _answer_in_span(
        self, tracer: Tracer, scope: Scope, receive: Receive, answering: Answering, started: float
    ) -> None:
        exchange = exchange_of(scope)
        span = tracer.start_span(_method(scope), _caller_of(scope), SpanKind.SERVER)
        _tell(exchange, span)
        outside = attach(trace.set_span_in_context(span))
        try:
            await self._answer(scope, receive, answering, started)
        finally:
            detach(outside)
            _describe(span, scope, answering.status)
            span.end()

    async def _answer(self, scope: Scope, receive: Receive, answering: Answering, started: float) -> None:
        receiving = Receiving(receive, scope, self.bounds.body)
        try:
            with self._alarms.new() as alarm:
                Allowance(receiving, alarm).put_into(scope)
                _refuse_nul(scope)
                await self.app(scope, receiving, answering)
        except Problem as problem:
            await answering.problem(problem)
        except TimeoutError:
            await answering.problem(Problem("deadline-exceeded" if receiving.complete else "body-too-slow"))
        except asyncio.CancelledError:
            await answering.problem(Problem("shutting-down", headers={"retry-after": "1"}))
            raise
        except Exception as error:  # noqa: BLE001 - the last resort
            _log.exception("unexpected_error", error=type(error).__name__)
            await answering.problem(Problem("internal"))
        finally:
            forget(scope)
            self._log(scope, answering, perf_counter() - started)

    def _log(self, scope: Scope, answering: Answering, seconds: float) -> None:
        path = exchange_of(scope).path
        if path in self.quiet:
            return
        _log.info(
            "http_request",
            method=_method(scope),
            route=_route(scope),
            path=path[:256],
            status=answering.status,
            duration_ms=round(seconds * 1000, 3),
        )


_PROPAGATOR = TraceContextTextMapPropagator()


def _arrived(scope: Any) -> Exchange:
    """What the log says of this request is bound to its own task: see server.py."""
    asked = header(scope, b"x-request-id")
    new = token_hex(16 + 8)
    request_id = asked.decode() if asked and _REQUEST_ID.fullmatch(asked) else new[:32]
    if (sent := header(scope, b"traceparent")) and (valid := _TRACEPARENT.fullmatch(sent)):
        traceparent, trace_id = sent.decode(), valid[1].decode()
    else:
        traceparent, trace_id = f"00-{new[:32]}-{new[32:]}-00", new[:32]
    exchange = Exchange(request_id, scope["path"], traceparent, trace_id)
    exchange.put_into(scope)
    bind_contextvars(request_id=request_id, trace_id=trace_id)
    return exchange


def _caller_of(scope: Any) -> Context:
    """The caller's span, as his headers name it; an empty context where they name none."""
    if header(scope, b"traceparent") is None:
        return Context()
    names = (b"traceparent", b"tracestate")
    sent = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in names}
    return _PROPAGATOR.extract(sent)


def _tell(exchange: Exchange, span: Span) -> None:
    context = span.get_span_context()
    if context.is_valid:
        exchange.trace_id = f"{context.trace_id:032x}"
        exchange.traceparent = f"00-{exchange.trace_id}-{context.span_id:016x}-{context.trace_flags:02x}"


def _describe(span: Span, scope: Any, status: int) -> None:
    if not span.is_recording():
        return
    span.update_name(f"{_method(scope)} {_route(scope)}")
    span.set_attribute("http.request.method", _method(scope))
    span.set_attribute("http.route", _route(scope))
    span.set_attribute("http.response.status_code", status)
    if status >= 500:  # noqa: PLR2004
        span.set_status(Status(StatusCode.ERROR))


def _route(scope: Any) -> str:
    """The template that the router matched: `/v1/orders/{order_id}`."""
    return scope.get("path_template") or UNMATCHED


def _method(scope: Any) -> str:
    method: str = scope["method"]
    return method if method in _METHODS else "other"


def _refuse_nul(scope: Any) -> None:
    """Postgres cannot store it, and no path or parameter of ours has it."""
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        raise Problem("malformed-request", "NUL is not allowed in a URL")
