"""Make the same call again when that is certain to do no harm. tenacity is entered after a failure only."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from prometheus_client import Counter
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from procurement.platform.interceptors.outcome import OK, outcome_of
from procurement.platform.interceptors.stack import Call, Operation

Predicate: TypeAlias = Callable[[Exception], bool]

_ENOUGH_DOUBLINGS = 32
"""2**32 times any base is beyond any cap; a float overflows at 1024."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    attempts: int = 3
    """The first try included."""
    base: float = 0.05
    cap: float = 1.0
    within: float = 2.0
    """Seconds from the start of the call after which no attempt begins."""
    rng: random.Random = field(default_factory=random.Random)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        if self.attempts < 1 or not 0 <= self.base <= self.cap:
            raise ValueError("a retry policy needs attempts >= 1 and 0 <= base <= cap")

    def wait(self, failures: int) -> float:
        """Full jitter: anything up to the doubled base, so that a crowd that failed together comes back
        spread out."""
        return self.rng.uniform(0, min(self.cap, self.base * 2 ** min(failures - 1, _ENOUGH_DOUBLINGS)))


class RetryBudget:
    """Every call earns a fraction of a retry, so that in an outage retries stay that fraction of the load."""

    def __init__(self, ratio: float = 0.1, reserve: float = 10.0) -> None:
        self._ratio = ratio
        self._reserve = self._tokens = reserve

    def earn(self) -> None:
        self._tokens = min(self._reserve, self._tokens + self._ratio)

    def spend(self) -> bool:
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def exactly(*kinds: type[Exception]) -> Predicate:
    """These and none of their subclasses."""
    return lambda error: type(error) in kinds


class Retry:
    """The last error goes to the caller as it was raised. A cancellation is never an error to retry."""

    def __init__(
        self,
        *on: type[Exception] | Predicate,
        policy: RetryPolicy,
        attempts: Counter | None = None,
        budget: RetryBudget | None = None,
    ) -> None:
        self._kinds = tuple(each for each in on if isinstance(each, type))
        self._predicates = [each for each in on if not isinstance(each, type)]
        self._policy = policy
        self._attempts = attempts
        self._budget = budget

    def __call__(self, call: Call, inner: Operation) -> Operation:
        clock, budget = self._policy.clock, self._budget

        async def retried(*args: Any, **kwargs: Any) -> Any:
            started = clock()
            if budget is not None:
                budget.earn()
            try:
                return await inner(*args, **kwargs)
            except Exception as error:
                if not self._is_transient(error):
                    raise
                first = error
            return await self._again(call, started, first, lambda: inner(*args, **kwargs))

        return retried

    def _is_transient(self, error: BaseException) -> bool:
        if not isinstance(error, Exception):
            return False
        return isinstance(error, self._kinds) or any(says_so(error) for says_so in self._predicates)

    async def _again(
        self, call: Call, started: float, first: Exception, attempt: Callable[[], Awaitable[Any]]
    ) -> Any:
        """Enter tenacity with the attempt that has failed already as its first."""
        policy, failed = self._policy, [first]

        async def next_attempt() -> Any:
            if failed:
                raise failed.pop()
            return await self._counted(call, attempt)

        return await AsyncRetrying(
            reraise=True,
            sleep=policy.sleep,
            retry=retry_if_exception(self._is_transient),
            wait=lambda state: policy.wait(state.attempt_number),
            stop=lambda state: self._is_enough(state, started),
        )(next_attempt)

    def _is_enough(self, state: RetryCallState, started: float) -> bool:
        policy = self._policy
        if state.attempt_number >= policy.attempts:
            return True
        if policy.clock() + state.upcoming_sleep >= started + policy.within:
            return True
        return self._budget is not None and not self._budget.spend()

    async def _counted(self, call: Call, attempt: Callable[[], Awaitable[Any]]) -> Any:
        outcome = OK
        try:
            return await attempt()
        except BaseException as error:
            outcome = outcome_of(error)
            raise
        finally:
            if self._attempts is not None:
                self._attempts.labels(call.port, call.operation, outcome).inc()
