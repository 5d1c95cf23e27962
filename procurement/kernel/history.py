"""What the audit trail tells of an aggregate, one entry per version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    version: int
    action: str
    at: datetime
    person: str
    on_behalf_of: str | None
    from_state: str | None
    to_state: str
    reason: str | None
    event_id: str
    correlation_id: str
    details: Mapping[str, str]
    """What the command and the reason do not tell: of a hold its scope, its last day, who may release it."""
