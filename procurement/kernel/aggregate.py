"""The base of every aggregate: it records what happened; whoever stores it asks once."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainEvent:
    """A fact, in the past tense, complete enough to be read without asking back.

    Who, when, which version and why are the same for every event and are added where it is stored.
    """

    action: ClassVar[str]
    """The command that led here, as the history shows it: `approve`."""
    reason: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Aggregate:
    """Every event is one version: a stored aggregate at version n has n events, without gaps."""

    version: int = 0
    """The stored version; 0 before the first save. The adapter that saves moves it."""
    _events: list[DomainEvent] = field(default_factory=list, init=False, repr=False)

    def _record(self, event: DomainEvent) -> None:
        self._events.append(event)

    def take_events(self) -> tuple[DomainEvent, ...]:
        """Hand over what happened since the last call."""
        taken, self._events = tuple(self._events), []
        return taken
