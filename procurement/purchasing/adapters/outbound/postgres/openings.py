"""What a new order needs before it can be: a number, and what is known of its supplier.

Half of the cost of a new order would be this round trip, so orders that are opened at the same moment share
one: see docs/adr/0010-order-numbers.md.
"""

from collections.abc import Sequence
from typing import LiteralString, TypeAlias
from weakref import WeakValueDictionary

import msgspec

from procurement.kernel.act import Act
from procurement.kernel.ids import SupplierId, TenantId
from procurement.platform.postgres.database import SCOPE, Row, Statements
from procurement.platform.postgres.record import seen
from procurement.platform.postgres.together import Together
from procurement.purchasing.adapters.outbound.postgres.suppliers import standing_from, unknown
from procurement.purchasing.app.ports import Opening

# The numbers are given in a transaction of their own, whose commit waits for no disk: the orders' own commits
# come later in the same log and make it last. So the counter's row is locked for microseconds.
OPEN: LiteralString = (
    SCOPE
    + """
, quick AS MATERIALIZED (
  SELECT scope.tenant_id, set_config('synchronous_commit', 'off', true) FROM scope
), asked AS MATERIALIZED (
  SELECT q.nth, s.*, c.fingerprint, c.answer
  FROM quick AS scope
  CROSS JOIN LATERAL ROWS FROM (json_to_recordset(%(asked)s::json) AS (supplier uuid, scope text, key text))
    WITH ORDINALITY AS q (supplier, scope, key, nth)
  LEFT JOIN LATERAL (
    SELECT s.id, s.version, s.name, s.status, s.orders_held_until FROM purchasing.suppliers s
    WHERE s.tenant_id = scope.tenant_id AND s.id = q.supplier OFFSET 0
  ) s ON true
  LEFT JOIN LATERAL (
    SELECT c.fingerprint, c.answer FROM platform.commands c
    WHERE c.tenant_id = scope.tenant_id AND c.scope = q.scope AND c.key = q.key OFFSET 0
  ) c ON true
), fresh AS MATERIALIZED (
  SELECT nth, row_number() OVER (ORDER BY nth DESC) - 1 AS before_last FROM asked
  WHERE answer IS NULL AND status = 'Approved'
), numbered AS (
  INSERT INTO purchasing.order_numbers AS n (tenant_id, year, last)
  SELECT scope.tenant_id, %(year)s, count(*) FROM scope, fresh GROUP BY scope.tenant_id
  ON CONFLICT (tenant_id, year) DO UPDATE SET last = n.last + excluded.last
  RETURNING last
)
SELECT asked.fingerprint, asked.answer, numbered.last - fresh.before_last,
       asked.id, asked.version, asked.name, asked.status, asked.orders_held_until
FROM asked LEFT JOIN fresh USING (nth) LEFT JOIN numbered ON true
ORDER BY asked.nth
"""
)

Question: TypeAlias = tuple[Act, SupplierId]
Counter: TypeAlias = tuple[TenantId, int]
"""Of the tenant and the year. A statement sees one tenant, and one who waits for his holds up no other."""


class Openings:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._asked: WeakValueDictionary[Counter, Together[Question, Opening]] = WeakValueDictionary()

    async def open(self, act: Act, supplier: SupplierId) -> Opening:
        counter = act.tenant, act.at.year
        together = self._asked.get(counter)
        if together is None:
            self._asked[counter] = together = Together(self._ask)
        return await together((act, supplier))

    async def _ask(self, questions: Sequence[Question]) -> Sequence[Opening | Exception]:
        act, _ = questions[0]
        asked = [
            {"supplier": supplier, "scope": act.command.scope, "key": act.command.key}
            for act, supplier in questions
        ]
        parameters = {
            "tenant": str(act.tenant),
            "year": act.at.year,
            "asked": msgspec.json.encode(asked).decode(),
        }
        rows = await self._statements.fetch(OPEN, parameters)
        return [_answer(*question, row) for question, row in zip(questions, rows, strict=True)]


def _answer(act: Act, supplier: SupplierId, row: Row) -> Opening | Exception:
    fingerprint, answer, last, *known = row
    try:
        seen(act, fingerprint, answer)
    except Exception as before:  # noqa: BLE001 - each asker gets his own
        return before
    if known[0] is None:
        return unknown(supplier)
    return Opening(number=f"PO-{act.at.year}-{last or 0:06d}", standing=standing_from(tuple(known)))
