"""No tenant sees another's receipts or orders, even where a statement forgets to ask for its own."""

import psycopg
import pytest

from procurement.kernel.ids import InvoiceId
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.policies import current_in
from procurement.platform.uuid7 import uuid7
from procurement.receiving.adapters.outbound import postgres
from procurement.receiving.adapters.outbound.postgres.listing import page_statement
from procurement.receiving.app.ports import ReceiptQuery
from tests.contracts.receiving import GoodsReceiptsContract, Ports, a_tenant, an_exact_tenant, opened
from tests.contracts.receiving_views import billed
from tests.integration.statements import OnForgetful, assert_nothing_foreign, reads_of
from tests.unit.receiving.builders import ORDER, WENDY, an_act

pytestmark = pytest.mark.anyio

READS = {
    **reads_of(postgres),
    "page": page_statement(ReceiptQuery())[0],
    "policy": current_in("receiving"),
}


@pytest.mark.parametrize("name", READS)
async def test_a_statement_that_forgets_the_tenant_still_finds_nothing_foreign(
    database: Database, ports: Ports, name: str
) -> None:
    mine, theirs = a_tenant(), await an_exact_tenant(ports)
    receipt, act = await opened(ports, theirs), an_act(tenant=theirs)
    receipt.verify([], by=WENDY, facts=await ports.facts(theirs))
    await ports.receipts.save(receipt, act)
    await ports.expectations.note_billing(theirs, billed(InvoiceId(uuid7()), 2, "60"))
    of_the_order = {
        "receipts.BILLED",
        "receipts.OPENING",
        "expectations.EXPECTED",
        "expectations.EXPECTED_ON",
    }
    asked = {
        "id": ORDER if name in of_the_order else receipt.id,
        "lines": [1],
        "limit": 100,
        "command_scope": act.command.scope,
        "command_key": act.command.key,
    }
    await assert_nothing_foreign(database, READS[name], asked, mine, theirs)


class TestForgetfulReceipts(OnForgetful, GoodsReceiptsContract):
    """What saves, too, reads and writes nothing foreign."""


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
