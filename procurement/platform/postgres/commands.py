"""The memory of commands where no aggregate is saved: ask for what was carried out, keep refusals."""

from typing import LiteralString

from procurement.kernel.act import Act
from procurement.platform.postgres.database import SCOPE, Statements, scoped
from procurement.platform.postgres.record import RECORD_CONSTRAINTS, SEEN, named, seen

RECALL: LiteralString = scoped(f"SELECT seen.fingerprint, seen.answer FROM (SELECT 1) one {SEEN}")

REMEMBER: LiteralString = f"""
{SCOPE}, remembered AS (
  INSERT INTO platform.commands (tenant_id, scope, key, fingerprint, answer, at)
  SELECT scope.tenant_id, %(command_scope)s, %(command_key)s, %(fingerprint)s, %(answer)s, %(at)s FROM scope
  RETURNING 1
)
SELECT count(*) FROM remembered
"""

PURGE: LiteralString = """
WITH gone AS (
  DELETE FROM platform.commands WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM platform.commands WHERE at < %(today)s::timestamptz - %(days)s * interval '1 day'
    LIMIT %(limit)s))
  RETURNING 1
)
SELECT count(*) FROM gone
"""


class PostgresCommandMemory:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def recall(self, act: Act) -> None:
        """Raise Answered when the command was carried out before, CommandReused when another one was."""
        for fingerprint, answer in await self._statements.fetch(RECALL, named(act)):
            seen(act, fingerprint, answer)

    async def remember(self, act: Act) -> None:
        """Keep what act.answer(None) says. Raise TwinCameFirst when somebody else just did."""
        told = {"fingerprint": act.fingerprint, "answer": act.answer(None), "at": act.at}
        await self._statements.write(REMEMBER, {**named(act), **told}, RECORD_CONSTRAINTS)
