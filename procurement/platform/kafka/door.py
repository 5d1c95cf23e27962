"""Whether Kafka lets us in, and if not, why. aiokafka's clients tell that to their logs alone: whoever called
them learns that no broker was reached, be the network, the password or a certificate to blame."""

import asyncio
import time

import structlog
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.protocol.metadata import MetadataRequest

from procurement.kernel.errors import Unavailable
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.faults import in_words, quieten

_log = structlog.get_logger()

_PATIENCE = 5.0
"""Seconds for each broker."""


async def knock(kafka: KafkaAccess) -> None:
    """Connect as every client does. Raise Unavailable with the reason when no broker lets us in."""
    quieten()
    reasons = set[str]()
    for host, port, _ in collect_hosts(kafka.brokers):
        try:
            async with asyncio.timeout(_PATIENCE):
                await _come_in(host, port, kafka)
        except Exception as error:  # noqa: BLE001 - it may be no Kafka at all, and say what nobody expects
            reasons.add(in_words(error))
        else:
            return
    raise Unavailable(f"Kafka at {kafka.brokers}: {'; '.join(sorted(reasons))}")


async def _come_in(host: str, port: int, kafka: KafkaAccess) -> None:
    connection = await create_conn(host, port, client_id="procurement-door", **kafka.of_a_connection)
    try:
        await connection.send(MetadataRequest([]))  # some let anybody in, and answer nobody
    finally:
        connection.close()


class DoorWatch:
    """Knocks every few seconds, for who asks whether this process is well, and says why it is not."""

    def __init__(self, kafka: KafkaAccess, *, every: float = 10.0, again: float = 300.0) -> None:
        self._kafka, self._every, self._again = kafka, every, again
        self._trouble: Unavailable | None = None
        self._said_at = float("-inf")

    async def run(self, stop: asyncio.Event) -> None:
        watching = asyncio.create_task(self._watch())
        await stop.wait()  # and not for a broker that lets us wait
        watching.cancel()
        await asyncio.wait([watching])

    async def _watch(self) -> None:
        while True:
            await self._knock()
            await asyncio.sleep(self._every)

    async def is_open(self) -> None:
        """Raise what was in the way the last time."""
        if self._trouble is not None:
            raise self._trouble

    async def _knock(self) -> None:
        before = self._trouble
        try:
            await knock(self._kafka)
        except Unavailable as trouble:
            self._trouble = trouble
            if str(trouble) != str(before) or time.monotonic() >= self._said_at + self._again:
                self._said_at = time.monotonic()
                _log.error("kafka.closed", error=str(trouble))
        else:
            self._trouble = None
            if before is not None:
                _log.info("kafka.open")
