"""What can go wrong, in the caller's terms. Transports and retries map these kinds and nothing finer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Concern(StrEnum):
    """What a broken rule is about. Guards are asked, and reported, in this order."""

    STATE = "state"
    CONTENT = "content"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason why a command is forbidden now. The code is public and stable."""

    code: str
    concern: Concern
    detail: str
    pointer: str | None = None
    """RFC 6901 pointer into the command, where one field is to blame."""


class Refusal(Exception):
    """Understood, and turned down."""

    code: ClassVar[str] = "refused"


class NotFound(Refusal):
    """There is nothing by that name."""

    code = "not-found"


class RuleBroken(Refusal):
    """Business rules forbid it: every one of them that does, at once."""

    code = "rule-broken"

    def __init__(self, *blockers: Blocker) -> None:
        super().__init__("; ".join(blocker.detail for blocker in blockers))
        self.blockers = blockers


class Stale(Refusal):
    """Somebody changed it first: read it again and decide anew."""

    code = "stale"


class VersionMismatch(Stale):
    """The caller decided on a version that is no longer the current one."""

    code = "version-mismatch"

    def __init__(self, expected: int, current: int) -> None:
        super().__init__(f"you decided on version {expected}, the current one is {current}: read it again")
        self.current = current


class NotYet(Stale):
    """A fact that this decision needs has not arrived here yet; ask again a little later."""

    code = "not-yet"
    retry_after: ClassVar[int] = 1
    """Seconds."""


class Failure(Exception):
    """Nobody's decision: the machinery broke."""

    code: ClassVar[str] = "failure"
    outage: ClassVar[bool] = True
    """Whether it tells anything about the health of what was called; a lost race or a full pool does not."""


class Unavailable(Failure):
    """Nothing was done yet; the same call may be made again."""

    code = "unavailable"


class Interrupted(Failure):
    """The transaction was lost, and whether it was undone is unknown; run the whole use case again,
    under the same command id."""

    code = "interrupted"
