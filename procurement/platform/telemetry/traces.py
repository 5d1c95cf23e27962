"""Spans, and how a trace crosses a hop that is not a call: the outbox, a topic."""

import asyncio
import os
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread
from typing import Protocol

from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    format_span_id,
    format_trace_id,
    get_current_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from procurement.platform.telemetry.service import service_name, service_version

EXPORT_TIMEOUT = 2
"""Seconds; a collector that is gone must not keep a process from stopping."""

_w3c = TraceContextTextMapPropagator()


class TraceSettings(Protocol):
    @property
    def app_env(self) -> str: ...
    @property
    def otel_exporter_otlp_endpoint(self) -> str | None: ...
    @property
    def trace_sample_ratio(self) -> float: ...


def tracer_provider(settings: TraceSettings, process: str) -> TracerProvider:
    """Without an endpoint nothing is sampled: spans have ids, for the log and the next hop, and cost little.

    Call it after forking: the exporter has a thread.
    """
    endpoint = settings.otel_exporter_otlp_endpoint
    resource = Resource.create(
        {
            "service.name": service_name(process),
            "service.version": service_version(),
            "service.namespace": "procurement",
            "service.instance.id": f"{os.uname().nodename}-{os.getpid()}",
            "deployment.environment.name": str(settings.app_env),
        }
    )
    sampler = ParentBased(TraceIdRatioBased(settings.trace_sample_ratio)) if endpoint else ALWAYS_OFF
    provider = TracerProvider(sampler=sampler, resource=resource, shutdown_on_exit=False)
    if endpoint:
        # 4 MB that a process without a collector need not carry
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

        exporter = OTLPSpanExporter(f"{endpoint}/v1/traces", timeout=EXPORT_TIMEOUT)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


async def stop_tracing(provider: TracerProvider, within: float = EXPORT_TIMEOUT + 1.0) -> None:
    """Send what is left, and give up in time: the library's own deadline does not hold when the collector is
    gone. A daemon thread, because the interpreter waits for the others."""
    sending = Thread(target=provider.shutdown, name="stop-tracing", daemon=True)
    sending.start()
    await asyncio.to_thread(sending.join, within)


def active_traceparent() -> str | None:
    """The active span as W3C writes it, to be stored with what happens now."""
    span = get_current_span().get_span_context()
    if not span.is_valid:
        return None
    return f"00-{format_trace_id(span.trace_id)}-{format_span_id(span.span_id)}-{span.trace_flags:02x}"


def context_from(traceparent: str | None) -> Context:
    """The context of a span elsewhere; of none when it is absent or is no traceparent."""
    return _w3c.extract({"traceparent": traceparent} if traceparent else {}, Context())


@contextmanager
def span_from(
    tracer: Tracer, name: str, traceparent: str | None, kind: SpanKind = SpanKind.CONSUMER
) -> Generator[Span]:
    """Go on with the trace of whoever stored the traceparent."""
    with tracer.start_as_current_span(
        name, context_from(traceparent), kind, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except Exception as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(Status(StatusCode.ERROR))  # without the text: it may quote what somebody sent
            raise
