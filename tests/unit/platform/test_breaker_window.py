"""When a circuit opens, by rates and by time, and how it shows what it does."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pybreaker
import pytest
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from procurement.kernel.errors import Unavailable
from procurement.platform.interceptors.breaker import Breaker, CircuitOpen, CircuitWatch
from procurement.platform.interceptors.stack import stacked
from procurement.platform.interceptors.window import BreakerPolicy
from tests.unit.platform.breakers import RESET, a_breaker, opened, probing
from tests.unit.platform.rates import FakeTime, FlakyRates, HeldRates, Rates, turns

pytestmark = pytest.mark.anyio


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


async def test_it_is_the_rate_that_counts_not_failures_in_a_row(time: FakeTime) -> None:
    breaker = a_breaker(time, minimum=10)
    down = Unavailable("down")
    adapter = FlakyRates(down, 1, down, 1, down, 1, down, 1, 1, down)
    rates = stacked(Rates, breaker)(adapter)
    await asyncio.gather(*(rates.rate("EUR") for _ in range(10)), return_exceptions=True)
    assert breaker.state == "open"


async def test_fewer_failures_than_the_rate_leave_it_closed(time: FakeTime) -> None:
    breaker = a_breaker(time, minimum=10)
    down = Unavailable("down")
    rates = stacked(Rates, breaker)(FlakyRates(*(answer for _ in range(100) for answer in (1, down, 1))))
    await asyncio.gather(*(rates.rate("EUR") for _ in range(300)), return_exceptions=True)
    assert breaker.state == "closed"


async def test_failures_hours_apart_do_not_add_up(time: FakeTime) -> None:
    breaker = a_breaker(time, minimum=2)
    rates = stacked(Rates, breaker)(FlakyRates(Unavailable("down")))
    for _ in range(20):
        with pytest.raises(Unavailable):
            await rates.rate("EUR")
        time.now += 3600
    assert breaker.state == "closed"


async def test_a_late_success_does_not_close_an_open_circuit(time: FakeTime) -> None:
    breaker = a_breaker(time)
    with probing(breaker) as (adapter, task):
        await turns()
        with pytest.raises(Unavailable):
            await stacked(Rates, breaker)(FlakyRates(Unavailable("down"))).rate("EUR")
        adapter.waiting[0].set_result(7)
        assert await task == 7
    assert breaker.state == "open"


async def test_a_late_failure_does_not_start_the_wait_anew(time: FakeTime) -> None:
    breaker = a_breaker(time)
    with probing(breaker) as (adapter, task):
        await turns()
        with pytest.raises(Unavailable):
            await stacked(Rates, breaker)(FlakyRates(Unavailable("down"))).rate("EUR")
        time.now += RESET - 1
        adapter.waiting[0].set_exception(Unavailable("late"))
        with pytest.raises(Unavailable):
            await task
    time.now += 1
    assert await stacked(Rates, breaker)(FlakyRates(7)).rate("EUR") == 7


async def test_calls_are_not_queued_behind_one_another(time: FakeTime) -> None:
    adapter = HeldRates()
    rates = stacked(Rates, a_breaker(time))(adapter)
    tasks = [asyncio.create_task(rates.rate("EUR")) for _ in range(5)]
    await turns()
    assert len(adapter.waiting) == 5
    for answer in adapter.waiting:
        answer.set_result(7)
    assert await asyncio.gather(*tasks) == [7] * 5


async def test_the_call_that_trips_it_gets_its_own_error_untouched(time: FakeTime) -> None:
    original = Unavailable("the real reason")
    with pytest.raises(Unavailable) as caught:
        await stacked(Rates, a_breaker(time))(FlakyRates(original)).rate("EUR")
    assert caught.value is original
    assert (original.__context__, original.__cause__) == (None, None)
    assert {Path(frame.path).name for frame in caught.traceback} == {
        "test_breaker_window.py",
        "breaker.py",
        "rates.py",
    }


async def test_a_step_of_the_wall_clock_changes_nothing(
    time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Tomorrow":
            return cls.fromtimestamp((datetime.now(UTC) + timedelta(days=1)).timestamp(), UTC)

    breaker = await opened(time)
    monkeypatch.setattr(pybreaker, "datetime", Tomorrow)
    with pytest.raises(CircuitOpen):
        await stacked(Rates, breaker)(FlakyRates(7)).rate("EUR")
    time.now += RESET
    assert await stacked(Rates, breaker)(FlakyRates(7)).rate("EUR") == 7


async def test_every_change_is_shown_counted_and_logged(time: FakeTime) -> None:
    registry = CollectorRegistry()
    state = Gauge("breaker_state", "State", ["breaker"], registry=registry)
    transitions = Counter("breaker_transitions", "Changes", ["breaker", "to"], registry=registry)
    policy = BreakerPolicy(minimum=1, clock=time.clock, reset_after=RESET)
    with structlog.testing.capture_logs() as lines:
        watch = CircuitWatch("rates", state, transitions, structlog.get_logger())
        breaker = Breaker("rates", policy=policy, listeners=[watch])
        shown = [registry.get_sample_value("breaker_state", {"breaker": "rates"})]
        with pytest.raises(Unavailable):
            await stacked(Rates, breaker)(FlakyRates(Unavailable("down"))).rate("EUR")
        shown.append(registry.get_sample_value("breaker_state", {"breaker": "rates"}))
        time.now += RESET
        with probing(breaker) as (adapter, task):
            await turns()
            shown.append(registry.get_sample_value("breaker_state", {"breaker": "rates"}))
            adapter.waiting[0].set_result(7)
            await task
        shown.append(registry.get_sample_value("breaker_state", {"breaker": "rates"}))
    assert shown == [0.0, 2.0, 1.0, 0.0]
    assert [(line["before"], line["now"]) for line in lines] == [
        ("closed", "open"),
        ("open", "half-open"),
        ("half-open", "closed"),
    ]
    for to in ("open", "half-open", "closed"):
        labels = {"breaker": "rates", "to": to}
        assert registry.get_sample_value("breaker_transitions_total", labels) == 1.0
