"""`procurement outbox`: see what waits, replay it, skip it."""

import asyncio
import getpass
import json
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import click

from procurement.entrypoints import instance
from procurement.entrypoints.exits import UNREACHABLE, leave
from procurement.kernel.errors import Failure, Refusal, Unavailable
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import RELAY_ROLE, PoolOptions, open_engine
from procurement.platform.postgres.operations import By, OutboxOperations
from procurement.settings import DatabaseSettings

T = TypeVar("T")

_COLUMN = 60


def _run(url: str | None, work: Callable[[OutboxOperations], Awaitable[T]]) -> T:
    async def inside() -> T:
        options = PoolOptions(size=1)
        engine = open_engine(
            url or _where(), role=RELAY_ROLE, application="procurement-outbox", options=options
        )
        try:
            return await work(OutboxOperations(Database(engine)))
        finally:
            await engine.dispose()

    try:
        return asyncio.run(inside())
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    except Unavailable as failure:
        why = " ".join(str(failure.__cause__).split())  # the driver explains itself in several lines
        leave(f"{failure} ({why})", UNREACHABLE)
    except Failure as failure:
        raise click.ClickException(f"{failure} ({failure.__cause__})") from failure


def _where() -> str:
    """As it is set; where it is not, what runs here."""
    if os.environ.keys().isdisjoint(("DATABASE_URL", "DATABASE_URL_FILE")):
        running = instance.of_this_machine().get("database_url")
        if running is not None:
            return running
    return DatabaseSettings.read().database_url.get_secret_value()


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, float):
        return f"{value:.1f}"
    text = "-" if value is None else str(value)
    return text if len(text) <= _COLUMN else text[: _COLUMN - 1] + "…"


def _table(rows: Sequence[Any]) -> None:
    if not rows:
        return
    names = [field.name for field in fields(rows[0])]
    lines = [names, *([_cell(getattr(row, name)) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else asdict(value)


class Moment(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time like 2026-11-21T09:30:00Z", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _by(operator: str | None, reason: str) -> By:
    try:
        return By(operator or getpass.getuser(), reason)
    except (KeyError, OSError):  # a container's user has no name
        raise click.UsageError("say who you are with --operator") from None


_who = click.option("--operator", help="Who does it; your system user unless given.")
_why = click.option("--reason", required=True, help="Why; it is kept with what was done.")
_as_json = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group()
@click.option(
    "--database-url", help="[DATABASE_URL, or the file that DATABASE_URL_FILE names, or what runs here]"
)
@click.pass_context
def outbox(ctx: click.Context, database_url: str | None) -> None:
    """See which events wait to be published, replay them, or skip one.

    Exit codes: 0 done, 1 it cannot be done, 2 the command line is wrong, 69 Postgres cannot be reached,
    78 no database is named and nothing runs here.
    """
    ctx.obj = database_url


@outbox.command("list")
@click.option("--dead", is_flag=True, help="Only what is given up and waits for you.")
@_as_json
@click.pass_obj
def list_(url: str | None, *, dead: bool, as_json: bool) -> None:
    """Pending events by slot, and parked aggregates with the reason."""

    async def look(outbox: OutboxOperations) -> tuple[Sequence[Any], Sequence[Any]]:
        return ([] if dead else await outbox.slots()), await outbox.parked(dead=True if dead else None)

    slots, parked = _run(url, look)
    if as_json:
        _json({"slots": slots, "parked": parked})
        return
    _table(slots)
    click.echo(f"{len(parked)} aggregates given up" if dead else _sum(slots, parked))
    _table(parked)


def _sum(slots: Iterable[Any], parked: Sequence[Any]) -> str:
    pending, dead = sum(slot.pending for slot in slots), sum(1 for each in parked if each.dead_at)
    return f"{pending} pending; {len(parked)} aggregates parked, {dead} of them dead"


@outbox.command()
@click.argument("target", type=click.UUID, required=False)
@click.option("--from", "since", type=Moment(), help="Instead of a target: all events since then …")
@click.option("--to", "until", type=Moment(), help="… until then.")
@_why
@_who
@_as_json
@click.pass_obj
def replay(  # noqa: PLR0913 - as many as a person may say
    url: str | None,
    *,
    target: UUID | None,
    since: datetime | None,
    until: datetime | None,
    reason: str,
    operator: str | None,
    as_json: bool,
) -> None:
    """Publish an event or an aggregate (TARGET) again, or all events of a time; try parked ones at once."""
    by = _by(operator, reason)
    if target is not None and since is None and until is None:
        events = _run(url, lambda outbox: outbox.replay(target, by))
    elif target is None and since is not None and until is not None:
        events = _run(url, lambda outbox: outbox.replay_between(since, until, by))
    else:
        raise click.UsageError("name either an event or an aggregate, or both --from and --to")
    if as_json:
        _json({"events": events})
    else:
        click.echo(f"{events} events will be published")


@outbox.command()
@click.argument("event", type=click.UUID)
@_why
@_who
@click.pass_obj
def skip(url: str | None, *, event: UUID, reason: str, operator: str | None) -> None:
    """Never publish EVENT, and let those behind it go on."""
    _run(url, lambda outbox: outbox.skip(event, _by(operator, reason)))
    click.echo(f"{event} will not be published")


@outbox.command()
@_as_json
@click.pass_obj
def history(url: str | None, *, as_json: bool) -> None:
    """Who replayed or skipped what, when and why."""
    operations = _run(url, lambda outbox: outbox.history())
    if as_json:
        _json(operations)
    else:
        _table(operations)
