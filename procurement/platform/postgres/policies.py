"""What tenants decided. A context keeps one row for each, its versions in the audit trail and as events."""

from collections.abc import Callable
from typing import Generic, LiteralString, TypeVar
from uuid import UUID, uuid5

import msgspec

from procurement.kernel.act import Act, Answer
from procurement.kernel.errors import Stale
from procurement.kernel.ids import TenantId
from procurement.platform.outbox import Fact
from procurement.platform.postgres.database import SCOPE, Statements, scoped
from procurement.platform.postgres.record import RECORD, RECORD_CONSTRAINTS, SEEN, named, recorded, seen

P = TypeVar("P")


def current_in(schema: LiteralString) -> LiteralString:
    return scoped(f"SELECT p.policy::text FROM {schema}.policies p WHERE p.tenant_id = scope.tenant_id")


def _for_change_in(schema: LiteralString) -> LiteralString:
    return scoped(
        "SELECT seen.fingerprint, seen.answer,"
        f" (SELECT p.policy::text FROM {schema}.policies p WHERE p.tenant_id = scope.tenant_id)"
        f" FROM (SELECT 1) one {SEEN}"
    )


def _save_in(schema: LiteralString) -> LiteralString:
    return f"""{SCOPE}
, saved AS (
  INSERT INTO {schema}.policies AS p (tenant_id, version, policy)
  SELECT scope.tenant_id, %(new_version)s, %(policy)s::json FROM scope
  ON CONFLICT (tenant_id) DO UPDATE SET version = excluded.version, policy = excluded.policy
  WHERE p.version = excluded.version - 1
  RETURNING 1
){RECORD}"""


class TenantPolicies(Generic[P]):
    """A context derives its own and says where its policies are and which is in force without one."""

    schema: LiteralString
    default: P

    def __init__(self, statements: Statements, encode: Callable[[P, Act], Fact]) -> None:
        self._statements, self._encode = statements, encode
        self._aggregate_type = f"{self.schema}-policy"
        self._current, self._save = current_in(self.schema), _save_in(self.schema)
        self._for_change = _for_change_in(self.schema)
        self._read = msgspec.json.Decoder(type(self.default)).decode

    async def current(self, tenant: TenantId) -> P:
        rows = await self._statements.fetch(self._current, {"tenant": str(tenant)})
        return self._read(rows[0][0]) if rows else self.default

    async def for_change(self, act: Act) -> P:
        rows = await self._statements.fetch(self._for_change, named(act))
        fingerprint, answer, stored = rows[0]
        seen(act, fingerprint, answer)
        return self._read(stored) if stored else self.default

    async def save(self, policy: P, act: Act) -> Answer:
        answer = act.answer(policy)
        fact = self._encode(policy, act)
        parameters = recorded(act, answer, self._aggregate_type, self._aggregate_of(act.tenant), fact)
        parameters["policy"] = msgspec.json.encode(policy).decode()
        if not await self._statements.write(self._save, parameters, RECORD_CONSTRAINTS):
            raise Stale("the policy was changed by somebody else meanwhile")
        return answer

    def _aggregate_of(self, tenant: TenantId) -> UUID:
        """Not the tenant's own id: each of a tenant's policies has versions of its own in the audit trail."""
        return uuid5(tenant, self._aggregate_type)
