"""`procurement events`: see what is on Kafka."""

import asyncio
import sys

import click

from procurement.entrypoints import instance
from procurement.entrypoints.exits import UNREACHABLE, leave
from procurement.kernel.errors import NotFound, Unavailable
from procurement.platform.kafka.tail import tail
from procurement.settings.kafka import KafkaSettings


@click.command()
@click.option(
    "--brokers", envvar="KAFKA_BROKERS", help="host:9092,host:9092 [KAFKA_BROKERS, or what runs here]"
)
@click.option("--topic", multiple=True, help="May be given several times; without it all topics.")
@click.option("--key", help="Only events of this aggregate.")
@click.option("--follow", is_flag=True, help="Wait for more until Ctrl-C.")
def events(brokers: str | None, topic: tuple[str, ...], key: str | None, *, follow: bool) -> None:
    """Print events from Kafka, one JSON object a line: topic, partition, offset, key, headers, event.

    \b
    Examples:
      procurement events                           everything so far
      procurement events --follow                  and everything that comes
      procurement events --key 0198…  | python -m json.tool --json-lines

    Exit codes: 0 done, 1 no such topic, 2 the command line is wrong, 69 no broker lets us in,
    78 a setting is missing or wrong (KAFKA_… in docs/deployment.md).
    """
    where = brokers or instance.of_this_machine().get("brokers")
    if where is None:
        leave("nothing runs here; start it with `procurement dev` or name --brokers", 2)

    kafka = KafkaSettings.read(KAFKA_BROKERS=where).kafka

    async def show() -> None:
        async for line in tail(kafka, topic, key=key, follow=follow):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

    try:
        asyncio.run(show())
    except Unavailable as error:
        leave(str(error), UNREACHABLE)
    except NotFound as error:
        leave(str(error))
    except KeyboardInterrupt:
        pass
