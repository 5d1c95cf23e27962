import asyncio
from typing import Never, Protocol
from uuid import UUID

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, StatusCode, Tracer, get_current_span

from procurement.kernel.errors import NotFound, Unavailable
from procurement.kernel.ids import OrderId
from procurement.platform.interceptors.stack import Call, stacked
from procurement.platform.interceptors.trace import POSTGRES, Trace
from tests.unit.platform.rates import FlakyRates, Rates

pytestmark = pytest.mark.anyio


def recording() -> tuple[Tracer, InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider.get_tracer("test"), exporter


async def span_of(answer: int | BaseException) -> ReadableSpan:
    tracer, exporter = recording()
    rates = stacked(Rates, Trace(tracer))(FlakyRates(answer))
    if isinstance(answer, BaseException):
        with pytest.raises(type(answer)):
            await rates.rate("EUR")
    else:
        await rates.rate("EUR")
    (span,) = exporter.get_finished_spans()
    return span


async def test_a_call_is_a_span_named_after_port_and_operation() -> None:
    span = await span_of(7)
    assert (span.name, dict(span.attributes or {})) == ("Rates.rate", {"outcome": "ok"})
    assert span.status.status_code is StatusCode.UNSET


async def test_a_failure_is_an_error_with_its_type_and_without_its_text() -> None:
    span = await span_of(Unavailable("password=hunter2"))
    assert dict(span.attributes or {}) == {"outcome": "unavailable", "error.type": "Unavailable"}
    assert span.status.status_code is StatusCode.ERROR
    assert (span.status.description, span.events) == (None, ())


async def test_a_refusal_is_no_error() -> None:
    span = await span_of(NotFound("nothing"))
    assert dict(span.attributes or {}) == {"outcome": "not-found"}
    assert span.status.status_code is StatusCode.UNSET


async def test_a_cancelled_call_ends_its_span_all_the_same() -> None:
    assert dict((await span_of(asyncio.CancelledError())).attributes or {})["outcome"] == "cancelled"


async def test_the_adapter_works_inside_the_span_and_the_span_inside_the_callers() -> None:
    tracer, exporter = recording()

    class Inside:
        async def rate(self, code: str) -> int:
            get_current_span().set_attribute("seen", code)
            return 7

    with tracer.start_as_current_span("request"):
        await stacked(Rates, Trace(tracer))(Inside()).rate("EUR")
    inner, outer = exporter.get_finished_spans()
    assert (inner.attributes or {})["seen"] == "EUR"
    assert inner.parent is not None
    assert outer.context is not None
    assert inner.parent.span_id == outer.context.span_id


class Orders(Protocol):
    async def save(self, order: OrderId) -> int: ...


class Store:
    async def save(self, order: OrderId) -> int:
        return 7


async def test_a_span_says_what_the_call_was_about_and_what_was_asked_of_whom() -> None:
    tracer, exporter = recording()
    order = OrderId(UUID("01920000-0000-7000-8000-00000000000f"))
    await stacked(Orders, Trace(tracer, asking=POSTGRES))(Store()).save(order)
    (span,) = exporter.get_finished_spans()
    assert (span.name, span.kind) == ("Orders.save", SpanKind.CLIENT)
    assert dict(span.attributes or {}) == {
        "po.id": f"po_{order}",
        "db.system.name": "postgresql",
        "db.operation.name": "save",
        "outcome": "ok",
    }


async def test_a_call_of_our_own_is_no_call_of_somebody_else() -> None:
    tracer, exporter = recording()
    await stacked(Rates, Trace(tracer))(FlakyRates(7)).rate("EUR")
    (span,) = exporter.get_finished_spans()
    assert span.kind is SpanKind.INTERNAL


async def test_of_what_nobody_samples_nothing_is_read() -> None:
    def about(*_: object) -> Never:
        raise AssertionError("it was read for nothing")

    silent = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False).get_tracer("test")
    rate = Trace(silent, asking=POSTGRES)(Call("Rates", "rate", about), FlakyRates(7).rate)
    assert await rate("EUR") == 7


async def test_below_a_span_that_is_not_sampled_nothing_is_started() -> None:
    class NoTracer:
        def start_span(self, *args: object, **kwargs: object) -> None:
            raise AssertionError("a span was started for nothing")

    silent = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False).get_tracer("test")
    with silent.start_as_current_span("request"):
        assert await stacked(Rates, Trace(NoTracer()))(FlakyRates(7)).rate("EUR") == 7  # type: ignore[arg-type]


async def test_where_nothing_is_ever_sampled_there_are_no_spans() -> None:
    tracer, exporter = recording()
    rates = stacked(Rates, Trace(tracer, on=False))(FlakyRates(7))
    assert await rates.rate("EUR") == 7
    assert exporter.get_finished_spans() == ()
