"""The stack as the composition root composes it, driven from outside: what the order of its layers means."""

import asyncio
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any
from unittest.mock import MagicMock, patch

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from procurement.bootstrap import consumer
from procurement.bootstrap.base import Base
from procurement.bootstrap.contexts.purchasing import purchasing
from procurement.bootstrap.layers import Layers, layers
from procurement.kernel.errors import Interrupted, NotFound, Stale, Unavailable, VersionMismatch
from procurement.kernel.ids import OrderId
from procurement.platform.http.jwks import Issuer
from procurement.platform.interceptors.breaker import CircuitOpen
from procurement.platform.interceptors.stack import stacked
from procurement.platform.telemetry import Catalogue
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.app.ports import Decision, Policies, Purchasing
from procurement.settings import Settings
from tests.unit.purchasing.builders import L1, ORDER, TENANT, an_act

pytestmark = pytest.mark.anyio

ENVIRONMENT = {
    "DATABASE_URL": "postgresql://app:secret@127.0.0.1/procurement",
    "KAFKA_BROKERS": "127.0.0.1:9092",
    "JWT_ISSUER": "https://issuer.test",
    "JWT_AUDIENCE": "procurement",
    "JWKS_URL": "https://issuer.test/jwks",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
    "RETRY_BASE_DELAY": "10ms",
    "RETRY_MAX_DELAY": "10ms",
}


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue("test")


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def composed(catalogue: Catalogue, spans: InMemorySpanExporter) -> Iterator[Layers]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    structlog.reset_defaults()
    with patch.dict("os.environ", ENVIRONMENT, clear=True):
        yield layers(Settings.read(), catalogue, provider.get_tracer("test"))


class Flaky:
    """A port whose first calls fail."""

    def __init__(self, *failures: Exception) -> None:
        self.failures, self.calls = list(failures), 0

    async def current(self, *_: Any) -> str:
        return await self._answer()

    async def save(self, *_: Any) -> str:
        return await self._answer()

    for_change = current

    async def _answer(self) -> str:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return "done"


def samples(catalogue: Catalogue, op: str) -> dict[str, float]:
    found = {}
    for metric in catalogue.repo_calls_total.collect():
        for sample in metric.samples:
            if sample.name.endswith("_total") and sample.labels["op"] == op:
                found[sample.labels["status"]] = sample.value
    return found


async def test_one_call_is_one_sample_three_attempts_and_three_log_lines(
    composed: Layers, catalogue: Catalogue, spans: InMemorySpanExporter
) -> None:
    """Metrics outermost, then the span, then retry; the log innermost: it sees every attempt."""
    flaky = Flaky(Unavailable("no connection"), Unavailable("no connection"))
    policies = stacked(Policies, *composed.around_database)(flaky)  # type: ignore[arg-type]
    with capture_logs() as lines:
        assert await policies.current(TENANT) == "done"  # type: ignore[comparison-overlap]
    assert flaky.calls == 3
    assert samples(catalogue, "current") == {"ok": 1}
    assert [line["log_level"] for line in lines] == ["warning", "warning", "debug"]
    assert [span.name for span in spans.get_finished_spans()] == ["Policies.current"]


async def test_what_may_have_been_done_is_not_tried_again_around_a_port(composed: Layers) -> None:
    for failure in (Interrupted("the connection was lost"), Stale("raced"), NotFound("nothing")):
        flaky = Flaky(failure)
        policies = stacked(Policies, *composed.around_database)(flaky)  # type: ignore[arg-type]
        with pytest.raises(type(failure)):
            await policies.save(None, None)  # type: ignore[arg-type]
        assert flaky.calls == 1


async def test_a_port_that_keeps_failing_is_left_alone_by_every_port_of_its_dependency(
    composed: Layers, catalogue: Catalogue
) -> None:
    """One breaker for all of Postgres; retry stands outside it, and does not hammer an open circuit."""
    broken = Flaky(*[Unavailable("no connection")] * 100)
    policies = stacked(Policies, *composed.around_database)(broken)  # type: ignore[arg-type]
    for _ in range(10):
        with pytest.raises((Unavailable, CircuitOpen)):
            await policies.current(TENANT)
    healthy = Flaky()
    others = stacked(Policies, *composed.around_database)(healthy)  # type: ignore[arg-type]
    with pytest.raises(CircuitOpen):
        await others.current(TENANT)
    assert healthy.calls == 0
    assert samples(catalogue, "current")["circuit-open"] >= 1


