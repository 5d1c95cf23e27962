"""Whose time is up, of all tenants: it takes a role that may see so much of every tenant, and no more."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from procurement.kernel.ids import InvoiceId, TenantId
from procurement.platform.postgres.database import Statements

OVERDUE: LiteralString = """
SELECT i.tenant_id, i.id
FROM invoicing.invoices i LEFT JOIN invoicing.policies p ON p.tenant_id = i.tenant_id
WHERE i.state IN ('Registered', 'Matching')
  AND coalesce(i.resubmitted_at, i.registered_at) <= %(at)s::timestamptz
    - make_interval(hours => 24 * coalesce(p.days_to_match, %(default_days)s::int))
ORDER BY coalesce(i.resubmitted_at, i.registered_at), i.id
LIMIT 100
"""
"""24 hours a day, as the domain counts: the interval must not know of summer time."""


class PostgresDeadlines:
    def __init__(self, statements: Statements) -> None:
        """On connections of the relay's role."""
        self._statements = statements

    async def overdue(self, at: datetime, default_days: int) -> Sequence[tuple[TenantId, InvoiceId]]:
        rows = await self._statements.fetch(OVERDUE, {"at": at, "default_days": default_days})
        return [(TenantId(tenant), InvoiceId(invoice)) for tenant, invoice in rows]
