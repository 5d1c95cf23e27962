"""No tenant sees another's rows, even where a statement forgets to ask for its own."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from procurement.kernel.ids import InvoiceId, TenantId
from procurement.platform.postgres import audit
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.policies import current_in
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound.postgres import (
    orders,
    reports,
    suppliers,
)
from procurement.purchasing.adapters.outbound.postgres.listing import page_statement
from procurement.purchasing.app.ports import OrderQuery
from procurement.purchasing.domain.policy import DEFAULT_POLICY
from tests.contracts.order_reports import billed
from tests.contracts.purchasing import Ports, a_saved_order, a_tenant
from tests.unit.purchasing.builders import ORDER, SUPPLIER, an_act

pytestmark = pytest.mark.anyio

READS = {
    "get": orders.GET,
    "for change": orders.FOR_CHANGE,
    "history": audit.HISTORY,
    "disputable": orders.DISPUTABLE,
    "page": page_statement(OrderQuery())[0],
    "standing": suppliers.STANDING,
    "policy": current_in("purchasing"),
}


def without_tenant(statement: str) -> str:
    """The statement as a tired developer might have written it."""
    forgetful = re.sub(r"\w+\.tenant_id = (scope|o)\.tenant_id", "true", statement)
    assert forgetful != statement
    return forgetful


def parameters(tenant: TenantId, wanted: object) -> Mapping[str, Any]:
    act = an_act(tenant=tenant)
    return {
        "tenant": str(tenant),
        "id": wanted,
        "limit": 100,
        "command_scope": act.command.scope,
        "command_key": act.command.key,
    }


@pytest.mark.parametrize("name", READS)
async def test_a_statement_that_forgets_the_tenant_still_finds_nothing_foreign(
    database: Database, ports: Ports, name: str
) -> None:
    mine, theirs = a_tenant(), a_tenant()
    for tenant in (mine, theirs):
        order = await a_saved_order(ports, tenant)
        await ports.policies.save(replace(DEFAULT_POLICY, version=1), an_act(tenant=tenant))
    wanted = SUPPLIER if name in {"standing", "disputable"} else order.id
    forgetful = without_tenant(READS[name])
    found = await database.fetch(forgetful, parameters(mine, wanted))
    if name in {"page", "standing", "policy"}:
        assert len(found) <= 1, "rows of another tenant came along"
    else:
        assert found == [], "another tenant's order was found"


async def test_sums_that_forget_the_tenant_count_nothing_foreign(database: Database, ports: Ports) -> None:
    mine, theirs, one, two = a_tenant(), a_tenant(), InvoiceId(uuid7()), InvoiceId(uuid7())
    await ports.reports.note_invoice(theirs, billed(one, 2, disputed="too dear", l1="60"))
    await ports.reports.note_invoice(mine, billed(two, 2, disputed="too dear", l1="4"))
    forgetful = re.sub(r"\w+\.tenant_id = (scope|d)\.tenant_id", "true", reports.SUMS)
    ((_, billing, disputed, left),) = await database.fetch(forgetful, {"tenant": str(mine), "id": ORDER})
    assert (billing, disputed, left) == ("[[1, 4, 40]]", [two], [])


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
