"""No tenant sees another's invoices or orders, even where a statement forgets to ask for its own."""

import re

import psycopg
import pytest

from procurement.invoicing.adapters.outbound.postgres import (
    corrections,
    invoices,
    openings,
    orders,
    waiting,
)
from procurement.invoicing.adapters.outbound.postgres.listing import page_statement
from procurement.invoicing.app.ports import InvoiceQuery
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.policies import current_in
from tests.contracts.invoicing import Ports, a_registration, a_tenant, an_exact_tenant, registered, rematched
from tests.unit.invoicing.builders import an_act
from tests.unit.invoicing.papers import ORDER, SUPPLIER

pytestmark = pytest.mark.anyio

READS = {
    "get": invoices.GET,
    "for change": invoices.FOR_CHANGE,
    "original": invoices.ORIGINAL,
    "opening": openings.OPENING,
    "candidates": openings.CANDIDATES,
    "corrected": corrections.CORRECTED,
    "to match": waiting.TO_MATCH,
    "page": page_statement(InvoiceQuery())[0],
    "billable": orders.BILLABLE,
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
    """As a tired developer might have written it."""
    forgetful = re.sub(r"\b[a-z]\.tenant_id = (scope|[a-z])\.tenant_id", "true", READS[name])
    assert forgetful != READS[name]
    mine, theirs = a_tenant(), await an_exact_tenant(ports)
    invoice = await registered(ports, theirs)
    asked = openings.asked_for(a_registration(invoice.document, supplier=SUPPLIER, order=ORDER))
    parameters = {
        **corrections.correcting(mine, invoice),
        **asked,
        "id": invoice.id,
        "orders": str(ORDER),
        "numbers": ["re1"],
        "limit": 100,
        "command_scope": an_act().command.scope,
        "command_key": an_act().command.key,
    }
    rows = await database.fetch(forgetful, parameters)
    foreign = [value for row in rows for value in row if value]
    assert not foreign, "another tenant's row came along"
    assert await database.fetch(READS[name], {**parameters, "tenant": str(theirs)}), (
        "nothing was asked at all"
    )


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
