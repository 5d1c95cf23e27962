"""The audit trail, read back. It is written by record.py, in the statement of the change itself."""

from collections.abc import Sequence
from uuid import UUID

from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import TenantId
from procurement.platform.postgres.database import Statements, scoped

HISTORY = scoped("""
SELECT a.version, a.action, a.at, a.person, a.on_behalf_of, a.from_state, a.to_state, a.reason,
       a.event_id::text, a.correlation_id, coalesce(a.details, '{}')
FROM platform.audit a WHERE a.tenant_id = scope.tenant_id AND a.aggregate_id = %(id)s ORDER BY a.version
""")


async def history_of(statements: Statements, tenant: TenantId, aggregate: UUID) -> Sequence[HistoryEntry]:
    """Oldest first; empty when there is no such aggregate."""
    rows = await statements.fetch(HISTORY, {"tenant": str(tenant), "id": aggregate})
    return [HistoryEntry(**dict(zip(HistoryEntry.__slots__, row, strict=True))) for row in rows]
