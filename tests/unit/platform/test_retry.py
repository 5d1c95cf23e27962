import asyncio
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter

from procurement.kernel.errors import Interrupted, NotYet, Stale, Unavailable, VersionMismatch
from procurement.platform.interceptors.retry import Retry, RetryBudget, RetryPolicy, exactly
from procurement.platform.interceptors.stack import stacked
from tests.unit.platform.rates import FakeTime, FlakyRates, HeldRates, Rates, turns

pytestmark = pytest.mark.anyio


async def test_attempts_count_the_first_try_and_nobody_sleeps_after_the_last() -> None:
    time, adapter = FakeTime(), FlakyRates(Unavailable("down"))
    with pytest.raises(Unavailable):
        await stacked(Rates, Retry(Unavailable, policy=time.policy(attempts=4)))(adapter).rate("EUR")
    assert (adapter.calls, len(time.sleeps)) == (4, 3)


async def test_one_attempt_means_no_retry() -> None:
    time, adapter = FakeTime(), FlakyRates(Unavailable("down"))
    with pytest.raises(Unavailable):
        await stacked(Rates, Retry(Unavailable, policy=time.policy(attempts=1)))(adapter).rate("EUR")
    assert (adapter.calls, time.sleeps) == (1, [])


async def test_a_call_that_goes_well_never_sleeps() -> None:
    time = FakeTime()
    assert await stacked(Rates, Retry(Unavailable, policy=time.policy()))(FlakyRates(7)).rate("EUR") == 7
    assert time.sleeps == []


async def test_the_last_error_is_the_one_the_caller_sees() -> None:
    last = Unavailable("third")
    adapter = FlakyRates(Unavailable("first"), Unavailable("second"), last)
    with pytest.raises(Unavailable) as caught:
        await stacked(Rates, Retry(Unavailable, policy=FakeTime().policy()))(adapter).rate("EUR")
    assert caught.value is last


async def test_what_may_have_been_done_is_not_retried_by_a_retry_of_what_was_not() -> None:
    adapter = FlakyRates(Unavailable("not done"), Interrupted("unknown"), 7)
    with pytest.raises(Interrupted):
        await stacked(Rates, Retry(Unavailable, policy=FakeTime().policy()))(adapter).rate("EUR")
    assert adapter.calls == 2


@pytest.mark.parametrize("error", [VersionMismatch(3, 4), NotYet("wait for the event")])
async def test_exactly_leaves_the_subclasses_alone(error: Stale) -> None:
    retry = Retry(exactly(Stale), Interrupted, policy=FakeTime().policy())
    adapter = FlakyRates(error, 7)
    with pytest.raises(type(error)):
        await stacked(Rates, retry)(adapter).rate("EUR")
    assert adapter.calls == 1


@pytest.mark.parametrize("error", [Stale("lost the race"), Interrupted("unknown")])
async def test_the_use_case_is_run_again_after_a_lost_race(error: Exception) -> None:
    retry = Retry(exactly(Stale), Interrupted, policy=FakeTime().policy())
    assert await stacked(Rates, retry)(FlakyRates(error, 7)).rate("EUR") == 7


async def test_no_attempt_begins_after_the_time_is_up() -> None:
    time, adapter = FakeTime(), FlakyRates(Unavailable("down"))
    policy = time.policy(attempts=1000, base=0.4, cap=0.4, within=2.0)
    with pytest.raises(Unavailable):
        await stacked(Rates, Retry(Unavailable, policy=policy))(adapter).rate("EUR")
    assert sum(time.sleeps) < 2.0
    assert adapter.calls == len(time.sleeps) + 1


async def test_the_time_of_the_first_attempt_counts() -> None:
    time = FakeTime()

    class Slow:
        calls = 0

        async def rate(self, code: str) -> int:
            self.calls += 1
            time.now += 5
            raise Unavailable("after five seconds")

    slow = Slow()
    with pytest.raises(Unavailable):
        await stacked(Rates, Retry(Unavailable, policy=time.policy(within=2.0)))(slow).rate("EUR")
    assert (slow.calls, time.sleeps) == (1, [])


async def test_a_cancelled_attempt_is_not_retried() -> None:
    adapter = HeldRates()
    rates = stacked(Rates, Retry(lambda _: True, policy=FakeTime().policy()))(adapter)
    task = asyncio.create_task(rates.rate("EUR"))
    await turns()
    adapter.waiting[0].set_exception(Unavailable("down"))
    await turns(20)
    assert len(adapter.waiting) == 2
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (task.cancelled(), len(adapter.waiting)) == (True, 2)


