"""No tenant sees another's invoices or orders, even where a statement forgets to ask for its own."""

from dataclasses import replace

import psycopg
import pytest

from procurement.invoicing.adapters.outbound import postgres
from procurement.invoicing.adapters.outbound.postgres import corrections, openings
from procurement.invoicing.adapters.outbound.postgres.listing import page_statement
from procurement.invoicing.app.ports import InvoiceQuery
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.policies import current_in
from tests.contracts.invoicing import (
    InvoicesContract,
    Ports,
    a_registration,
    a_tenant,
    an_exact_tenant,
    registered,
    rematched,
)
from tests.integration.statements import OnForgetful, assert_nothing_foreign, reads_of
from tests.unit.invoicing.builders import an_act
from tests.unit.invoicing.papers import EXACT, ORDER, SUPPLIER

pytestmark = pytest.mark.anyio

READS = {
    **reads_of(postgres),
    "page": page_statement(InvoiceQuery())[0],
    "policy": current_in("invoicing"),
}
TABLES = (
    "orders", "order_lines", "releases", "receipts", "invoices", "originals", "invoice_claims",
    "line_billing", "credited", "credited_lines", "policies",
)  # fmt: skip


@pytest.mark.parametrize("name", READS)
async def test_a_statement_that_forgets_the_tenant_still_finds_nothing_foreign(
    database: Database, ports: Ports, name: str
) -> None:
    mine, theirs = a_tenant(), await an_exact_tenant(ports)
    invoice, act = await registered(ports, theirs), an_act(tenant=theirs)
    await ports.policies.save(replace(EXACT, version=2), act)
    asked = {
        **corrections.correcting(theirs, invoice),
        **openings.asked_for(a_registration(invoice.document, supplier=SUPPLIER, order=ORDER)),
        "id": invoice.id,
        "orders": str(ORDER),
        "numbers": ["re1"],
        "limit": 100,
        "command_scope": act.command.scope,
        "command_key": act.command.key,
    }
    await assert_nothing_foreign(database, READS[name], asked, mine, theirs)


class TestForgetfulInvoices(OnForgetful, InvoicesContract):
    """What saves, too, reads and writes nothing foreign."""


async def test_no_tenant_sees_no_rows(database: Database, ports: Ports) -> None:
    tenant = await an_exact_tenant(ports)
    await rematched(ports, tenant, await registered(ports, tenant))
    for table in TABLES:
        assert await database.fetch(f"SELECT 1 FROM invoicing.{table}", {}) == []  # noqa: S608


async def test_nothing_is_written_for_another_tenant(database: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await database.write(
            "INSERT INTO invoicing.releases SELECT %(foreign)s, %(order)s, 1, 1, 1"
            " FROM (SELECT set_config('app.tenant', %(tenant)s, true)) scope RETURNING 1",
            {"tenant": str(a_tenant()), "foreign": a_tenant(), "order": ORDER},
        )


async def test_every_table_is_held_to_its_tenant(database: Database) -> None:
    rows = await database.fetch(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'invoicing' AND c.relkind = 'r'",
        {},
    )
    assert dict(rows) == dict.fromkeys(TABLES, True)


@pytest.mark.parametrize("column", ["number", "total", "supplier_id", "match", "*"])
async def test_who_looks_for_deadlines_sees_no_more_of_an_invoice(
    across_tenants: Database, column: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await across_tenants.fetch(f"SELECT {column} FROM invoicing.invoices", {})  # noqa: S608
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await across_tenants.fetch("SELECT policy FROM invoicing.policies", {})
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await across_tenants.fetch("SELECT 1 FROM invoicing.originals", {})
