"""The command line: one command per process or operator's verb, loaded only when it is called."""

from importlib import import_module

import click

COMMANDS = {
    "api": ("api:api", "Serve the REST API."),
    "worker": ("worker:worker", "Publish committed events to Kafka; run what is due."),
    "consumer": ("consumer:consumer", "Take in the events of other contexts from Kafka."),
    "migrate": ("migrate:migrate", "Bring the database to the version this release needs."),
    "topics": ("topics:topics", "Create the Kafka topics that are missing."),
    "events": ("events:events", "Print events from Kafka, as they are or as they come."),
    "outbox": ("outbox_cli:outbox", "List, replay or skip events that could not be published."),
    "token": ("token:token", "Issue an access token for this machine. Never for production."),
    "dev": ("dev:dev", "Start everything here: Postgres, Kafka, API, worker, consumer, sample data."),
    "demo": ("demo:demo", "Take a folder of invoices through the platform as orders."),
    "version": ("version:version", "Print the version."),
}
"""Module of `procurement.entrypoints` and what the overview says. Nothing is imported to show it."""

EXIT_CODES = """\
\b
Exit codes of all commands:
  0   done, or stopped as asked
  1   failed; the reason is on standard error
  2   the command line is wrong
  69  Postgres or Kafka cannot be reached
  78  a setting is missing or wrong; every fault is listed
"""


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"procurement.entrypoints.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


@click.group(cls=Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A procurement backend: orders that the right person approved, events nobody can lose.

    New here? `procurement dev` starts everything on this machine and says what to try.
    Each command explains itself: `procurement migrate --help`.
    """
