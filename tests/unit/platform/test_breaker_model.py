"""The breaker against a small reference model, through any sequence of events hypothesis can think of."""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from procurement.kernel.errors import Interrupted, NotFound, Unavailable
from procurement.platform.interceptors.breaker import Breaker, CircuitOpen
from procurement.platform.interceptors.stack import stacked
from procurement.platform.interceptors.window import BreakerPolicy
from procurement.platform.postgres.errors import PoolBusy
from tests.unit.platform.rates import FakeTime, HeldRates, Rates, turns

WINDOW, MINIMUM, RATIO, HORIZON, RESET = 6, 3, 0.5, 20.0, 5.0

VERDICTS: dict[str, tuple[object, bool | None]] = {
    "result": (7, True),
    "refusal": (NotFound("nothing"), True),
    "not done": (Unavailable("down"), False),
    "unknown": (Interrupted("lost"), False),
    "race": (PoolBusy("full"), None),
    "bug": (ZeroDivisionError("ours"), None),
}


@dataclass
class Model:
    """Half-open is open with the wait over and somebody asking."""

    state: str = "closed"
    generation: int = 0
    opened: float = 0.0
    trial: int | None = None
    verdicts: list[tuple[float, bool]] = field(default_factory=list)

    def may_ask(self, now: float) -> bool:
        if self.state == "open" and now >= self.opened + RESET:
            self._become("half-open")
        return self.state == "closed" or (self.state == "half-open" and self.trial is None)

    def asks(self, call: int) -> int:
        if self.state == "half-open":
            self.trial = call
        return self.generation

    def ends(self, call: int, generation: int, good: bool | None, now: float) -> None:
        if self.trial == call:
            self.trial = None
        if good is None or generation != self.generation:
            return
        if self.state == "half-open":
            self._become("closed" if good else "open", now)
        elif self._trips(good, now):
            self._become("open", now)

    def _trips(self, good: bool, now: float) -> bool:
        self.verdicts = [*self.verdicts, (now, good)][-WINDOW:]
        recent = [good for at, good in self.verdicts if now - at <= HORIZON]
        return not good and len(recent) >= MINIMUM and recent.count(False) / len(recent) >= RATIO

    def _become(self, state: str, now: float = 0.0) -> None:
        self.state, self.verdicts, self.opened = state, [], now
        self.generation += 1


class BreakerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner, self.time, self.model, self.adapter = asyncio.Runner(), FakeTime(), Model(), HeldRates()
        policy = BreakerPolicy(
            window=WINDOW,
            minimum=MINIMUM,
            ratio=RATIO,
            horizon=HORIZON,
            reset_after=RESET,
            clock=self.time.clock,
        )
        self.breaker = Breaker("rates", policy=policy)
        self.rates = stacked(Rates, self.breaker)(self.adapter)
        self.calls: dict[int, tuple[asyncio.Task[int], asyncio.Future[int], int]] = {}
        self.started = 0

    @rule(count=st.integers(1, 4))
    def several_ask_at_once(self, count: int) -> None:
        self.runner.run(self._ask(count))

    async def _ask(self, count: int) -> None:
        before = len(self.adapter.waiting)
        tasks = [asyncio.create_task(self.rates.rate("EUR")) for _ in range(count)]
        await turns()
        fresh = iter(self.adapter.waiting[before:])
        for task in tasks:
            self.started += 1
            if self.model.may_ask(self.time.now):
                assert not task.done()
                self.calls[self.started] = task, next(fresh), self.model.asks(self.started)
            else:
                self._was_turned_away(task)
        assert list(fresh) == []

    def _was_turned_away(self, task: "asyncio.Task[int]") -> None:
        error = task.exception()
        assert isinstance(error, CircuitOpen)
        waits = self.model.opened + RESET - self.time.now if self.model.state == "open" else 1.0
        assert error.retry_after == pytest.approx(waits)

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), end=st.sampled_from(sorted(VERDICTS)))
    def a_call_ends(self, data: st.DataObject, end: str) -> None:
        call = data.draw(st.sampled_from(sorted(self.calls)))
        task, answer, generation = self.calls.pop(call)
        outcome, good = VERDICTS[end]
        if isinstance(outcome, Exception):
            answer.set_exception(outcome)
        else:
            answer.set_result(7)
        result = self.runner.run(self._result_of(task))
        assert result is outcome or result == outcome
        self.model.ends(call, generation, good, self.time.now)

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def a_caller_goes_away(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.calls)))
        task, _, generation = self.calls.pop(call)
        task.cancel()
        self.runner.run(self._result_of(task))
        assert task.cancelled()
        self.model.ends(call, generation, None, self.time.now)

    async def _result_of(self, task: "asyncio.Task[int]") -> object:
        return (await asyncio.gather(task, return_exceptions=True))[0]

    @rule(seconds=st.sampled_from([0.001, 1.0, RESET - 0.001, RESET, HORIZON + 1]))
    def time_passes(self, seconds: float) -> None:
        self.time.now += seconds

    @invariant()
    def they_agree(self) -> None:
        assert self.breaker.state == self.model.state

    def teardown(self) -> None:
        for task, _, _ in self.calls.values():
            task.cancel()
        self.runner.run(turns())
        self.runner.close()


class TestBreakerAgainstTheModel(BreakerMachine.TestCase):  # type: ignore[misc, valid-type]
    settings = settings(
        max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
