"""Who shares an identifier is searched for in an index, however many suppliers there are."""

import re
from collections.abc import AsyncIterator

import psycopg
import pytest

from procurement.platform.postgres.engine import APP_ROLE
from procurement.supplier.adapters.outbound.postgres import GET, SHARING
from tests.contracts.supplier import a_tenant
from tests.integration.invoicing.test_plans import plan_of

pytestmark = pytest.mark.anyio

MANY = """
WITH s AS (
  INSERT INTO supplier.suppliers (tenant_id, id, version, revision, name, name_key, state, prepared_by,
                                  documents, holds)
  SELECT current_setting('app.tenant')::uuid, gen_random_uuid(), 1, 1, n::text, n::text, 'Pending',
         '{ann}', '[]', '[]'
  FROM generate_series(1, 20000) n
  RETURNING tenant_id, id, name
)
INSERT INTO supplier.identifiers SELECT tenant_id, id, 1, 1, 'EM', name FROM s
"""


@pytest.fixture
async def planning(postgres_url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        await connection.execute("SELECT set_config('app.tenant', %s, false)", [str(a_tenant())])
        await connection.execute(MANY)
        await connection.execute("ANALYZE supplier.suppliers, supplier.identifiers")
        await connection.execute(f"SET ROLE {APP_ROLE}")
        yield connection


@pytest.mark.parametrize("statement", [GET, SHARING])
async def test_whoever_shares_an_identifier_is_searched_for_by_it(
    planning: psycopg.AsyncConnection, statement: str
) -> None:
    plan = await plan_of(statement, planning)
    assert re.search(
        r"identifiers_by_value on identifiers t .*\n *Index Cond: .*scheme = .*value = ", plan
    ), plan
    assert "Seq Scan" not in plan
