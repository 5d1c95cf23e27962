"""No tenant sees another's rows, even where a statement forgets to ask for its own."""

import json
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from procurement.kernel.ids import InvoiceId, TenantId
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.policies import current_in
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound import postgres
from procurement.purchasing.adapters.outbound.postgres import suppliers
from procurement.purchasing.adapters.outbound.postgres.listing import page_statement
from procurement.purchasing.app.ports import OrderQuery
from procurement.purchasing.domain.policy import DEFAULT_POLICY
from tests.contracts.order_reports import billed
from tests.contracts.purchasing import Ports, PurchaseOrdersContract, a_saved_order, a_tenant
from tests.integration.statements import OnForgetful, assert_nothing_foreign, reads_of
from tests.unit.purchasing.builders import BUYER, L1, NOW, SUPPLIER, an_act, facts

pytestmark = pytest.mark.anyio

READS = {
    **reads_of(postgres),
    "page": page_statement(OrderQuery())[0],
    "policy": current_in("purchasing"),
}


async def asked_of(ports: Ports, tenant: TenantId) -> dict[str, Any]:
    """Something to be found by every statement."""
    order, act = await a_saved_order(ports, tenant), an_act(tenant=tenant)
    order.submit(by=BUYER, facts=facts())
    await ports.orders.save(order, an_act(tenant=tenant))
    order.approve(by=L1, facts=facts())
    await ports.orders.save(order, act)
    await ports.policies.save(replace(DEFAULT_POLICY, version=1), an_act(tenant=tenant))
    news = billed(InvoiceId(uuid7()), 2, disputed="too dear", l1="60")
    await ports.reports.note_invoice(tenant, replace(news, order=order.id))
    return {
        "id": order.id,
        "limit": 100,
        "command_scope": act.command.scope,
        "command_key": act.command.key,
        "year": NOW.year,
        "asked": json.dumps(
            [{"supplier": str(SUPPLIER), "scope": act.command.scope, "key": act.command.key}]
        ),
    }


@pytest.mark.parametrize("name", READS)
async def test_a_statement_that_forgets_the_tenant_still_finds_nothing_foreign(
    database: Database, ports: Ports, name: str
) -> None:
    mine, theirs = a_tenant(), a_tenant()
    asked = await asked_of(ports, theirs)
    if name in {"suppliers.STANDING", "orders.DISPUTABLE"}:
        asked["id"] = SUPPLIER
    await assert_nothing_foreign(database, READS[name], asked, mine, theirs)


class TestForgetfulOrders(OnForgetful, PurchaseOrdersContract):
    """What saves, too, reads and writes nothing foreign."""


async def test_no_tenant_sees_no_rows(database: Database, ports: Ports) -> None:
    await a_saved_order(ports, a_tenant())
    assert await database.fetch("SELECT 1 FROM purchasing.purchase_orders", {}) == []
    assert await database.fetch("SELECT 1 FROM platform.audit", {}) == []


async def test_nothing_is_written_for_another_tenant(database: Database) -> None:
    """Row-level security checks what is written, too."""
    forged = suppliers.NOTE.replace("SELECT scope.tenant_id, %(id)s", "SELECT %(foreign)s, %(id)s")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await database.write(
            forged,
            {
                "tenant": str(a_tenant()),
                "foreign": a_tenant(),
                "id": SUPPLIER,
                "version": 1,
                "name": "ACME",
                "status": "Approved",
                "held_until": None,
            },
        )


async def test_every_table_of_tenants_is_secured_and_owned_by_nobody_who_serves(database: Database) -> None:
    rows = await database.fetch(
        """
        SELECT n.nspname || '.' || c.relname, c.relrowsecurity, c.relforcerowsecurity,
               pg_get_userbyid(c.relowner) IN ('procurement_app', 'procurement_relay')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
        """,
        {},
    )
    assert len(rows) >= 9
    assert [name for name, enabled, forced, serves in rows if not (enabled and forced) or serves] == []


async def test_the_audit_trail_cannot_be_rewritten(database: Database) -> None:
    for change in ("UPDATE platform.audit SET person = 'nobody'", "DELETE FROM platform.audit"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await database.write(change, {})
