"""A worker as a process of its own, which can be told to stop or die at the worst moment."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from uuid import uuid4

from procurement.platform.bell import Bell
from procurement.platform.delivery import Claimed, Delivery
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.broker import KafkaBroker
from procurement.platform.kafka.producer import ProducerOptions
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import RELAY_ROLE, PoolOptions, open_engine
from procurement.platform.postgres.outbox import PostgresRelayOutbox
from procurement.platform.relay import Relay, RelayOptions
from tests.memory.outbox import CountingMeter


class FreezesBeforePublishing(KafkaBroker):
    async def publish(self, events: Sequence[Claimed]) -> Delivery:
        sys.stdout.write("frozen\n")
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGSTOP)
        return await super().publish(events)


class DiesBeforeDeleting(PostgresRelayOutbox):
    async def delete(self, events: Sequence[Claimed]) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, brokers: str, fault: str) -> None:
    engine = open_engine(url, role=RELAY_ROLE, application="test-worker", options=PoolOptions(size=4))
    options = ProducerOptions(kafka=KafkaAccess(brokers))
    broker = FreezesBeforePublishing(options) if fault == "freeze" else KafkaBroker(options)
    outbox = (DiesBeforeDeleting if fault == "die" else PostgresRelayOutbox)(Database(engine), uuid4())
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await Relay(outbox, broker, Bell(), CountingMeter(), RelayOptions(batch=64)).run(stop)
    await broker.close()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
