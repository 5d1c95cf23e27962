"""Suppliers in Postgres: one row each, and their identifiers beside it, revision by revision."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from procurement.kernel.act import Act, Answer
from procurement.kernel.errors import NotFound, Stale
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import SupplierId, TenantId
from procurement.platform.postgres.audit import history_of
from procurement.platform.postgres.database import SCOPE, Row, Statements, scoped
from procurement.platform.postgres.record import RECORD, RECORD_CONSTRAINTS, SEEN, named, recorded, seen
from procurement.supplier.adapters.outbound.events import AGGREGATE_TYPE, EncodeSupplier
from procurement.supplier.app.ports import Shared, Sort, SupplierQuery, Warned
from procurement.supplier.domain.identifiers import Identifier
from procurement.supplier.domain.lifecycle import State
from procurement.supplier.domain.record import Declaration, Document, Hold
from procurement.supplier.domain.supplier import Supplier

COLUMNS: LiteralString = """
  s.id, s.version, s.revision, s.name, s.state, s.prepared_by, s.risk_score, s.documents, s.holds,
  i.schemes, i.values"""

IDENTIFIED: LiteralString = """
  supplier.suppliers s CROSS JOIN LATERAL (
    SELECT array_agg(i.scheme ORDER BY i.position) AS schemes,
           array_agg(i.value ORDER BY i.position) AS values
    FROM supplier.identifiers i
    WHERE i.tenant_id = s.tenant_id AND i.supplier_id = s.id AND i.revision = s.revision
  ) i"""


def _others(schemes: LiteralString, values: LiteralString, wanted: LiteralString = "true") -> LiteralString:
    """Joined to a scoped SELECT: whose declaration as it is now names one of those identifiers."""
    return f"""LEFT JOIN LATERAL (
  SELECT array_agg(found.scheme) AS schemes, array_agg(found.value) AS values,
         array_agg(found.supplier_id) AS suppliers
  FROM (
    SELECT t.scheme, t.value, t.supplier_id
    FROM unnest({schemes}, {values}) AS named (scheme, value)
    JOIN supplier.identifiers t
      ON t.tenant_id = scope.tenant_id AND t.scheme = named.scheme AND t.value = named.value
    JOIN supplier.suppliers o
      ON o.tenant_id = t.tenant_id AND o.id = t.supplier_id AND o.revision = t.revision
    WHERE {wanted}
    ORDER BY t.scheme, t.value, t.supplier_id
    LIMIT 100
  ) found
) other ON true"""


GET = scoped(f"""
SELECT {COLUMNS}, other.schemes, other.values, other.suppliers
FROM {IDENTIFIED} {_others("i.schemes", "i.values", "t.supplier_id <> s.id")}
WHERE s.tenant_id = scope.tenant_id AND s.id = %(id)s
""")

FOR_CHANGE = scoped(
    f"SELECT {COLUMNS}, seen.fingerprint, seen.answer FROM {IDENTIFIED} {SEEN}"
    " WHERE s.tenant_id = scope.tenant_id AND s.id = %(id)s"
)

SHARING = scoped(f"""
SELECT seen.fingerprint, seen.answer, other.schemes, other.values, other.suppliers
FROM (SELECT 1) one {SEEN} {_others("%(schemes)s::text[]", "%(values)s::text[]")}
""")

SAVE = f"""{SCOPE}, saved AS (
  INSERT INTO supplier.suppliers AS s (tenant_id, id, version, revision, name, name_key, state, prepared_by,
                                       risk_score, documents, holds)
  SELECT scope.tenant_id, %(aggregate_id)s, %(new_version)s, %(revision)s, %(name)s, %(name_key)s, %(state)s,
         %(prepared_by)s, %(risk_score)s, %(documents)s::jsonb, %(holds)s::jsonb
  FROM scope
  WHERE %(new_version)s = 1
     OR EXISTS (SELECT FROM supplier.suppliers o
                WHERE o.tenant_id = scope.tenant_id AND o.id = %(aggregate_id)s)
  ON CONFLICT (tenant_id, id) DO UPDATE SET
    version = excluded.version, revision = excluded.revision, name = excluded.name,
    name_key = excluded.name_key, state = excluded.state, prepared_by = excluded.prepared_by,
    risk_score = excluded.risk_score, documents = excluded.documents, holds = excluded.holds
  WHERE s.version = excluded.version - 1
  RETURNING s.id
), identified AS (
  INSERT INTO supplier.identifiers (tenant_id, supplier_id, revision, position, scheme, value)
  SELECT scope.tenant_id, %(aggregate_id)s, %(revision)s, i.position, i.scheme, i.value
  FROM scope, saved,
       unnest(%(schemes)s::text[], %(values)s::text[]) WITH ORDINALITY AS i (scheme, value, position)
  ON CONFLICT (tenant_id, supplier_id, revision, position) DO NOTHING
)
{RECORD}"""

_SORTS: Mapping[Sort, tuple[LiteralString, LiteralString]] = {
    Sort.NAME: ("s.name_key, s.id", "(s.name_key, s.id) > (%(after_name)s, %(after_id)s)"),
    Sort.NAME_DESC: ("s.name_key DESC, s.id DESC", "(s.name_key, s.id) < (%(after_name)s, %(after_id)s)"),
    Sort.REGISTERED: ("s.id", "s.id > %(after_id)s"),
    Sort.REGISTERED_DESC: ("s.id DESC", "s.id < %(after_id)s"),
}

_LAST_CHARACTER = "\U0010ffff"


class PostgresSuppliers:
    def __init__(self, statements: Statements, encode: EncodeSupplier) -> None:
        self._statements, self._encode = statements, encode

    async def sharing(self, act: Act, identifiers: Sequence[Identifier]) -> Sequence[Shared]:
        (row,) = await self._statements.fetch(SHARING, {**named(act), **_columns(identifiers)})
        seen(act, *row[:2])
        return _shared(*row[2:])

    async def for_change(self, act: Act, supplier: SupplierId) -> Supplier:
        row = _only(await self._statements.fetch(FOR_CHANGE, {**named(act), "id": supplier}))
        seen(act, *row[-2:])
        return _supplier(row[:-2])

    async def get(self, tenant: TenantId, supplier: SupplierId) -> Warned:
        row = _only(await self._statements.fetch(GET, {"tenant": str(tenant), "id": supplier}))
        return Warned(_supplier(row[:-3]), _shared(*row[-3:]))

    async def save(self, supplier: Supplier, act: Act) -> Answer:
        with supplier.saving() as event:
            supplier.version += 1
            answer = act.answer(supplier)
            fact = self._encode(supplier, event, act)
            parameters = recorded(act, answer, AGGREGATE_TYPE, supplier.id, fact) | _row(supplier)
            if not await self._statements.write(SAVE, parameters, RECORD_CONSTRAINTS):
                raise Stale(f"the supplier has moved on from version {supplier.version - 1}")
        return answer

    async def page(self, tenant: TenantId, query: SupplierQuery) -> Sequence[Supplier]:
        statement, parameters = _page(query)
        found = await self._statements.fetch(statement, {"tenant": str(tenant), **parameters})
        return [_supplier(row) for row in found]

    async def history(self, tenant: TenantId, supplier: SupplierId) -> Sequence[HistoryEntry]:
        return await history_of(self._statements, tenant, supplier)


def _only(rows: Sequence[Row]) -> Row:
    if not rows:
        raise NotFound("there is no such supplier")
    return rows[0]


def _supplier(row: Row) -> Supplier:
    """Raise for a state, document, hold or role that nobody knows: guessing would be a decision."""
    id_, version, revision, name, state, prepared_by, risk_score, documents, holds, schemes, values = row
    return Supplier(
        id=SupplierId(id_),
        version=version,
        revision=revision,
        declared=Declaration(
            name=name,
            identifiers=tuple(map(Identifier, schemes, values)),
            documents=msgspec.convert(documents, tuple[Document, ...]),
        ),
        prepared_by=frozenset(prepared_by),
        state=State(state),
        risk_score=risk_score,
        holds=msgspec.convert(holds, tuple[Hold, ...]),
    )


def _shared(
    schemes: Sequence[str] | None, values: Sequence[str] | None, suppliers: Sequence[UUID] | None
) -> list[Shared]:
    named = map(Identifier, schemes or (), values or ())
    return sorted(map(Shared, named, map(SupplierId, suppliers or ())))


def _row(supplier: Supplier) -> dict[str, Any]:
    return {
        "revision": supplier.revision,
        "name": supplier.name,
        "name_key": supplier.name.casefold(),
        "state": str(supplier.state),
        "prepared_by": sorted(supplier.prepared_by),
        "risk_score": supplier.risk_score,
        "documents": msgspec.json.encode(supplier.declared.documents).decode(),
        "holds": msgspec.json.encode(supplier.holds).decode(),
        **_columns(supplier.declared.identifiers),
    }


def _columns(identifiers: Sequence[Identifier]) -> dict[str, list[str]]:
    return {"schemes": [i.scheme for i in identifiers], "values": [i.value for i in identifiers]}


def _page(query: SupplierQuery) -> tuple[LiteralString, dict[str, Any]]:
    order, after = _SORTS[query.sort]
    where: LiteralString = "s.tenant_id = scope.tenant_id"
    parameters: dict[str, Any] = {"limit": query.limit}
    if query.states:
        where += " AND s.state = ANY(%(states)s)"
        parameters["states"] = [str(state) for state in query.states]
    if query.name:
        where += " AND s.name_key >= %(name_from)s AND s.name_key < %(name_to)s"
        begin = query.name.casefold()
        parameters |= {"name_from": begin, "name_to": begin + _LAST_CHARACTER}
    if query.identifier:
        where += (
            " AND EXISTS (SELECT FROM supplier.identifiers w WHERE w.tenant_id = s.tenant_id"
            " AND w.supplier_id = s.id AND w.revision = s.revision"
            " AND w.scheme = %(scheme)s AND w.value = %(value)s)"
        )
        parameters |= {"scheme": query.identifier.scheme, "value": query.identifier.value}
    if query.after:
        where += f" AND {after}"
        parameters |= {"after_name": query.after[0].casefold(), "after_id": query.after[1]}
    select: LiteralString = (
        f"SELECT {COLUMNS} FROM {IDENTIFIED} WHERE {where} ORDER BY {order} LIMIT %(limit)s"
    )
    return scoped(select), parameters
