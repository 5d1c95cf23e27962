import asyncio

import pytest

from procurement.kernel.errors import Interrupted, Unavailable
from procurement.platform.alarms import Alarms
from procurement.platform.interceptors.deadline import Deadline
from procurement.platform.interceptors.stack import stacked
from tests.unit.platform.rates import FlakyRates, HeldRates, Rates, turns

pytestmark = pytest.mark.anyio
AT_ONCE = 0.001


async def call(rates: Rates) -> int:
    return await rates.rate("EUR")


async def test_a_write_that_takes_too_long_may_have_been_done() -> None:
    with pytest.raises(Interrupted, match=r"Rates\.rate took longer than 0\.001 s"):
        await stacked(Rates, Deadline(AT_ONCE))(HeldRates()).rate("EUR")


async def test_a_read_that_takes_too_long_can_be_made_again() -> None:
    with pytest.raises(Unavailable):
        await stacked(Rates, Deadline(AT_ONCE, reads=frozenset({"rate"})))(HeldRates()).rate("EUR")


async def test_the_work_is_cancelled_when_its_time_is_up() -> None:
    adapter = HeldRates()
    with pytest.raises(Interrupted):
        await stacked(Rates, Deadline(AT_ONCE))(adapter).rate("EUR")
    assert adapter.waiting[0].cancelled()


async def test_the_caller_may_go_on_after_a_deadline() -> None:
    with pytest.raises(Interrupted):
        await stacked(Rates, Deadline(AT_ONCE))(HeldRates()).rate("EUR")
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_a_caller_who_goes_away_is_cancelled_not_late() -> None:
    task = asyncio.create_task(call(stacked(Rates, Deadline(60))(HeldRates())))
    await turns()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_caller_who_goes_away_in_the_moment_of_the_deadline_is_still_cancelled() -> None:
    late = asyncio.Event()

    class Stubborn:
        async def rate(self, code: str) -> int:
            try:
                await asyncio.Event().wait()
            finally:
                late.set()
                await asyncio.sleep(0)
            return 1

    task = asyncio.create_task(call(stacked(Rates, Deadline(AT_ONCE))(Stubborn())))
    await late.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_adapters_own_timeout_is_not_taken_for_ours() -> None:
    with pytest.raises(TimeoutError):
        await stacked(Rates, Deadline(60))(FlakyRates(TimeoutError("the adapter's"))).rate("EUR")


async def test_the_inner_of_two_deadlines_ends_the_attempt_and_the_outer_leaves_it_be() -> None:
    rates = stacked(Rates, Deadline(60), Deadline(AT_ONCE))(HeldRates())
    with pytest.raises(Interrupted, match=r"longer than 0\.001 s"):
        await rates.rate("EUR")


async def test_many_calls_share_one_timer() -> None:
    loop, rates = asyncio.get_running_loop(), stacked(Rates, Deadline(60))(FlakyRates(*[7] * 10))
    for _ in range(10):
        await rates.rate("EUR")
    live = [handle for handle in getattr(loop, "_scheduled", []) if not handle.cancelled()]
    assert len(live) <= 1


async def test_each_of_many_calls_has_its_own_time() -> None:
    rates = stacked(Rates, Deadline(0.05))(HeldRates())
    loop = asyncio.get_running_loop()
    began, took = loop.time(), []

    async def late() -> None:
        with pytest.raises(Interrupted):
            await rates.rate("EUR")
        took.append(loop.time() - began)

    async with asyncio.TaskGroup() as calls:
        calls.create_task(late())
        await asyncio.sleep(0.03)
        calls.create_task(late())
    assert took[0] >= 0.05
    assert took[1] >= 0.075


async def test_after_a_quiet_time_a_call_is_late_again() -> None:
    rates = stacked(Rates, Deadline(AT_ONCE))(HeldRates())
    for _ in range(2):
        with pytest.raises(Interrupted):
            await rates.rate("EUR")
        await asyncio.sleep(2 * AT_ONCE)


async def test_a_call_may_be_given_more_time_than_others() -> None:
    alarms = Alarms(0.02, TimeoutError)
    with alarms.new() as alarm:
        alarm.postpone(60)
        await asyncio.sleep(0.05)
    with pytest.raises(TimeoutError):
        await held(alarms, AT_ONCE)


async def held(alarms: Alarms, seconds: float) -> None:
    with alarms.new() as alarm:
        alarm.postpone(seconds)
        await asyncio.sleep(60)
