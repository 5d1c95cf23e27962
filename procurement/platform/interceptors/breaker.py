"""Stop asking a dependency that has been failing. One breaker per dependency, shared by its ports.

pybreaker is the state machine; who may ask and whose answer counts is decided here, because it knows neither
awaiting nor cancellation (docs/adr/0005-interceptors.md). Everything happens on one event loop, and between
two awaits nobody else runs: there is no lock.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from prometheus_client import Counter, Gauge
from pybreaker import (
    STATE_CLOSED,
    STATE_HALF_OPEN,
    STATE_OPEN,
    CircuitBreaker,
    CircuitBreakerError,
    CircuitBreakerListener,
    CircuitBreakerState,
)
from structlog.typing import FilteringBoundLogger

from procurement.kernel.errors import Failure, Refusal
from procurement.platform.interceptors.stack import Call, Operation
from procurement.platform.interceptors.window import BreakerPolicy, Window

_STATES = {STATE_CLOSED: 0, STATE_HALF_OPEN: 1, STATE_OPEN: 2}
_WHILE_TRIED = 1.0
"""Seconds to come back after when somebody else is trying the dependency right now."""


class CircuitOpen(Failure):
    """Turned away unasked: the dependency has been failing."""

    code = "circuit-open"

    def __init__(self, name: str, retry_after: float) -> None:
        super().__init__(f"{name} has been failing and is not asked for another {retry_after:.1f} s")
        self.retry_after = retry_after


class _Failed(Exception):
    """What pybreaker is told, in place of the error itself, which stays untouched."""


class CircuitWatch(CircuitBreakerListener):
    """Show the state (0 closed, 1 half-open, 2 open), count and log every change of it."""

    def __init__(self, name: str, state: Gauge, transitions: Counter, log: FilteringBoundLogger) -> None:
        self._name = name
        self._state = state.labels(name)
        self._transitions = transitions
        self._log = log
        self._state.set(_STATES[STATE_CLOSED])

    def state_change(
        self, cb: CircuitBreaker, old_state: CircuitBreakerState | None, new_state: CircuitBreakerState
    ) -> None:
        del cb  # it still says the old state
        self._state.set(_STATES[new_state.name])
        self._transitions.labels(self._name, new_state.name).inc()
        before = None if old_state is None else old_state.name
        self._log.warning("breaker.changed", breaker=self._name, before=before, now=new_state.name)


class Breaker(CircuitBreakerListener):
    """A Failure that speaks of an outage counts against the dependency; a result or a Refusal counts for it,
    because it answered; a cancellation and anything else is no verdict."""

    def __init__(
        self,
        name: str,
        *,
        policy: BreakerPolicy | None = None,
        listeners: Sequence[CircuitBreakerListener] = (),
    ) -> None:
        self._name = name
        self._window = Window(policy or BreakerPolicy())
        self._generation = 0
        self._trying = False
        self._circuit = CircuitBreaker(
            name=name,
            fail_max=1,  # the window says when
            state_storage=self._window,
            throw_new_error_on_trip=False,
            listeners=[self, *listeners],
        )

    @property
    def state(self) -> str:
        return self._window.state

    def state_change(
        self, cb: CircuitBreaker, old_state: CircuitBreakerState | None, new_state: CircuitBreakerState
    ) -> None:
        del cb, old_state, new_state
        self._generation += 1

    def __call__(self, call: Call, inner: Operation) -> Operation:
        del call  # whoever asks, it is one dependency

        async def guarded(*args: Any, **kwargs: Any) -> Any:
            trying = self._admit()
            generation = self._generation
            try:
                result = await inner(*args, **kwargs)
            except Refusal:
                self._record(generation, good=True)
                raise
            except Failure as error:
                if error.outage:
                    self._record(generation, good=False)
                raise
            else:
                self._record(generation, good=True)
                return result
            finally:
                if trying:
                    self._trying = False

        return guarded

    def _admit(self) -> bool:
        """Let the call through or raise CircuitOpen. True for the one call that tries a half-open circuit."""
        if self._window.state == STATE_CLOSED:
            return False
        if self._window.state == STATE_OPEN:
            if (wait := self._window.closed_for) > 0:
                raise CircuitOpen(self._name, wait)
            self._circuit.half_open()
        if self._trying:
            raise CircuitOpen(self._name, _WHILE_TRIED)
        self._trying = True
        return True

    def _record(self, generation: int, *, good: bool) -> None:
        """A verdict about a state that is past is no verdict about this one."""
        if generation != self._generation:
            return
        if good and self._window.state == STATE_CLOSED:
            self._window.reset_counter()  # all that pybreaker would do, without its lock
            return
        with suppress(CircuitBreakerError, _Failed):
            self._circuit.call(_succeed if good else _fail)


def _succeed() -> None: ...


def _fail() -> None:
    raise _Failed
