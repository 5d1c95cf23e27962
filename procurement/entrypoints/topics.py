"""`procurement topics`: the topics that this release publishes to and reads from."""

import asyncio

import click

from procurement.bootstrap.topics import TOPICS
from procurement.entrypoints.exits import UNREACHABLE, leave
from procurement.kernel.errors import Unavailable
from procurement.platform.kafka.topics import ensure_topics
from procurement.settings.kafka import KafkaSettings


@click.command()
@click.option("--brokers", envvar="KAFKA_BROKERS", required=True, help="host:9092,host:9092 [KAFKA_BROKERS]")
@click.option("--partitions", default=6, show_default=True, help="For topics that are created.")
@click.option(
    "--replication", default=1, show_default=True, help="For topics that are created; 3 in production."
)
def topics(brokers: str, partitions: int, replication: int) -> None:
    """Create the Kafka topics that are missing. Those that exist stay as they are; safe to run again.

    \b
    Example:
      procurement topics --brokers kafka:9092 --replication 3

    Exit codes: 0 all topics exist, 2 the command line is wrong, 69 no broker lets us in,
    78 a setting is missing or wrong (KAFKA_… in docs/deployment.md).
    """
    kafka = KafkaSettings.read(KAFKA_BROKERS=brokers).kafka
    try:
        asyncio.run(ensure_topics(kafka, TOPICS, partitions=partitions, replication=replication))
    except Unavailable as error:
        leave(str(error), UNREACHABLE)
    for topic in TOPICS:
        click.echo(topic)
