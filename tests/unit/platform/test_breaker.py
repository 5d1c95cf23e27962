"""Who may ask, and whose answer counts: what pybreaker gets wrong in asyncio, each as a promise of ours."""

import asyncio

import pytest

from procurement.kernel.errors import NotFound, Unavailable
from procurement.platform.interceptors.breaker import CircuitOpen
from procurement.platform.interceptors.stack import stacked
from procurement.platform.postgres.errors import LockHeld, PoolBusy
from procurement.platform.postgres.record import TwinCameFirst
from tests.unit.platform.breakers import RESET, a_breaker, opened, probing
from tests.unit.platform.rates import FakeTime, FlakyRates, HeldRates, Rates, turns

pytestmark = pytest.mark.anyio


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


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
