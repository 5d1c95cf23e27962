"""The trace of the command goes on through the outbox: its traceparent was stored with the event."""

from collections.abc import Sequence

from opentelemetry.trace import Span, SpanKind, Tracer

from procurement.platform.telemetry import context_from

Headers = Sequence[tuple[str, bytes]]

_SAMPLED = b"-01"


def sampled(headers: Headers) -> bytes | None:
    for name, value in reversed(headers):  # it was written last
        if name == "traceparent":
            return value if value.endswith(_SAMPLED) else None
    return None


def producer_span(tracer: Tracer, topic: str, headers: Headers) -> tuple[Span | None, Headers]:
    """A span that continues the stored trace, and the headers naming it. Of a trace that nobody records
    nothing is made, and the headers stay as they were stored."""
    parent = sampled(headers)
    if parent is None:
        return None, headers
    span = tracer.start_span(
        f"publish {topic}",
        context=context_from(parent.decode("latin-1")),
        kind=SpanKind.PRODUCER,
        attributes={
            "messaging.system": "kafka",
            "messaging.operation.type": "send",
            "messaging.destination.name": topic,
        },
    )
    context = span.get_span_context()
    own = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}".encode()
    return span, [(name, own if name == "traceparent" else value) for name, value in headers]
