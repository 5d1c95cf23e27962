"""`procurement migrate`: the database's version."""

import sys
from collections.abc import Callable
from typing import TypeVar

import click

from procurement.entrypoints.exits import UNREACHABLE, leave
from procurement.platform.postgres import migrations
from procurement.settings import DatabaseSettings

T = TypeVar("T")

PENDING = 3


@click.group(invoke_without_command=True)
@click.option(
    "--check", is_flag=True, help="Only tell what is pending: exit 0 if nothing is, 3 if something is."
)
@click.option("--sql", is_flag=True, help="Print the SQL of all migrations instead of running them.")
@click.option("--to", default="heads", show_default=True, help="Stop at this revision.")
@click.pass_context
def migrate(ctx: click.Context, *, check: bool, sql: bool, to: str) -> None:
    """Bring the database to the version this release needs. Run it before the new release starts.

    Safe to run twice and by several at once: one migrates, the others wait and find nothing to do.
    A table in use is waited for three seconds at a time, so that the work behind it passes.
    Needs a user who owns the database and may create roles (CREATEROLE); no superuser.

    \b
    Settings:
      MIGRATION_DATABASE_URL   postgresql://owner:password@host:5432/procurement
                               (DATABASE_URL when not set; NAME_FILE for a file that holds it)

    \b
    Examples:
      procurement migrate                  everything that is pending
      procurement migrate --check          is anything pending?
      procurement migrate --sql > all.sql  for the database administrator
      procurement migrate downgrade 0001   back to a revision

    Exit codes: 0 done, 1 a migration failed, 3 pending (--check), 69 no database, 78 a setting is wrong.
    """
    if ctx.invoked_subcommand is not None:
        return
    if sql:
        migrations.print_sql(to, sys.stdout)
    elif check:
        _tell_pending()
    else:
        _with_database(lambda url: migrations.upgrade(url, to, click.echo))
        click.echo("the database is at the version this release needs")


@migrate.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take migrations back to REVISION ('base' takes all back, and every row with them)."""
    _with_database(lambda url: migrations.downgrade(url, revision, click.echo))


def _tell_pending() -> None:
    pending = _with_database(migrations.pending)
    for revision in pending:
        click.echo(f"pending: {revision}")
    if pending:
        raise SystemExit(PENDING)
    click.echo("nothing is pending")


def _with_database(work: Callable[[str], T]) -> T:
    try:
        return work(DatabaseSettings.read().migration_url)
    except migrations.NoDatabase as error:
        leave(str(error), UNREACHABLE)
    except migrations.MigrationFailed as error:
        leave(str(error))
