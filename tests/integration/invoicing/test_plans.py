"""What is looked up among thousands is searched for in an index; row-level security can forbid that."""

import re
from collections.abc import AsyncIterator

import psycopg
import pytest

from procurement.invoicing.adapters.outbound.postgres.listing import page_statement
from procurement.invoicing.adapters.outbound.postgres.openings import CANDIDATES, OPENING
from procurement.invoicing.adapters.outbound.postgres.orders import BILLABLE
from procurement.invoicing.app.ports import InvoiceQuery, Sort
from procurement.kernel.ids import InvoiceId
from procurement.platform.postgres.engine import APP_ROLE
from procurement.platform.uuid7 import uuid7
from tests.contracts.invoicing import Ports, an_exact_tenant, registered

pytestmark = pytest.mark.anyio

MANY_ORDERS = """
INSERT INTO invoicing.orders (
  tenant_id, id, version, number, supplier_id, status, currency, requesters, lines_known)
SELECT current_setting('app.tenant')::uuid, gen_random_uuid(), 1, n::text, gen_random_uuid(), 'Issued', 'EUR',
       '{}', true
FROM generate_series(1, 2000) n
"""
COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE (table_schema, table_name, is_generated) = ('invoicing', 'invoices', 'NEVER')
"""
OTHERS = {"id": "gen_random_uuid()", "supplier_id": "gen_random_uuid()", "total": "(n - 1000) * 2e16"}
PARAMETER = re.compile(r"%\((\w+)\)s")


@pytest.fixture
async def planning(ports: Ports, postgres_url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """A tenant with many orders and invoices, of which Postgres has statistics."""
    tenant = await an_exact_tenant(ports)
    await registered(ports, tenant)
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        await connection.execute("SELECT set_config('app.tenant', %s, false)", [str(tenant)])
        await connection.execute(MANY_ORDERS)
        columns = [str(name) for (name,) in await (await connection.execute(COLUMNS)).fetchall()]
        values = ", ".join(OTHERS.get(name, name) for name in columns)
        await connection.execute(
            f"INSERT INTO invoicing.invoices ({', '.join(columns)})"  # noqa: S608 - our own names
            f" SELECT {values} FROM invoicing.invoices, generate_series(1, 2000) n"
            " WHERE tenant_id::text = current_setting('app.tenant')".encode()
        )
        await connection.execute("ANALYZE invoicing.orders, invoicing.invoices")
        await connection.execute(f"SET ROLE {APP_ROLE}")
        await connection.execute("SET enable_seqscan = off")
        yield connection


async def plan_of(statement: str, planning: psycopg.AsyncConnection) -> str:
    names = list(dict.fromkeys(PARAMETER.findall(statement)))
    numbered = PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", statement)
    plan = await planning.execute(f"EXPLAIN (GENERIC_PLAN) {numbered}".encode())
    return "\n".join(str(line) for (line,) in await plan.fetchall())


@pytest.mark.parametrize("statement", [BILLABLE, OPENING])
async def test_an_order_is_searched_for_by_its_id(planning: psycopg.AsyncConnection, statement: str) -> None:
    plan = await plan_of(statement, planning)
    assert re.search(r"orders_pkey on orders o .*\n *Index Cond: .*\(id = CASE", plan), plan


@pytest.mark.parametrize("statement", [CANDIDATES, OPENING])
async def test_second_copies_are_searched_for_among_those_of_the_supplier(
    planning: psycopg.AsyncConnection, statement: str
) -> None:
    plan = await plan_of(statement, planning)
    assert re.search(r"Index Cond: .*\(supplier_id = CASE", plan), plan


@pytest.mark.parametrize(
    ("sort", "scan"),
    [
        (Sort.REGISTERED, "Index Scan using invoices_registered"),
        (Sort.REGISTERED_DESC, "Index Scan Backward using invoices_registered"),
        (Sort.TOTAL, "Index Scan using invoices_total"),
        (Sort.TOTAL_DESC, "Index Scan Backward using invoices_total"),
    ],
)
async def test_a_page_comes_sorted_out_of_an_index_whichever_way_one_turns(
    planning: psycopg.AsyncConnection, sort: Sort, scan: str
) -> None:
    statement, _ = page_statement(InvoiceQuery(sort=sort, after=("1", InvoiceId(uuid7()))))
    plan = await plan_of(statement, planning)
    assert scan in plan, plan
    assert "Sort" not in plan, plan
    assert re.search(r"Index Cond: .*(ROW\(registered_at, id\)|whole_total) [<>]", plan), plan
