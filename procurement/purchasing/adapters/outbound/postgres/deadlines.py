"""What waits too long, of all tenants: it takes a role that may see so much of every tenant, and no more."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from procurement.kernel.ids import OrderId, TenantId
from procurement.platform.postgres.database import Statements

OVERDUE: LiteralString = """
SELECT o.tenant_id, o.id
FROM purchasing.purchase_orders o LEFT JOIN purchasing.policies p ON p.tenant_id = o.tenant_id
WHERE o.waiting_since <= %(at)s::timestamptz
    - make_interval(hours => 24 * coalesce(p.days_to_approve, %(default_days)s::int))
ORDER BY o.waiting_since, o.id
LIMIT 100
"""
"""24 hours a day, as the domain counts: the interval must not know of summer time."""


class PostgresDeadlines:
    def __init__(self, statements: Statements) -> None:
        """On connections of the relay's role."""
        self._statements = statements

    async def overdue(self, at: datetime, default_days: int) -> Sequence[tuple[TenantId, OrderId]]:
        rows = await self._statements.fetch(OVERDUE, {"at": at, "default_days": default_days})
        return [(TenantId(tenant), OrderId(order)) for tenant, order in rows]
