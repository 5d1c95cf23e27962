"""Backup and restore by the commands of docs/operations.md, onto a server that knows nothing of us."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from procurement.bootstrap.topics import TOPICS
from procurement.kernel.ids import parse_id
from procurement.platform.embedded.postgres import EmbeddedPostgres, client
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.topics import ensure_topics
from procurement.platform.postgres import migrations
from tests import servers
from tests.architecture.tracked import ROOT
from tests.e2e.office import Office, an_office, until
from tests.e2e.platform import Platform, Process, a_platform
from tests.e2e.topics import everything

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

GROUP, TOPIC = "purchasing.supplier-standing", "supplier.suppliers"
"""The one group that has something to hear here that never was."""


def commands() -> Sequence[str]:
    """What the page tells to type: how to dump, how to restore."""
    page = (ROOT / "docs" / "operations.md").read_text()
    section = page[page.index("## Backup and restore") : page.index("## What grows")]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


def typed(command: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-eu", "-c", command.replace("…", "secret")],
        cwd=folder,
        env={"PATH": f"{client('psql').parent}:{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def admin_of(server: EmbeddedPostgres) -> str:
    return server.url("").removesuffix("/")


@dataclass(frozen=True)
class Site:
    """Two database servers, the second of them empty, and a broker."""

    first: EmbeddedPostgres
    second: EmbeddedPostgres
    brokers: str
    folder: Path

    def platform(self, server: EmbeddedPostgres) -> Platform:
        """Its processes are the service's user, who owns nothing."""
        url = server.url("procurement", "procurement_service", "secret")
        return a_platform(url, self.brokers, self.folder)

    def dump(self) -> None:
        self._type(commands()[0])

    def restore(self) -> None:
        self._type(commands()[1])

    def _type(self, command: str) -> None:
        servers = {"ADMIN_URL": admin_of(self.first), "NEW_ADMIN_URL": admin_of(self.second)}
        done = typed(command, self.folder, servers)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def site(tmp_path: Path) -> Generator[Site]:
    with (
        servers.embedded_postgres() as first,
        servers.embedded_postgres() as second,
        servers.embedded_kafka() as kafka,
    ):
        migrations.ensure_database(first.url("postgres"), "procurement", "procurement_owner", "secret")
        owner = first.url("procurement", "procurement_owner", "secret")
        migrations.upgrade(owner, "heads", lambda _: None)
        grant = """
          CREATE ROLE procurement_service LOGIN NOINHERIT PASSWORD 'secret';
          GRANT procurement_app, procurement_relay TO procurement_service;
        """
        assert not typed(f'psql -q "{owner}" <<SQL\n{grant}\nSQL', tmp_path, {}).stderr
        asyncio.run(ensure_topics(KafkaAccess(kafka.brokers), TOPICS))
        yield Site(first, second, kafka.brokers, tmp_path)


@contextmanager
def running(*processes: Process) -> Generator[None]:
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.stop()


async def move_to_the_end(brokers: str) -> None:
    """What `kafka-consumer-groups.sh --reset-offsets --to-latest` does."""
    consumer = AIOKafkaConsumer(bootstrap_servers=brokers, group_id=GROUP, enable_auto_commit=False)
    await consumer.start()
    try:
        cluster = await consumer._client.fetch_all_metadata()
        places = [TopicPartition(TOPIC, n) for n in cluster.partitions_for_topic(TOPIC)]
        consumer.assign(places)
        await consumer.commit(await consumer.end_offsets(places))
    finally:
        await consumer.stop()


