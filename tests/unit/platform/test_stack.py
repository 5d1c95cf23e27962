"""What stacked() promises, and the order of the layers seen from outside, on the composed object."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry, Counter, Histogram

from procurement.kernel.errors import Failure, Interrupted, NotFound, Unavailable
from procurement.platform.interceptors.breaker import Breaker, CircuitOpen
from procurement.platform.interceptors.deadline import Deadline
from procurement.platform.interceptors.log import Log
from procurement.platform.interceptors.metrics import Metrics
from procurement.platform.interceptors.retry import Retry
from procurement.platform.interceptors.stack import Call, Operation, stacked
from procurement.platform.interceptors.trace import Trace
from procurement.platform.interceptors.window import BreakerPolicy
from tests.unit.platform.rates import FakeTime, FlakyRates, HeldRates, Rates

pytestmark = pytest.mark.anyio
LABELS = ["repo", "op", "status"]


class Composed:
    """metrics > trace > retry > breaker > deadline > log, as the composition root stacks them."""

    def __init__(
        self, adapter: Rates, *, minimum: int = 10, deadline: float = 60.0, attempts: int = 3
    ) -> None:
        self.time, self.registry, self.spans = FakeTime(), CollectorRegistry(), InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self.spans))
        policy = BreakerPolicy(minimum=minimum, clock=self.time.clock, reset_after=30)
        self.rates = stacked(
            Rates,
            Metrics(
                Counter("calls", "Calls", LABELS, registry=self.registry),
                Histogram("seconds", "Seconds", LABELS, registry=self.registry),
                self.time.clock,
            ),
            Trace(provider.get_tracer("test")),
            Retry(Unavailable, policy=self.time.policy(attempts=attempts)),
            Breaker("rates", policy=policy),
            Deadline(deadline, reads=frozenset({"rate"})),
            Log(structlog.get_logger()),
        )(adapter)

    def sample(self, name: str, status: str) -> float | None:
        return self.registry.get_sample_value(name, {"repo": "Rates", "op": "rate", "status": status})


@contextmanager
def log_lines() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as lines:
        yield lines


async def test_a_call_that_fails_twice_is_one_sample_one_span_and_three_attempts() -> None:
    composed = Composed(FlakyRates(Unavailable("a"), Unavailable("b"), 7))
    with log_lines() as lines:
        assert await composed.rates.rate("EUR") == 7
    assert composed.sample("calls_total", "ok") == 1.0
    assert composed.sample("calls_total", "unavailable") is None
    assert [span.name for span in composed.spans.get_finished_spans()] == ["Rates.rate"]
    assert [line["status"] for line in lines] == ["unavailable", "unavailable", "ok"]


async def test_the_measured_time_includes_the_waits_between_attempts() -> None:
    composed = Composed(FlakyRates(Unavailable("a"), Unavailable("b"), 7))
    await composed.rates.rate("EUR")
    assert len(composed.time.sleeps) == 2
    assert composed.sample("seconds_sum", "ok") == pytest.approx(sum(composed.time.sleeps))


async def test_metrics_stand_outside_the_span() -> None:
    time, registry = FakeTime(), CollectorRegistry()

    class SlowTracer:
        def start_span(self, *args: object, **kwargs: object) -> None:
            time.now += 5
            raise LookupError("no span today")

    metrics = Metrics(
        Counter("calls", "Calls", LABELS, registry=registry),
        Histogram("seconds", "Seconds", LABELS, registry=registry),
        time.clock,
    )
    traced = stacked(Rates, metrics, Trace(SlowTracer()))(FlakyRates(1))  # type: ignore[arg-type]
    with pytest.raises(LookupError):
        await traced.rate("EUR")
    labels = {"repo": "Rates", "op": "rate", "status": "error"}
    assert registry.get_sample_value("seconds_sum", labels) == 5.0


async def test_the_breaker_judges_attempts_not_calls() -> None:
    adapter = FlakyRates(Unavailable("down"))
    composed = Composed(adapter, minimum=2, attempts=5)
    with pytest.raises(CircuitOpen):
        await composed.rates.rate("EUR")
    assert adapter.calls == 2
    assert composed.sample("calls_total", "circuit-open") == 1.0


async def test_an_open_circuit_is_not_asked_again_and_nothing_is_logged_for_it() -> None:
    composed = Composed(FlakyRates(Unavailable("down")), minimum=1)
    with pytest.raises(CircuitOpen):
        await composed.rates.rate("EUR")
    composed.time.sleeps.clear()
    with log_lines() as lines, pytest.raises(CircuitOpen) as refused:
        await composed.rates.rate("EUR")
    assert (lines, composed.time.sleeps) == ([], [])
    assert 29 < refused.value.retry_after <= 30


async def test_too_slow_trips_the_breaker_and_the_log_stands_inside_the_deadline() -> None:
    composed = Composed(HeldRates(), minimum=1, deadline=0.005, attempts=1)
    with log_lines() as lines, pytest.raises(Unavailable):
        await composed.rates.rate("EUR")
    assert [line["status"] for line in lines] == ["cancelled"]
    with pytest.raises(CircuitOpen):
        await composed.rates.rate("EUR")


async def test_a_refusal_is_neither_retried_nor_held_against_the_circuit() -> None:
    adapter = FlakyRates(NotFound("no such rate"))
    composed = Composed(adapter, minimum=1)
    for _ in range(20):
        with pytest.raises(NotFound):
            await composed.rates.rate("EUR")
    assert (adapter.calls, composed.sample("calls_total", "not-found")) == (20, 20.0)


async def test_the_callers_error_is_the_very_error_that_the_adapter_raised() -> None:
    original = Interrupted("lost")
    with pytest.raises(Interrupted) as caught:
        await Composed(FlakyRates(original)).rates.rate("EUR")
    assert caught.value is original
    assert caught.value.__context__ is None


async def test_a_cancellation_passes_every_layer_and_is_measured() -> None:
    adapter = HeldRates()
    composed = Composed(adapter, minimum=1)
    task = asyncio.create_task(composed.rates.rate("EUR"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
    assert len(adapter.waiting) == 1
    assert composed.sample("calls_total", "cancelled") == 1.0


async def test_layers_run_outermost_first() -> None:
    seen: list[str] = []

    def mark(name: str) -> Any:
        def layer(call: Call, inner: Operation) -> Operation:
            async def marked(*args: Any, **kwargs: Any) -> Any:
                seen.append(f"{name}>{call}")
                return await inner(*args, **kwargs)

            return marked

        return layer

    await stacked(Rates, mark("outer"), mark("inner"))(FlakyRates(1)).rate(code="EUR")
    assert seen == ["outer>Rates.rate", "inner>Rates.rate"]


def test_a_layer_is_asked_once_per_operation_when_the_port_is_wired() -> None:
    asked: list[Call] = []

    def layer(call: Call, inner: Operation) -> Operation:
        asked.append(call)
        return inner

    stacked(Rates, layer)(FlakyRates(1))
    assert asked == [Call("Rates", "rate")]


def test_a_sync_operation_of_a_port_is_refused_at_wiring_time() -> None:
    class Sync(Protocol):
        def now(self) -> int: ...

    with pytest.raises(TypeError, match=r"does not make async Sync\.now"):
        stacked(Sync)


def test_a_sync_operation_of_an_adapter_is_refused_at_wiring_time() -> None:
    class Hasty:
        def rate(self, code: str) -> int:
            return 1

    with pytest.raises(TypeError, match=r"Hasty.* does not make async Rates\.rate"):
        stacked(Rates)(Hasty())  # type: ignore[arg-type]  # mypy says so too: an unused ignore is an error


def test_a_missing_operation_is_refused_at_wiring_time() -> None:
    with pytest.raises(TypeError, match=r"has no Rates\.rate"):
        stacked(Rates)(object())  # type: ignore[arg-type]


async def test_the_stack_keeps_the_ports_type_and_passes_arguments_by_name() -> None:
    rates: Rates = stacked(Rates, Deadline(1))(FlakyRates(1))
    assert await rates.rate(code="EUR") == 1


def test_a_stack_can_be_stacked_again() -> None:
    inner = stacked(Rates, Deadline(1))(FlakyRates(1))
    assert stacked(Rates, Deadline(2))(inner) is not inner


async def test_an_unexpected_error_is_an_error_and_nothing_more() -> None:
    composed = Composed(FlakyRates(ZeroDivisionError("our fault")), minimum=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await composed.rates.rate("EUR")
    assert composed.sample("calls_total", "error") == 3.0


async def test_a_failure_that_is_no_outage_does_not_open_the_circuit() -> None:
    class LostRace(Failure):
        outage = False

    composed = Composed(FlakyRates(LostRace("somebody else won")), minimum=1)
    for _ in range(50):
        with pytest.raises(LostRace):
            await composed.rates.rate("EUR")