async def test_a_cancellation_during_the_wait_passes_at_once() -> None:
    adapter, asleep = FlakyRates(Unavailable("down")), asyncio.Event()

    async def sleep(seconds: float) -> None:
        asleep.set()
        await asyncio.get_running_loop().create_future()

    rates = stacked(Rates, Retry(Unavailable, policy=RetryPolicy(sleep=sleep)))(adapter)
    task = asyncio.create_task(rates.rate("EUR"))
    await asleep.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert adapter.calls == 1


async def test_concurrent_calls_keep_their_own_count_and_their_own_error() -> None:
    class Mine:
        def __init__(self) -> None:
            self.calls: dict[str, int] = {}

        async def rate(self, code: str) -> int:
            self.calls[code] = self.calls.get(code, 0) + 1
            await asyncio.sleep(0)
            raise Unavailable(code)

    mine, time = Mine(), FakeTime()
    rates = stacked(Rates, Retry(Unavailable, policy=time.policy(attempts=3, within=1e6)))(mine)
    codes = [str(n) for n in range(20)]
    errors = await asyncio.gather(*(rates.rate(code) for code in codes), return_exceptions=True)
    assert [str(error) for error in errors] == codes
    assert set(mine.calls.values()) == {3}


async def test_every_repeated_attempt_is_counted_by_how_it_ended() -> None:
    registry = CollectorRegistry()
    attempts = Counter("retry_attempts", "Attempts", ["repo", "op", "outcome"], registry=registry)
    retry = Retry(Unavailable, policy=FakeTime().policy(), attempts=attempts)
    await stacked(Rates, retry)(FlakyRates(Unavailable("a"), Unavailable("b"), 7)).rate("EUR")
    counted = {
        s.labels["outcome"]: s.value for m in registry.collect() for s in m.samples if "_total" in s.name
    }
    assert counted == {"unavailable": 1.0, "ok": 1.0}


async def test_in_an_outage_retries_stay_a_tenth_of_the_load() -> None:
    adapter, time = FlakyRates(Unavailable("down")), FakeTime()
    budget = RetryBudget(ratio=0.1, reserve=10)
    rates = stacked(Rates, Retry(Unavailable, policy=time.policy(within=1e6), budget=budget))(adapter)
    for _ in range(1000):
        with pytest.raises(Unavailable):
            await rates.rate("EUR")
    assert adapter.calls <= 1000 * 1.10 + 10


async def test_a_seeded_policy_sleeps_the_same_every_time() -> None:
    def sleeps() -> Sequence[float]:
        policy = RetryPolicy(base=0.1, cap=2.0, rng=random.Random(18))
        return [policy.wait(failures) for failures in range(1, 5)]

    dice = random.Random(18)
    assert sleeps() == sleeps() == [ceiling * dice.random() for ceiling in (0.1, 0.2, 0.4, 0.8)]


@given(
    base=st.floats(0, 10),
    extra=st.floats(0, 100),
    failures=st.integers(1, 10**6),
    seed=st.integers(),
)
def test_no_wait_is_negative_or_beyond_the_cap_or_the_doubled_base(
    base: float, extra: float, failures: int, seed: int
) -> None:
    policy = RetryPolicy(base=base, cap=base + extra, rng=random.Random(seed))
    ceiling = min(base + extra, base * 2 ** (failures - 1) if failures < 40 else float("inf"))
    assert 0 <= policy.wait(failures) <= ceiling


@pytest.mark.parametrize(
    ("failures", "ceiling"), [(1, 0.05), (2, 0.1), (3, 0.2), (5, 0.8), (6, 1.0), (60, 1.0)]
)
def test_waits_are_spread_evenly_from_zero_to_the_ceiling(failures: int, ceiling: float) -> None:
    """Kolmogorov-Smirnov against the uniform distribution, at the one-percent level."""
    policy, count = RetryPolicy(base=0.05, cap=1.0, rng=random.Random(failures)), 4000
    waits = sorted(policy.wait(failures) / ceiling for _ in range(count))
    farthest = max(max((n + 1) / count - wait, wait - n / count) for n, wait in enumerate(waits))
    assert farthest < 1.63 / count**0.5


@pytest.mark.parametrize(
    ("attempts", "base", "cap"), [(0, 0.05, 1.0), (-1, 0.05, 1.0), (3, 2.0, 1.0), (3, -0.1, 1.0)]
)
def test_a_policy_that_makes_no_sense_stops_the_boot(attempts: int, base: float, cap: float) -> None:
    with pytest.raises(ValueError, match="attempts >= 1 and 0 <= base <= cap"):
        RetryPolicy(attempts=attempts, base=base, cap=cap)
