"""The base of every aggregate: it records what happened; whoever stores it asks once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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

    @property
    def details(self) -> Mapping[str, str]:
        """What the history shows besides, where the command and the reason do not tell what was done."""
        return {}


@dataclass(slots=True, kw_only=True, eq=False)
class Aggregate:
    """One command, one event, one version: a stored aggregate at version n has n events, without gaps."""

    version: int = 0
    """The stored version; 0 before the first save. The adapter that saves moves it."""
    _event: DomainEvent | None = field(default=None, init=False, repr=False)

    def _record(self, event: DomainEvent) -> None:
        assert self._event is None, "one command, one event: save between two commands"  # noqa: S101 - our own mistake
        self._event = event

    def take_event(self) -> DomainEvent:
        """Hand over what happened since the last save."""
        assert self._event is not None, "nothing happened, there is nothing to save"  # noqa: S101 - our own mistake
        taken, self._event = self._event, None
        return taken

    @contextmanager
    def saving(self) -> Iterator[DomainEvent]:
        """The same, for as long as it takes to store it. A save that fails leaves the aggregate as it was, to
        be saved again."""
        event, version = self.take_event(), self.version
        try:
            yield event
        except BaseException:
            self._event, self.version = event, version
            raise
