"""`procurement worker`: the outbox relay and what is due."""

import click

from procurement.bootstrap.worker import assemble_worker
from procurement.entrypoints.running import SETTINGS, run_until_stopped
from procurement.settings import BackgroundSettings


@click.command(epilog=SETTINGS)
def worker() -> None:
    """Publish committed events to Kafka, in order per aggregate, and run what is due.

    Run as many as you like: they share the work, and a dead one is replaced within two seconds.

    \b
    Example, beside an API on the same machine:
      MANAGEMENT_ADDR=127.0.0.1:8082 procurement worker
    """
    run_until_stopped("worker", BackgroundSettings, assemble_worker)
