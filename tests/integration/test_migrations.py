"""Migrations against the real Postgres: from nothing to the newest, back, and at the same time."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import StringIO
from time import monotonic, sleep

import psycopg
import pytest

from procurement.platform.embedded.postgres import client
from procurement.platform.postgres import migrations
from tests import servers


def quiet(_: str) -> None:
    pass


@pytest.fixture
def empty_url(postgres_server: servers.Postgres) -> str:
    """A database that nobody migrated yet; the server goes away with the session."""
    name = f"{postgres_server.template}_empty"
    with psycopg.connect(postgres_server.admin_url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    migrations.ensure_database(postgres_server.admin_url, name, servers.OWNER, postgres_server.password)
    return postgres_server.url(name)


def schema_of(url: str) -> str:
    dump = subprocess.run(
        [client("pg_dump"), "--schema-only", "--restrict-key=same", url],
        capture_output=True,
        text=True,
        check=True,
    )
    return dump.stdout


def test_down_and_up_again_gives_the_same_schema(empty_url: str) -> None:
    migrations.upgrade(empty_url, "heads", quiet)
    first = schema_of(empty_url)
    migrations.downgrade(empty_url, "base", quiet)
    migrations.upgrade(empty_url, "heads", quiet)
    assert schema_of(empty_url) == first
    assert "CREATE TABLE platform.outbox" in first


def test_three_migrators_at_once_apply_everything_once(empty_url: str) -> None:
    said: list[str] = []
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: migrations.upgrade(empty_url, "heads", said.append), range(3)))
    applied = [line for line in said if line.startswith("applied")]
    assert len(applied) == len(set(applied)) > 0
    assert migrations.pending(empty_url) == []


def test_what_is_pending_is_told_oldest_first(empty_url: str) -> None:
    pending = migrations.pending(empty_url)
    assert pending[0].startswith("0001 ")
    assert pending == sorted(pending)


def test_a_migration_steps_back_while_a_table_is_in_use(empty_url: str) -> None:
    migrations.upgrade(empty_url, "heads", quiet)
    said: list[str] = []
    with ThreadPoolExecutor(1) as pool, psycopg.connect(empty_url) as reader:
        reader.execute("LOCK platform.audit IN ACCESS SHARE MODE")
        going_down = pool.submit(migrations.downgrade, empty_url, "base", said.append)
        deadline = monotonic() + 30
        while not any("stepped back" in line for line in said) and monotonic() < deadline:
            sleep(0.05)
        reader.rollback()
        going_down.result(timeout=30)
    assert any("stepped back" in line for line in said)
    assert len(migrations.pending(empty_url)) > 1


def test_orders_that_wait_already_are_known_to_wait_since_they_were_submitted(empty_url: str) -> None:
    migrations.upgrade(empty_url, "0008", quiet)
    with psycopg.connect(empty_url, autocommit=True) as database:
        database.execute("SET ROLE procurement_app")
        database.execute("SELECT set_config('app.tenant', %s, false)", [TENANT])
        database.execute(OLD_ORDERS)
        database.execute("RESET ROLE")
        migrations.upgrade(empty_url, "heads", quiet)
        database.execute("SET ROLE procurement_app")
        found = database.execute(
            "SELECT state, waiting_since, progress->'approval' FROM purchasing.purchase_orders ORDER BY 1"
        ).fetchall()
    submitted = datetime(2026, 11, 3, 9, tzinfo=UTC)
    assert found == [
        ("Approved", None, {"rate": "1.10"}),
        ("AwaitingApproval", submitted, {"rate": "1.10", "submitted_at": "2026-11-03T09:00:00+00:00"}),
    ]


TENANT = "01920000-0000-7000-8000-00000000000a"
OLD_ORDERS = """
WITH made AS (
  INSERT INTO purchasing.purchase_orders (tenant_id, id, number, supplier_id, requested_by, state, currency,
    total, line_count, revision, version, progress, created_at, updated_at)
  SELECT current_setting('app.tenant')::uuid, gen_random_uuid(), state, gen_random_uuid(), 'bea', state,
    'EUR', 1, 1, 1, 4, '{"approval": {"rate": "1.10"}}', now(), now()
  FROM unnest(ARRAY['AwaitingApproval', 'Approved']) state
  RETURNING tenant_id, id
)
INSERT INTO platform.audit (tenant_id, aggregate_id, version, aggregate_type, action, at, person, to_state,
  event_id, command_scope, command_key, correlation_id)
SELECT tenant_id, id, version, 'purchase-order', action, at, 'bea', action, gen_random_uuid(), '', '', ''
FROM made, (VALUES (2, 'submit', '2026-11-01 09:00+00'::timestamptz), (3, 'reject', '2026-11-02 09:00+00'),
  (4, 'submit', '2026-11-03 09:00+00')) AS told (version, action, at)
"""


def test_the_script_for_the_administrator_is_plain_sql(empty_url: str) -> None:
    script = StringIO()
    migrations.print_sql("heads", script)
    with psycopg.connect(empty_url, autocommit=True) as database:
        database.execute(script.getvalue())
    assert migrations.pending(empty_url) == []
