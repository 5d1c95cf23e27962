"""The tenant's invoicing policy: one row, its versions kept in the audit trail and as events."""

from collections.abc import Callable
from typing import LiteralString
from uuid import UUID, uuid5

import msgspec

from procurement.invoicing.domain.policy import DEFAULT_POLICY, InvoicingPolicy
from procurement.kernel.act import Act, Answer
from procurement.kernel.errors import Stale
from procurement.kernel.ids import TenantId
from procurement.platform.outbox import Fact
from procurement.platform.postgres.database import SCOPE, Statements, scoped
from procurement.platform.postgres.record import RECORD, RECORD_CONSTRAINTS, SEEN, named, recorded, seen

CURRENT = scoped("SELECT p.policy::text FROM invoicing.policies p WHERE p.tenant_id = scope.tenant_id")

FOR_CHANGE = scoped(
    "SELECT seen.fingerprint, seen.answer,"
    " (SELECT p.policy::text FROM invoicing.policies p WHERE p.tenant_id = scope.tenant_id)"
    f" FROM (SELECT 1) one {SEEN}"
)

SAVE: LiteralString = (
    SCOPE
    + """
, saved AS (
  INSERT INTO invoicing.policies AS p (tenant_id, version, policy)
  SELECT scope.tenant_id, %(new_version)s, %(policy)s::json FROM scope
  ON CONFLICT (tenant_id) DO UPDATE SET version = excluded.version, policy = excluded.policy
  WHERE p.version = excluded.version - 1
  RETURNING 1
)"""
    + RECORD
)

AGGREGATE_TYPE = "invoicing-policy"

_read = msgspec.json.Decoder(InvoicingPolicy).decode


class PostgresPolicies:
    def __init__(self, statements: Statements, encode: Callable[[InvoicingPolicy, Act], Fact]) -> None:
        self._statements, self._encode = statements, encode

    async def current(self, tenant: TenantId) -> InvoicingPolicy:
        rows = await self._statements.fetch(CURRENT, {"tenant": str(tenant)})
        return _read(rows[0][0]) if rows else DEFAULT_POLICY

    async def for_change(self, act: Act) -> InvoicingPolicy:
        rows = await self._statements.fetch(FOR_CHANGE, named(act))
        fingerprint, answer, stored = rows[0]
        seen(act, fingerprint, answer)
        return _read(stored) if stored else DEFAULT_POLICY

    async def save(self, policy: InvoicingPolicy, act: Act) -> Answer:
        answer = act.answer(policy)
        fact = self._encode(policy, act)
        parameters = recorded(act, answer, AGGREGATE_TYPE, aggregate_of(act.tenant), fact)
        parameters["policy"] = msgspec.json.encode(policy).decode()
        if not await self._statements.write(SAVE, parameters, RECORD_CONSTRAINTS):
            raise Stale("the policy was changed by somebody else meanwhile")
        return answer


def aggregate_of(tenant: TenantId) -> UUID:
    """Not the tenant's own id: each of a tenant's policies has versions of its own in the audit trail."""
    return uuid5(tenant, AGGREGATE_TYPE)
