"""What pybreaker and its kind get wrong in asyncio, each as a promise of ours."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pybreaker
import pytest
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from procurement.kernel.errors import NotFound, Unavailable
from procurement.platform.interceptors.breaker import Breaker, CircuitOpen, CircuitWatch
from procurement.platform.interceptors.stack import stacked
from procurement.platform.interceptors.window import BreakerPolicy
from procurement.platform.postgres.errors import LockHeld, PoolBusy
from procurement.platform.postgres.record import TwinCameFirst
from tests.unit.platform.rates import FakeTime, FlakyRates, HeldRates, Rates, turns

pytestmark = pytest.mark.anyio
RESET = 5.0


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def a_breaker(time: FakeTime, minimum: int = 1) -> Breaker:
    return Breaker("rates", policy=BreakerPolicy(minimum=minimum, clock=time.clock, reset_after=RESET))


async def opened(time: FakeTime) -> Breaker:
    breaker = a_breaker(time)
    with pytest.raises(Unavailable):
        await stacked(Rates, breaker)(FlakyRates(Unavailable("down"))).rate("EUR")
    assert breaker.state == "open"
    return breaker


@contextmanager
def probing(breaker: Breaker) -> Iterator[tuple[HeldRates, "asyncio.Task[int]"]]:
    adapter = HeldRates()
    yield adapter, asyncio.create_task(stacked(Rates, breaker)(adapter).rate("EUR"))


async def test_a_coroutine_that_fails_counts_when_it_fails_not_when_it_is_made(time: FakeTime) -> None:
    breaker = a_breaker(time, minimum=10)
    rates = stacked(Rates, breaker)(FlakyRates(Unavailable("down")))
    for _ in range(9):
        with pytest.raises(Unavailable):
            await rates.rate("EUR")
    assert breaker.state == "closed"
    with pytest.raises(Unavailable):
        await rates.rate("EUR")
    assert breaker.state == "open"


async def test_an_open_circuit_asks_nobody_and_says_when_to_come_back(time: FakeTime) -> None:
    breaker = await opened(time)
    adapter = FlakyRates(7)
    time.now += 2
    with pytest.raises(
        CircuitOpen, match=r"rates has been failing and is not asked for another 3\.0 s"
    ) as no:
        await stacked(Rates, breaker)(adapter).rate("EUR")
    assert (adapter.calls, no.value.retry_after) == (0, 3.0)


async def test_after_the_wait_one_success_closes_the_circuit(time: FakeTime) -> None:
    breaker = await opened(time)
    time.now += RESET
    assert await stacked(Rates, breaker)(FlakyRates(7)).rate("EUR") == 7
    assert breaker.state == "closed"


async def test_after_the_wait_one_failure_opens_it_for_a_whole_wait_again(time: FakeTime) -> None:
    breaker = await opened(time)
    time.now += RESET + 100
    rates = stacked(Rates, breaker)(FlakyRates(Unavailable("still down")))
    with pytest.raises(Unavailable):
        await rates.rate("EUR")
    time.now += RESET - 0.001
    with pytest.raises(CircuitOpen):
        await rates.rate("EUR")


async def test_leaving_open_does_not_close_before_the_trial_has_answered(time: FakeTime) -> None:
    breaker = await opened(time)
    time.now += RESET
    with probing(breaker) as (adapter, task):
        await turns()
        assert breaker.state == "half-open"
        adapter.waiting[0].set_exception(Unavailable("still down"))
        with pytest.raises(Unavailable):
            await task
    assert breaker.state == "open"


async def test_of_ten_at_once_one_tries_and_nine_are_turned_away(time: FakeTime) -> None:
    breaker = await opened(time)
    time.now += RESET
    adapter = HeldRates()
    rates = stacked(Rates, breaker)(adapter)
    tasks = [asyncio.create_task(rates.rate("EUR")) for _ in range(10)]
    await turns()
    adapter.waiting[0].set_result(7)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert (len(adapter.waiting), sum(isinstance(r, CircuitOpen) for r in results)) == (1, 9)
    assert breaker.state == "closed"


async def test_the_single_trial_is_single_across_all_ports_of_the_dependency(time: FakeTime) -> None:
    breaker = await opened(time)
    time.now += RESET
    with probing(breaker) as (adapter, task):
        await turns()
        with pytest.raises(CircuitOpen):
            await stacked(Rates, breaker)(FlakyRates(7)).rate("EUR")
        adapter.waiting[0].set_result(7)
        await task


async def test_a_cancelled_caller_does_not_open_a_closed_circuit(time: FakeTime) -> None:
    breaker = a_breaker(time)
    for _ in range(30):
        with probing(breaker) as (_, task):
            await turns()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert task.cancelled()
    assert breaker.state == "closed"


async def test_a_cancelled_trial_neither_closes_nor_blocks_the_circuit(time: FakeTime) -> None:
    breaker = await opened(time)
    time.now += RESET
    with probing(breaker) as (_, task):
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert breaker.state == "half-open"
    assert await stacked(Rates, breaker)(FlakyRates(7)).rate("EUR") == 7
    assert breaker.state == "closed"


async def test_a_trial_that_ends_in_a_bug_of_ours_frees_the_way_for_the_next(time: FakeTime) -> None:
    breaker = await opened(time)
    time.now += RESET
    with pytest.raises(ZeroDivisionError):
        await stacked(Rates, breaker)(FlakyRates(ZeroDivisionError())).rate("EUR")
    assert breaker.state == "half-open"
    assert await stacked(Rates, breaker)(FlakyRates(7)).rate("EUR") == 7


async def test_a_cancellation_does_not_wash_failures_away(time: FakeTime) -> None:
    breaker = a_breaker(time, minimum=2)
    failing = stacked(Rates, breaker)(FlakyRates(Unavailable("down")))
    with pytest.raises(Unavailable):
        await failing.rate("EUR")
    with probing(breaker) as (_, task):
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    with pytest.raises(Unavailable):
        await failing.rate("EUR")
    assert breaker.state == "open"


async def test_a_refusal_shows_that_the_dependency_answers(time: FakeTime) -> None:
    breaker = await opened(time)
    time.now += RESET
    with pytest.raises(NotFound):
        await stacked(Rates, breaker)(FlakyRates(NotFound("nothing there"))).rate("EUR")
    assert breaker.state == "closed"


@pytest.mark.parametrize("race", [TwinCameFirst("twin"), LockHeld("locked"), PoolBusy("full")])
async def test_races_are_not_outages(time: FakeTime, race: Exception) -> None:
    breaker = a_breaker(time)
    rates = stacked(Rates, breaker)(FlakyRates(race))
    for _ in range(64):
        with pytest.raises(type(race)):
            await rates.rate("EUR")
    assert breaker.state == "closed"


async def test_a_full_pool_does_not_close_a_circuit_either(time: FakeTime) -> None:
    breaker = await opened(time)
    time.now += RESET
    with pytest.raises(PoolBusy):
        await stacked(Rates, breaker)(FlakyRates(PoolBusy("full"))).rate("EUR")
    assert breaker.state == "half-open"


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
        "test_breaker.py",
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
