from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event
from time import monotonic
from typing import TypeAlias

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from procurement.platform.telemetry import (
    active_traceparent,
    span_from,
    stop_tracing,
    tracer_provider,
)

STORED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
UNSAMPLED = STORED[:-1] + "0"

WithCollector: TypeAlias = Callable[[float], TracerProvider]


@dataclass
class TraceSettings:
    app_env: str = "test"
    otel_exporter_otlp_endpoint: str | None = None
    trace_sample_ratio: float = 1.0


def recording(provider: TracerProvider) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
def with_collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[WithCollector]:
    """By the ratio that is sampled. Nothing is sent, and the thread that would send ends with the test: left
    alone, it draws from `random` how long to wait before it tries again, and Hypothesis, generating for
    whichever test runs by then, takes the draw for the strategy's."""
    monkeypatch.setattr(OTLPSpanExporter, "export", lambda *_: SpanExportResult.SUCCESS)
    providers: list[TracerProvider] = []

    def provider(ratio: float) -> TracerProvider:
        providers.append(tracer_provider(TraceSettings("test", "http://127.0.0.1:9", ratio), "worker"))
        return providers[-1]

    yield provider
    for each in providers:
        each.shutdown()


def test_without_an_endpoint_nothing_is_recorded_but_there_are_ids() -> None:
    provider = tracer_provider(TraceSettings(), "api")
    exporter = recording(provider)
    with provider.get_tracer("test").start_as_current_span("request") as span:
        assert not span.is_recording()
        traceparent = active_traceparent()
    assert traceparent is not None
    assert int(traceparent[-2:], 16) & 1 == 0
    assert exporter.get_finished_spans() == ()


def test_the_resource_says_who_speaks() -> None:
    attributes = tracer_provider(TraceSettings(app_env="staging"), "worker").resource.attributes
    assert attributes["service.name"] == "procurement-worker"
    assert attributes["deployment.environment.name"] == "staging"
    assert {"service.version", "service.instance.id", "service.namespace"} <= set(attributes)


def test_a_stored_traceparent_is_gone_on_with(with_collector: WithCollector) -> None:
    provider = with_collector(1.0)
    exporter = recording(provider)
    with span_from(provider.get_tracer("test"), "orders consume", STORED):
        inside = active_traceparent()
    (span,) = exporter.get_finished_spans()
    assert span.parent is not None
    assert span.context is not None
    assert (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}") == (STORED[3:35], STORED[36:52])
    assert span.kind is SpanKind.CONSUMER
    assert inside == f"00-{STORED[3:35]}-{span.context.span_id:016x}-01"


def test_the_one_who_began_decides_whether_to_sample(with_collector: WithCollector) -> None:
    always, never = with_collector(1.0), with_collector(0.0)
    with span_from(always.get_tracer("test"), "x", UNSAMPLED) as span:
        assert not span.is_recording()
    with span_from(never.get_tracer("test"), "x", STORED) as span:
        assert span.is_recording()


@pytest.mark.parametrize("stored", [None, "", "nonsense", "00-0-0-01", STORED + "-more", "ff" + STORED[2:]])
def test_what_is_no_traceparent_begins_a_trace_of_its_own(
    with_collector: WithCollector, stored: str | None
) -> None:
    provider = with_collector(1.0)
    exporter = recording(provider)
    with span_from(provider.get_tracer("test"), "x", stored):
        pass
    assert exporter.get_finished_spans()[0].parent is None


def test_a_stored_trace_does_not_become_a_child_of_what_happens_to_run(with_collector: WithCollector) -> None:
    provider = with_collector(1.0)
    exporter, tracer = recording(provider), provider.get_tracer("test")
    with tracer.start_as_current_span("poll"), span_from(tracer, "x", None):
        pass
    assert exporter.get_finished_spans()[0].parent is None


def test_an_error_marks_the_span_without_its_text(with_collector: WithCollector) -> None:
    provider = with_collector(1.0)
    exporter = recording(provider)
    with pytest.raises(LookupError), span_from(provider.get_tracer("test"), "x", STORED):
        raise LookupError("geheim")
    (span,) = exporter.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert "geheim" not in span.to_json()


def test_without_a_span_there_is_no_traceparent() -> None:
    assert active_traceparent() is None


@pytest.mark.anyio
async def test_what_is_left_is_sent_at_the_end() -> None:
    provider = tracer_provider(TraceSettings(), "api")
    stopped = Event()

    class Processor(SpanProcessor):
        def shutdown(self) -> None:
            stopped.set()

    provider.add_span_processor(Processor())
    await stop_tracing(provider)
    assert stopped.is_set()


@pytest.mark.anyio
async def test_a_collector_that_is_gone_does_not_keep_the_process() -> None:
    provider = tracer_provider(TraceSettings(), "api")
    never = Event()

    class Hangs(SpanProcessor):
        def shutdown(self) -> None:
            never.wait(5)

    provider.add_span_processor(Hangs())
    started = monotonic()
    await stop_tracing(provider, within=0.01)
    assert monotonic() - started < 2
    never.set()