async def test_the_whole_use_case_is_run_again_after_a_lost_race_or_connection(composed: Layers) -> None:
    class UseCases(Flaky):
        def __getattr__(self, name: str) -> Any:
            return self.current

    for failure, calls in (
        (Stale("raced"), 2),
        (Interrupted("lost"), 2),
        (Unavailable("tried before, around the port"), 1),
        (VersionMismatch(1, 2), 1),
    ):
        flaky = UseCases(failure)
        purchasing = stacked(Purchasing, *composed.around_use_cases)(flaky)
        call = purchasing.get(TENANT, None, OrderId(uuid7()))  # type: ignore[arg-type]
        if calls == 1:
            with pytest.raises(type(failure)):
                await call
        else:
            await call
        assert flaky.calls == calls


async def test_a_caller_who_leaves_is_no_verdict_on_the_dependency(composed: Layers) -> None:
    class Slow(Flaky):
        async def _answer(self) -> str:
            await asyncio.sleep(60)
            return "never"

    slow = Slow()
    policies = stacked(Policies, *composed.around_database)(slow)  # type: ignore[arg-type]
    for _ in range(30):
        task = asyncio.ensure_future(policies.current(TENANT))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    quick = stacked(Policies, *composed.around_database)(Flaky())  # type: ignore[arg-type]
    assert await quick.current(TENANT) == "done"  # type: ignore[comparison-overlap]


async def test_an_approval_is_counted_once_however_often_it_was_tried(
    composed: Layers, catalogue: Catalogue
) -> None:
    class Down:
        calls = 0

        async def fetch(self, *_: Any, **__: Any) -> None:
            self.calls += 1
            raise Interrupted("the connection was lost")

    down: Any = Down()
    nothing: Any = None
    base = Base(
        settings=nothing,
        catalogue=catalogue,
        tracer=nothing,
        layers=composed,
        database=down,
        doorbell=MagicMock(),
    )
    with pytest.raises(Interrupted):
        await purchasing(base, down).approve(an_act(L1), Decision(order=ORDER, expected_version=1), None)
    assert down.calls == 3
    counted = {
        sample.labels["status"]: sample.value
        for metric in catalogue.po_approvals_total.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    }
    assert counted == {"approved": 0, "rejected": 0, "error": 1}


async def test_a_dead_letter_is_counted_tried_again_and_logged_where_it_cannot_be_written(
    composed: Layers, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    class DeadLetters(Flaky):
        async def park(self, *_: Any) -> str:
            return await self._answer()

        async def close(self) -> None: ...

    adapter, a_consumer = DeadLetters(Unavailable("no broker")), MagicMock()
    base = MagicMock(layers=composed, catalogue=catalogue)
    monkeypatch.setattr(consumer, "standing", lambda *_: nullcontext(base))
    monkeypatch.setattr(consumer, "subscriptions", lambda _: ["one"])
    monkeypatch.setattr(consumer, "KafkaDeadLetters", lambda *_: adapter)
    monkeypatch.setattr(consumer, "Consumer", a_consumer)
    async with consumer.assemble_consumer(MagicMock()):
        with capture_logs() as lines:
            await a_consumer.call_args.args[2].park("group", None, NotFound("nobody"))
    assert adapter.calls == 2
    assert samples(catalogue, "park") == {"ok": 1}
    assert [line["event"] for line in lines] == ["DeadLetters.park", "DeadLetters.park"]


async def test_an_issuer_that_does_not_answer_is_counted_and_not_asked_twice(
    composed: Layers, catalogue: Catalogue
) -> None:
    class Down:
        calls = 0

        async def keys(self) -> bytes:
            self.calls += 1
            raise OSError("connection refused")

    down = Down()
    with pytest.raises(OSError, match="refused"):
        await stacked(Issuer, *composed.around_issuer)(down).keys()
    assert down.calls == 1
    assert samples(catalogue, "keys") == {"ok": 0, "error": 1}