def replayed(platform: Platform, since: datetime) -> str:
    arguments = ["--reason", "restored", "--from", since.isoformat(), "--to", datetime.now(UTC).isoformat()]
    done = subprocess.run(
        [sys.executable, "-m", "procurement", "outbox", "replay", *arguments],
        env={"PATH": os.environ["PATH"], "DATABASE_URL": platform.database_url},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


async def published(platform: Platform, prefix: str, identity: str) -> list[tuple[int, str]]:
    """Version and type, each event once."""
    key = str(parse_id(prefix, identity))
    found = [one for one in await everything(platform.brokers, TOPICS) if one.key == key]
    return list(
        {one.headers["ce_id"]: (one.version, one.headers["ce_type"].split(".")[2]) for one in found}.values()
    )


@dataclass(frozen=True)
class Backup:
    """What was true when the dump was made, and what came to be known and decided after it."""

    office: Office
    known: str
    """A supplier whom purchasing knew."""
    late: str
    """A supplier of whom it heard only after the dump, by an event from before."""
    order: str
    told: Any
    """What was said of that order."""
    drafted: httpx.Response
    """An order whose event was not published yet."""
    lost: str
    """An order that came after the dump."""


async def backed_up(site: Site, platform: Platform) -> Backup:
    office = an_office(platform)
    with running(platform.api, platform.worker):
        with running(platform.consumer):
            known = await office.known_supplier()
            order = await office.issued_order(known)
        late = await office.registered_supplier_named("Hafen Instrumente GmbH", "DE129273398")
        await office.does("rita", f"/suppliers/{late}/approve", {"risk_score": "0.9"}, seen=1)
        await until(lambda: published(platform, "sup", late), lambda events: len(events) == 2)
    with running(platform.api):
        drafted = await office.draft(known, key="drafted")
        told = await office.read(order)
        site.dump()
        with running(platform.consumer):
            await until(lambda: office.draft(late), lambda answer: answer.status_code == 201)
        await office.does("rita", f"/suppliers/{known}/suspend", {"reason": "audit"}, seen=2)
        lost = (await office.draft(known)).json()["id"]
        with running(platform.worker):
            await until(lambda: published(platform, "sup", known), lambda events: len(events) == 3)
    await office.client.aclose()
    return Backup(office, known, late, order, told, drafted, lost)


async def test_a_restored_database_goes_on_where_the_backup_was_made(site: Site) -> None:
    began = datetime.now(UTC)
    was = await backed_up(site, site.platform(site.first))
    site.first.stop()
    site.restore()
    platform = site.platform(site.second)
    await move_to_the_end(site.brokers)
    assert replayed(platform, began - timedelta(hours=1)) == "9 events will be published\n"
    office = replace(was.office, client=an_office(platform).client)
    async with office.client:
        with running(platform.worker, platform.consumer, platform.api):
            await nothing_is_lost(platform, office, was)
            await what_never_was_is_not_believed(office, was)


async def nothing_is_lost(platform: Platform, office: Office, was: Backup) -> None:
    assert await office.read(was.order) == was.told
    again = await office.draft(was.known, key="drafted")
    assert (again.content, again.headers["idempotent-replayed"]) == (was.drafted.content, "true")
    drafted = again.json()["id"]
    events = await until(lambda: published(platform, "po", drafted), bool)
    assert events == [(1, "PurchaseOrderCreated")]
    heard = await until(lambda: office.draft(was.late), lambda answer: answer.status_code == 201)
    assert heard.status_code == 201, heard.text
    assert heard.json()["number"] > again.json()["number"]


async def what_never_was_is_not_believed(office: Office, was: Backup) -> None:
    assert (await office.ask("otto", "GET", f"/purchase-orders/{was.lost}")).status_code == 404
    assert (await office.draft(was.known)).status_code == 201, "it heard of a suspension that was forgotten"
    await office.does("rita", f"/suppliers/{was.known}/suspend", {"reason": "audit"}, seen=2)
    refused = await until(lambda: office.draft(was.known), lambda answer: answer.status_code != 201)
    assert refused.status_code != 201, "it took what was decided anew for what it knew"


async def test_the_owner_is_refused_a_dump_rather_than_given_an_empty_one(site: Site) -> None:
    owner = site.first.url("", "procurement_owner", "secret").removesuffix("/")
    done = typed(commands()[0], site.folder, {"ADMIN_URL": owner})
    assert done.returncode != 0
    assert "row-level security" in done.stderr
