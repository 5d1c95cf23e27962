"""What is counted of decisions, and what follows a success."""

import asyncio

import pytest
from prometheus_client import CollectorRegistry, Counter

from procurement.kernel.act import Answer, Answered
from procurement.kernel.errors import (
    Blocker,
    Concern,
    Interrupted,
    RuleBroken,
    Stale,
    Unavailable,
    VersionMismatch,
)
from procurement.platform.interceptors.after import Afterwards, Tally
from procurement.platform.interceptors.retry import Retry, exactly
from procurement.platform.interceptors.stack import stacked
from tests.unit.platform.rates import FakeTime, FlakyRates, Rates

pytestmark = pytest.mark.anyio


def decisions() -> Counter:
    return Counter("decisions", "Decisions", ["status"], registry=CollectorRegistry())


def counted(counter: Counter) -> dict[str, float]:
    samples = [sample for metric in counter.collect() for sample in metric.samples]
    return {one.labels["status"]: one.value for one in samples if one.name.endswith("_total") and one.value}


async def tally_of(answer: int | BaseException) -> dict[str, float]:
    counter = decisions()
    rates = stacked(Rates, Tally(counter, {"rate": "rated"}))(FlakyRates(answer))
    if isinstance(answer, BaseException):
        with pytest.raises(type(answer)):
            await rates.rate("EUR")
    else:
        await rates.rate("EUR")
    return counted(counter)


async def test_a_decision_is_counted_as_what_it_amounts_to() -> None:
    assert await tally_of(7) == {"rated": 1}


async def test_a_decision_that_is_said_again_is_no_new_one() -> None:
    assert await tally_of(Answered(Answer(b"{}"))) == {}


async def test_a_refused_decision_is_counted_by_its_code_and_is_no_error() -> None:
    level = Blocker("approval-level-too-low", Concern.AUTHORITY, "not yours to approve")
    assert await tally_of(RuleBroken(level)) == {"rule-broken": 1}
    assert await tally_of(VersionMismatch(1, 2)) == {"version-mismatch": 1}


@pytest.mark.parametrize("failure", [Unavailable("down"), Interrupted("lost"), KeyError("bug")])
async def test_a_decision_that_failed_is_an_error(failure: Exception) -> None:
    assert await tally_of(failure) == {"error": 1}


async def test_a_caller_who_leaves_has_decided_nothing() -> None:
    assert await tally_of(asyncio.CancelledError()) == {}


async def test_what_is_not_named_is_not_wrapped() -> None:
    flaky = FlakyRates(7)
    rates = stacked(Rates, Tally(decisions(), {"judge": "judged"}), Afterwards(lambda: None, of=frozenset()))
    assert rates(flaky).rate == flaky.rate


async def test_around_the_retries_a_decision_that_took_two_attempts_is_one() -> None:
    counter, again = decisions(), Retry(exactly(Stale), policy=FakeTime().policy())
    rates = stacked(Rates, Tally(counter, {"rate": "rated"}), again)(FlakyRates(Stale("raced"), 7))
    assert await rates.rate("EUR") == 7
    assert counted(counter) == {"rated": 1}


async def test_what_follows_a_success_does_not_follow_a_failure() -> None:
    rung: list[str] = []
    ring = Afterwards(lambda: rung.append("ding"), of=frozenset({"rate"}))
    rates = stacked(Rates, ring)(FlakyRates(Unavailable("down"), 7))
    with pytest.raises(Unavailable):
        await rates.rate("EUR")
    assert rung == []
    await rates.rate("EUR")
    assert rung == ["ding"]
