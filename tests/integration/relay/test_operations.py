"""What an operator can do, on the command line, with a relay at work."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import anyio
import pytest
from click.testing import CliRunner, Result

from procurement.entrypoints import instance
from procurement.entrypoints.outbox_cli import outbox
from procurement.platform.postgres.outbox import Patience
from procurement.platform.relay import RelayOptions
from tests.integration.relay.stage import PostgresStage, eventually, write
from tests.memory.outbox import BrokerLog

pytestmark = pytest.mark.anyio

EAGER = RelayOptions(retry_every=0.02)
Cli = Callable[..., Any]


@pytest.fixture
def cli(postgres_url: str) -> Cli:
    """In a thread, because the command runs a loop of its own."""

    async def run(*words: str) -> Result:
        runner = CliRunner()
        return await anyio.to_thread.run_sync(
            lambda: runner.invoke(outbox, ["--database-url", postgres_url, *words])
        )

    return run


async def a_dead_one(stage: PostgresStage, log: BrokerLog) -> tuple[UUID, list[UUID]]:
    """An aggregate whose first event of three is dead."""
    stage.patience, aggregate = Patience(attempts=2, base=0.0), uuid4()
    log.refuses.add(str(aggregate))
    events = await write(stage.app, aggregate, 1, 2, 3)
    async with stage.relaying(log, EAGER):
        await eventually(lambda: _dead(stage))
    log.refuses.clear()
    return aggregate, events


async def test_the_list_shows_what_waits_and_why(stage: PostgresStage, cli: Cli) -> None:
    aggregate, events = await a_dead_one(stage, BrokerLog())
    await stage.write(uuid4(), 1)
    listed = json.loads((await cli("list", "--json")).output)
    assert sum(slot["pending"] for slot in listed["slots"]) == 1
    (parked,) = listed["parked"]
    assert (parked["aggregate"], parked["event"]) == (str(aggregate), str(events[0]))
    assert (parked["attempts"], parked["reason"], parked["waiting"]) == (2, "no", 3)
    assert parked["dead_at"]
    shown = (await cli("list")).output
    assert "1 pending; 1 aggregates parked, 1 of them dead" in shown
    assert str(aggregate) in shown


@pytest.mark.parametrize("by_event", [True, False])
async def test_a_dead_aggregate_that_is_replayed_is_published_in_order(
    stage: PostgresStage, cli: Cli, by_event: bool
) -> None:
    log = BrokerLog()
    aggregate, events = await a_dead_one(stage, log)
    target = str(events[1] if by_event else aggregate)
    done = await cli("replay", target, "--reason", "mended", "--operator", "ann")
    assert "3 events will be published" in done.output
    async with stage.relaying(log, EAGER):
        await eventually(stage.drained)
    assert log.versions() == {str(aggregate): [1, 2, 3]}
    history = json.loads((await cli("history", "--json")).output)
    assert (history[0]["operator"], history[0]["verb"], history[0]["target"]) == ("ann", "replay", target)
    assert (history[0]["reason"], history[0]["events"]) == ("mended", 3)


async def test_a_skipped_event_is_never_published_and_those_behind_it_are(
    stage: PostgresStage, cli: Cli
) -> None:
    log = BrokerLog()
    aggregate, events = await a_dead_one(stage, log)
    assert (await cli("skip", str(events[0]), "--reason", "useless")).exit_code == 0
    async with stage.relaying(log, EAGER):
        await eventually(stage.drained)
    assert log.versions() == {str(aggregate): [2, 3]}


async def test_the_last_waiting_event_skipped_frees_its_aggregate(stage: PostgresStage, cli: Cli) -> None:
    log = BrokerLog()
    aggregate, events = await a_dead_one(stage, log)
    for event in events:
        await cli("skip", str(event), "--reason", "useless")
    async with stage.relaying(log, EAGER):
        await stage.write(aggregate, 4)
        await eventually(stage.drained)
    assert log.versions() == {str(aggregate): [4]}


async def test_published_events_are_published_again_by_event_aggregate_or_time(
    stage: PostgresStage, cli: Cli
) -> None:
    log, aggregate, other = BrokerLog(), uuid4(), uuid4()
    since = datetime.now(UTC) - timedelta(seconds=1)
    events = await write(stage.app, aggregate, 1, 2)
    await stage.write(other, 1)
    until = datetime.now(UTC) + timedelta(seconds=1)
    async with stage.relaying(log, EAGER):
        await eventually(stage.drained)
        for words, count in (
            ([str(events[1])], 1),
            ([str(aggregate)], 2),
            (["--from", since.isoformat(), "--to", until.isoformat()], 3),
        ):
            before = len(log.stored)
            done = await cli("replay", *words, "--reason", "asked for", "--json")
            assert json.loads(done.output)["events"] >= count
            await eventually(stage.drained)
            assert len(log.stored) >= before + count
    assert log.versions()[str(aggregate)] == [1, 2, 2, 1, 2, 1, 2]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["replay", str(uuid4()), "--reason", "r"], "has no event and no aggregate"),
        (["skip", str(uuid4()), "--reason", "r"], "has no event"),
        (["skip", "42", "--reason", "r"], "not a valid UUID"),
        (["skip", str(uuid4())], "Missing option '--reason'"),
        (["replay", "--reason", "r"], "either an event or an aggregate"),
        (["replay", "--from", "yesterday", "--to", "now", "--reason", "r"], "is not a time like"),
    ],
)
async def test_a_wrong_command_is_told_what_is_wrong(
    stage: PostgresStage, cli: Cli, words: list[str], says: str
) -> None:
    told = await cli(*words)
    assert told.exit_code in (1, 2)
    assert says in told.output


async def test_what_was_published_cannot_be_skipped_and_what_is_on_its_way_not_replayed(
    stage: PostgresStage, cli: Cli
) -> None:
    log, aggregate = BrokerLog(), uuid4()
    (event,) = await write(stage.app, aggregate, 1)
    assert "still on its way" in (await cli("replay", str(event), "--reason", "r")).output
    async with stage.relaying(log, EAGER):
        await eventually(stage.drained)
    assert "published already" in (await cli("skip", str(event), "--reason", "r")).output


async def test_no_database_is_told_in_one_line() -> None:
    runner = CliRunner()
    words = ["--database-url", "postgresql://a:b@127.0.0.1:9/c", "list"]
    told = await anyio.to_thread.run_sync(lambda: runner.invoke(outbox, words))
    assert told.exit_code == 69
    assert "postgres" in told.output
    assert len(told.output.splitlines()) == 1


async def test_what_runs_on_this_machine_is_asked_unless_another_database_is_named(
    stage: PostgresStage, postgres_url: str, tmp_path: Path
) -> None:
    nowhere = "postgresql://a:b@127.0.0.1:9/c"
    home = {"PROCUREMENT_HOME": str(tmp_path), "DATABASE_URL": None, "DATABASE_URL_FILE": None}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROCUREMENT_HOME", str(tmp_path))
        with instance.only_one():
            instance.announce({"database_url": postgres_url})
            ran = await listed(home)
            named = await listed({**home, "DATABASE_URL": nowhere})
    assert (ran.exit_code, "0 pending" in ran.output) == (0, True), ran.output
    assert named.exit_code == 69
    assert (await listed(home)).exit_code == 78


async def listed(environment: dict[str, str | None]) -> Result:
    return await anyio.to_thread.run_sync(lambda: CliRunner(env=environment).invoke(outbox, ["list"]))


async def _dead(stage: PostgresStage) -> bool:
    return await stage.dead() == 1
