"""Breakers in every state, to begin a test with."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from procurement.kernel.errors import Unavailable
from procurement.platform.interceptors.breaker import Breaker
from procurement.platform.interceptors.stack import stacked
from procurement.platform.interceptors.window import BreakerPolicy
from tests.unit.platform.rates import FakeTime, FlakyRates, HeldRates, Rates

RESET = 5.0


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
