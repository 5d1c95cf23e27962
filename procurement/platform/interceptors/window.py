"""What pybreaker keeps its state in, with a failure rate where it counts failures in a row."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from pybreaker import STATE_CLOSED, CircuitMemoryStorage


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """Open when at least `minimum` of the last `window` verdicts of the last `horizon` seconds are in and
    `ratio` of them are failures; ask again after `reset_after` seconds."""

    window: int = 20
    minimum: int = 10
    ratio: float = 0.5
    horizon: float = 60.0
    reset_after: float = 5.0
    clock: Callable[[], float] = monotonic


class Window(CircuitMemoryStorage):
    """For a circuit with fail_max=1: `counter` is 1 when the rate is reached. Time is monotonic throughout;
    the wall time that pybreaker stamps is kept for people and decides nothing."""

    def __init__(self, policy: BreakerPolicy) -> None:
        super().__init__(STATE_CLOSED)
        self._policy = policy
        self._verdicts: deque[tuple[float, bool]] = deque(maxlen=policy.window)
        self._opened = 0.0

    def increment_counter(self) -> None:
        self._verdicts.append((self._policy.clock(), False))

    def reset_counter(self) -> None:
        """What pybreaker calls after every success."""
        self._verdicts.append((self._policy.clock(), True))

    @property
    def counter(self) -> int:
        oldest = self._policy.clock() - self._policy.horizon
        recent = [good for at, good in self._verdicts if at >= oldest]
        rate_is_reached = recent.count(False) >= self._policy.ratio * len(recent)
        return int(len(recent) >= self._policy.minimum and rate_is_reached)

    @property
    def state(self) -> str:
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        self._state = state
        self._verdicts.clear()

    @property
    def opened_at(self) -> datetime | None:
        return self._opened_at

    @opened_at.setter
    def opened_at(self, wall_time: datetime) -> None:
        self._opened_at = wall_time
        self._opened = self._policy.clock()

    @property
    def closed_for(self) -> float:
        """Seconds until an open circuit may be tried again; 0 or less when it may."""
        return self._opened + self._policy.reset_after - self._policy.clock()
