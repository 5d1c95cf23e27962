"""No tenant sees another's receipts or orders, even where a statement forgets to ask for its own."""

import re

import psycopg
import pytest

from procurement.kernel.ids import InvoiceId
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.policies import current_in
from procurement.platform.uuid7 import uuid7
from procurement.receiving.adapters.outbound.postgres import expectations, receipts
from procurement.receiving.adapters.outbound.postgres.listing import page_statement
from procurement.receiving.app.ports import ReceiptQuery
from tests.contracts.receiving import Ports, a_tenant, an_exact_tenant, opened
from tests.contracts.receiving_views import billed
from tests.unit.receiving.builders import ORDER, WENDY, an_act

pytestmark = pytest.mark.anyio

READS = {
    "get": receipts.GET,
    "for change": receipts.FOR_CHANGE,
    "opening": receipts.OPENING,
    "page": page_statement(ReceiptQuery())[0],
    "billed": receipts.BILLED,
    "expected": expectations.EXPECTED,
    "expected on": expectations.EXPECTED_ON,
    "policy": current_in("receiving"),
}


@pytest.mark.parametrize("name", READS)
async def test_a_statement_that_forgets_the_tenant_still_finds_nothing_foreign(
    database: Database, ports: Ports, name: str
) -> None:
    """As a tired developer might have written it."""
    forgetful = re.sub(r"\w+\.tenant_id = (scope|g|o|l|i)\.tenant_id", "true", READS[name])
    assert forgetful != READS[name]
    mine, theirs = a_tenant(), await an_exact_tenant(ports)
    receipt = await opened(ports, theirs)
    receipt.verify([], by=WENDY, facts=await ports.facts(theirs))
    await ports.receipts.save(receipt, an_act(tenant=theirs))
    await ports.expectations.note_billing(theirs, billed(InvoiceId(uuid7()), 2, "60"))
    assert await ports.receipts.billed(theirs, ORDER) == [receipt.id]
    act = an_act(tenant=mine)
    asked = {
        "tenant": str(mine),
        "id": ORDER if name.startswith(("billed", "expected", "opening")) else receipt.id,
        "lines": [1],
        "limit": 100,
        "command_scope": act.command.scope,
        "command_key": act.command.key,
    }
    rows = await database.fetch(forgetful, asked)
    assert not rows or (name == "opening" and rows[0][2] is None), "another tenant's row came along"


async def test_no_tenant_sees_no_rows(database: Database, ports: Ports) -> None:
    tenant = await an_exact_tenant(ports)
    await opened(ports, tenant)
    await ports.expectations.note_billing(tenant, billed(InvoiceId(uuid7()), 2, "60"))
    for table in (
        "expected_orders", "expected_lines", "releases", "line_totals", "goods_receipts",
        "goods_receipt_lines", "policies", "order_invoices",
    ):  # fmt: skip
        assert await database.fetch(f"SELECT 1 FROM receiving.{table}", {}) == []  # noqa: S608


async def test_nothing_is_written_for_another_tenant(database: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await database.write(
            "INSERT INTO receiving.releases SELECT %(foreign)s, %(order)s, 1, 1, 1"
            " FROM (SELECT set_config('app.tenant', %(tenant)s, true)) scope RETURNING 1",
            {"tenant": str(a_tenant()), "foreign": a_tenant(), "order": ORDER},
        )
