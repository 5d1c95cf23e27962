"""One round of approval: what it takes, and who has given it."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from procurement.kernel.actor import Actor
from procurement.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    person: str
    on_behalf_of: str | None
    level: int
    """The tier it fills."""
    version: int
    """The version of the order that the approver saw."""
    at: datetime

    @property
    def persons(self) -> frozenset[str]:
        return frozenset({self.person} | ({self.on_behalf_of} if self.on_behalf_of else set()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRound:
    """Begun by submitting; thrown away by rejecting. The rate is a snapshot: later rates change nothing."""

    base_total: Money
    rate: Decimal
    policy_version: int
    required: tuple[int, ...]
    given: tuple[Approval, ...] = ()
    submitted_at: datetime | None = None
    """None where it was decided before this was kept."""
    escalated_at: datetime | None = None

    @property
    def missing(self) -> tuple[int, ...]:
        left = list(self.required)
        for approval in self.given:
            left.remove(approval.level)
        return tuple(left)

    def with_(self, approval: Approval) -> "ApprovalRound":
        return replace(self, given=(*self.given, approval))

    @property
    def persons(self) -> frozenset[str]:
        return frozenset().union(*(approval.persons for approval in self.given))

    def tier_for(self, actor: Actor) -> int | None:
        """The highest missing tier that the actor's level reaches."""
        return max((level for level in self.missing if level <= actor.approval_level), default=None)
