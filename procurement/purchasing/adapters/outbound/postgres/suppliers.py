"""What purchasing knows of suppliers: a table fed by events."""

from typing import LiteralString

from procurement.kernel.ids import SupplierId, TenantId, id_text
from procurement.platform.postgres.database import SCOPE, Row, Statements, scoped
from procurement.purchasing.domain.standing import SupplierStanding, SupplierUnknown

COLUMNS: LiteralString = "s.id, s.version, s.name, s.status, s.orders_held_until"

STANDING = scoped(
    f"SELECT {COLUMNS} FROM purchasing.suppliers s WHERE s.tenant_id = scope.tenant_id AND s.id = %(id)s"
)

NOTE: LiteralString = (
    SCOPE
    + """
INSERT INTO purchasing.suppliers AS known (tenant_id, id, version, name, status, orders_held_until)
SELECT scope.tenant_id, %(id)s, %(version)s, %(name)s, %(status)s, %(held_until)s FROM scope
ON CONFLICT (tenant_id, id) DO UPDATE
  SET version = excluded.version, name = excluded.name, status = excluded.status,
      orders_held_until = excluded.orders_held_until
  WHERE known.version < excluded.version
RETURNING 1
"""
)


class PostgresSupplierStandings:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def standing(self, tenant: TenantId, supplier: SupplierId) -> SupplierStanding:
        rows = await self._statements.fetch(STANDING, {"tenant": str(tenant), "id": supplier})
        if not rows:
            raise unknown(supplier)
        return standing_from(rows[0])

    async def note(self, tenant: TenantId, standing: SupplierStanding) -> None:
        await self._statements.write(
            NOTE,
            {
                "tenant": str(tenant),
                "id": standing.supplier,
                "version": standing.version,
                "name": standing.name,
                "status": standing.status,
                "held_until": standing.orders_held_until,
            },
        )


def unknown(supplier: SupplierId) -> SupplierUnknown:
    return SupplierUnknown(
        f"purchasing has not heard of supplier {id_text('sup', supplier)}: check the id, or ask again shortly"
    )


def standing_from(row: Row) -> SupplierStanding:
    supplier, version, name, status, held_until = row
    return SupplierStanding(
        supplier=SupplierId(supplier),
        version=version,
        name=name,
        status=status,
        orders_held_until=held_until,
    )
