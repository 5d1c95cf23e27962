"""`procurement consumer`: what other contexts tell over Kafka."""

import click

from procurement.bootstrap.consumer import assemble_consumer
from procurement.entrypoints.running import SETTINGS, run_until_stopped
from procurement.settings import BackgroundSettings


@click.command(epilog=SETTINGS)
def consumer() -> None:
    """Take in the events of other contexts from Kafka, each once in effect and in order.

    Refused events go to a dead-letter topic (TOPIC.dead.GROUP) with the reason; failures are retried in
    order. Run as many as there are partitions.

    \b
    Example, beside an API on the same machine:
      MANAGEMENT_ADDR=127.0.0.1:8083 procurement consumer
    """
    run_until_stopped("consumer", BackgroundSettings, assemble_consumer)
