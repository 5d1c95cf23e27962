"""What clients asked and what they were told: one side of the proof that nothing is lost or done twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx


class Outcome(StrEnum):
    OK = "ok"
    REFUSED = "refused"
    """By a rule; it must not have been done, and the same key is refused for ever."""
    NOTHING_DONE = "nothing done"
    """So it was told, or the request was never sent. The same key may be tried again."""
    UNKNOWN = "unknown"


NOTHING_DONE = frozenset(
    {"unavailable", "circuit-open", "overloaded", "supplier-unknown", "supplier-pending", "too-many-requests"}
)
UNKNOWN = frozenset({"interrupted", "deadline-exceeded", "shutting-down", "failure", "stale"})


@dataclass(frozen=True)
class Attempt:
    outcome: Outcome
    status: int = 0
    code: str = ""
    body: bytes = b""
    aggregate: str = ""
    """The id without its kind, of what was written."""
    version: int = 0


def attempt_of(answer: httpx.Response) -> Attempt:
    """Raise AssertionError for what no client should ever be told."""
    if answer.is_success:
        told: Any = answer.json()
        aggregate = str(told["id"]).partition("_")[2]
        return Attempt(Outcome.OK, answer.status_code, "", answer.content, aggregate, told["version"])
    code = answer.json()["code"]
    if code in NOTHING_DONE:
        outcome = Outcome.NOTHING_DONE
    else:
        outcome = Outcome.UNKNOWN if code in UNKNOWN else Outcome.REFUSED
    assert answer.status_code < 500 or code in NOTHING_DONE | UNKNOWN, answer.text
    return Attempt(outcome, answer.status_code, code, answer.content)


def attempt_lost(error: httpx.TransportError) -> Attempt:
    """Whoever could not connect has sent nothing."""
    sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
    return Attempt(Outcome.UNKNOWN if sent else Outcome.NOTHING_DONE, code=type(error).__name__)


@dataclass
class Operation:
    """One command under one key, however often it was sent."""

    key: str
    who: str
    path: str
    body: Mapping[str, Any] | None
    seen: int | None
    expected: str = ""
    """The code of the refusal that it deserves; empty for what must succeed."""
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """An answer stands; without one, a single attempt of unknown fate makes all of it unknown."""
        told = {attempt.outcome for attempt in self.attempts}
        order = (Outcome.OK, Outcome.REFUSED, Outcome.UNKNOWN)
        return next((outcome for outcome in order if outcome in told), Outcome.NOTHING_DONE)

    @property
    def answers(self) -> list[Attempt]:
        return [one for one in self.attempts if one.outcome in {Outcome.OK, Outcome.REFUSED}]
