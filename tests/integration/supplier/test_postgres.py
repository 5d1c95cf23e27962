"""Suppliers on a real Postgres: the contract, and what only a database can be asked."""

from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import sql

from procurement.kernel.ids import SupplierId, TenantId
from procurement.platform.postgres.database import Database, scoped
from procurement.platform.uuid7 import uuid7
from procurement.supplier.adapters.outbound import postgres
from procurement.supplier.adapters.outbound.postgres import PostgresSuppliers
from procurement.supplier.app.ports import Sort, SupplierQuery
from procurement.supplier.domain.lifecycle import State
from procurement.supplier.domain.record import Scope
from tests.contracts.supplier import VAT, SuppliersContract, a_tenant, saved
from tests.contracts.supplier_lists import SupplierListsContract
from tests.integration.statements import assert_nothing_foreign, reads_of
from tests.unit.supplier.builders import REVIEWER, SCORE, TODAY, a_hold, a_supplier, an_act

pytestmark = pytest.mark.anyio


class TestPostgresSuppliers(SuppliersContract):
    @pytest.fixture
    def suppliers(self, suppliers: PostgresSuppliers) -> PostgresSuppliers:
        return suppliers


class TestPostgresSupplierLists(SupplierListsContract):
    @pytest.fixture
    def suppliers(self, suppliers: PostgresSuppliers) -> PostgresSuppliers:
        return suppliers


PAGES = {
    "page": postgres._page(SupplierQuery(states=(State.PENDING,), name="muster", identifier=VAT)),
    "page by id": postgres._page(SupplierQuery(sort=Sort.REGISTERED_DESC)),
}
READS = {**reads_of(postgres), **{name: statement for name, (statement, _) in PAGES.items()}}


@pytest.mark.parametrize("name", READS)
async def test_row_level_security_holds_where_a_statement_forgets_the_tenant(
    database: Database, suppliers: PostgresSuppliers, name: str
) -> None:
    mine, theirs = a_tenant(), a_tenant()
    act = an_act(tenant=theirs)
    supplier = a_supplier(SupplierId(uuid7()))
    await suppliers.save(supplier, act)
    asked = {
        **dict(pair for _, parameters in PAGES.values() for pair in parameters.items()),
        "id": supplier.id,
        "command_scope": act.command.scope,
        "command_key": act.command.key,
        "schemes": [VAT.scheme],
        "values": [VAT.value],
    }
    await assert_nothing_foreign(database, READS[name], asked, mine, theirs)


async def written_as(database: Database, tenant: TenantId, statement: str, **parameters: Any) -> list[Any]:
    async with database.transaction() as transaction:
        await transaction.fetch("SELECT set_config('app.tenant', %(tenant)s, true)", {"tenant": str(tenant)})
        return list(await transaction.write(statement, parameters))


async def test_nobody_writes_for_another_tenant(database: Database, suppliers: PostgresSuppliers) -> None:
    mine, theirs = a_tenant(), a_tenant()
    supplier = await saved(suppliers, mine)
    smuggle = "INSERT INTO supplier.identifiers VALUES (%(mine)s, %(id)s, 2, 1, 'EM', 'a@b.c') RETURNING 1"
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        await written_as(database, theirs, smuggle, mine=mine, id=supplier.id)
    rename = "UPDATE supplier.suppliers SET name = 'stolen' RETURNING 1"
    assert await written_as(database, theirs, rename) == []
    assert (await suppliers.get(mine, supplier.id)).supplier.name == "Muster Papier GmbH"
    assert await written_as(database, mine, rename) == [(1,)]


@pytest.mark.parametrize(
    "statement", ["DELETE FROM supplier.suppliers", "UPDATE supplier.identifiers SET value = ''"]
)
async def test_what_was_declared_is_never_erased(database: Database, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await database.write(statement, {})


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "Frozen"),
        ("documents", '[{"kind": "Horoscope", "reference": "x"}]'),
        ("holds", '[{"scope": "breath", "reason": "x", "releaser": "finance"}]'),
        ("holds", '[{"scope": "orders", "reason": "x", "releaser": "pope"}]'),
    ],
)
async def test_what_nobody_knows_is_an_error_and_never_a_default(
    database: Database, suppliers: PostgresSuppliers, postgres_url: str, column: str, value: str
) -> None:
    tenant = a_tenant()
    supplier = await saved(suppliers, tenant)
    with psycopg.connect(postgres_url) as owner:
        owner.execute("ALTER TABLE supplier.suppliers DROP CONSTRAINT IF EXISTS suppliers_state")
        owner.execute("ALTER TABLE supplier.suppliers DROP CONSTRAINT IF EXISTS suppliers_reviewed")
    damage = sql.SQL("UPDATE supplier.suppliers SET {} = %(value)s RETURNING 1").format(
        sql.Identifier(column)
    )
    assert await written_as(database, tenant, damage.as_string(), value=value) == [(1,)]
    with pytest.raises(ValueError, match=r"Invalid enum value|is not a valid"):
        await suppliers.get(tenant, supplier.id)


async def test_every_transition_is_one_event_and_one_version_without_gaps(
    database: Database, suppliers: PostgresSuppliers
) -> None:
    tenant = a_tenant()
    supplier = a_supplier(SupplierId(uuid7()))
    await suppliers.save(supplier, an_act(tenant=tenant))
    for step in (
        partial(supplier.place_hold, a_hold()),
        partial(supplier.approve, SCORE),
        partial(supplier.suspend, "audit"),
        partial(supplier.reinstate, "passed"),
        partial(supplier.release_hold, Scope.ORDERS, "settled"),
        partial(supplier.blacklist, "fraud"),
    ):
        step(by=REVIEWER, today=TODAY)
        await suppliers.save(supplier, an_act(REVIEWER, tenant))
    published = await database.fetch(
        scoped(
            "SELECT o.aggregate_version, o.type, a.action, a.event_id = o.id"
            " FROM platform.outbox o JOIN platform.outbox_pending p USING (position)"
            " JOIN platform.audit a ON a.aggregate_id = o.aggregateid AND a.version = o.aggregate_version"
            " WHERE o.aggregateid = %(id)s ORDER BY o.position"
        ),
        {"tenant": str(tenant), "id": supplier.id},
    )
    assert published == [
        (1, "procurement.supplier.SupplierRegistered.v1", "register", True),
        (2, "procurement.supplier.SupplierHoldPlaced.v1", "place-hold", True),
        (3, "procurement.supplier.SupplierApproved.v1", "approve", True),
        (4, "procurement.supplier.SupplierSuspended.v1", "suspend", True),
        (5, "procurement.supplier.SupplierReinstated.v1", "reinstate", True),
        (6, "procurement.supplier.SupplierHoldReleased.v1", "release-hold", True),
        (7, "procurement.supplier.SupplierBlacklisted.v1", "blacklist", True),
    ]
