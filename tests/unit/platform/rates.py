"""A port to try the layers on, adapters that behave badly on request, and time that passes when told to."""

import asyncio
import random
from typing import Protocol

from procurement.platform.interceptors.retry import RetryPolicy


class Rates(Protocol):
    async def rate(self, code: str) -> int: ...


class FlakyRates:
    """Gives one answer after the other; the last one again and again."""

    def __init__(self, *answers: int | BaseException) -> None:
        self.answers, self.calls = list(answers), 0

    async def rate(self, code: str) -> int:
        self.calls += 1
        answer = self.answers[min(self.calls, len(self.answers)) - 1]
        if isinstance(answer, BaseException):
            raise answer
        return answer


class HeldRates:
    """Every call waits until the test says how it ends."""

    def __init__(self) -> None:
        self.waiting: list[asyncio.Future[int]] = []

    async def rate(self, code: str) -> int:
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.waiting.append(answer)
        return await answer


class FakeTime:
    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds

    def policy(
        self,
        *,
        seed: int = 0,
        attempts: int = 3,
        base: float = 0.05,
        cap: float = 1.0,
        within: float = 2.0,
    ) -> RetryPolicy:
        return RetryPolicy(
            attempts=attempts,
            base=base,
            cap=cap,
            within=within,
            rng=random.Random(seed),
            sleep=self.sleep,
            clock=self.clock,
        )


async def turns(count: int = 3) -> None:
    """Let the other tasks run until they wait."""
    for _ in range(count):
        await asyncio.sleep(0)
