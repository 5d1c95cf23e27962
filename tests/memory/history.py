from procurement.kernel.act import Act
from procurement.kernel.history import HistoryEntry
from procurement.platform.outbox import Fact


def entry_of(act: Act, fact: Fact) -> HistoryEntry:
    """What the audit trail keeps of it."""
    return HistoryEntry(
        version=fact.version,
        action=fact.action,
        at=act.at,
        person=act.actor.person,
        on_behalf_of=act.actor.on_behalf_of,
        from_state=fact.from_state,
        to_state=fact.to_state,
        reason=fact.reason,
        event_id=str(fact.message.event_id),
        correlation_id=act.correlation_id,
        details=fact.details,
    )
