"""Migrations against the real Postgres: from nothing to the newest, back, and at the same time."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
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


def test_the_script_for_the_administrator_is_plain_sql(empty_url: str) -> None:
    script = StringIO()
    migrations.print_sql("heads", script)
    with psycopg.connect(empty_url, autocommit=True) as database:
        database.execute(script.getvalue())
    assert migrations.pending(empty_url) == []
