"""A process of ours with one thing changed for a measurement: `python -m tests.benchmarks.shims watched api`.

muffled  its doorbell is not heard from SIGUSR1 until SIGUSR2
watched  the moments when a write returned and when the broker acknowledged go to the file $TIMES names
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

from procurement.entrypoints.cli import main
from procurement.platform.delivery import Claimed, Delivery
from procurement.platform.kafka.broker import KafkaBroker
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.doorbell import Doorbell

MUFFLE, UNMUFFLE = signal.SIGUSR1, signal.SIGUSR2


def muffled() -> None:
    """One process both ways: two that are the same differ by more than a ring costs."""
    ring, cloth = Doorbell.ring, Event()

    def perhaps(self: Doorbell) -> None:
        if not cloth.is_set():
            ring(self)

    setattr(Doorbell, "ring", perhaps)  # noqa: B010 - mypy forbids the plain assignment
    signal.signal(MUFFLE, lambda *_: cloth.set())
    signal.signal(UNMUFFLE, lambda *_: cloth.clear())


def watched() -> None:
    write, publish = Database.write, KafkaBroker.publish
    times = Path(os.environ["TIMES"]).open("a", buffering=1)  # noqa: SIM115 - until the process ends

    async def watched_write(self: Database, statement: str, parameters: Any, *more: Any) -> Any:
        rows = await write(self, statement, parameters, *more)
        if "aggregate_id" in parameters:
            times.write(f"committed {parameters['aggregate_id']} {time.monotonic_ns()}\n")
        return rows

    async def watched_publish(self: KafkaBroker, events: Sequence[Claimed]) -> Delivery:
        delivery = await publish(self, events)
        now = time.monotonic_ns()
        times.writelines(f"acknowledged {event.key} {now}\n" for event in delivery.acknowledged)
        return delivery

    setattr(Database, "write", watched_write)  # noqa: B010
    setattr(KafkaBroker, "publish", watched_publish)  # noqa: B010


if __name__ == "__main__":
    {"muffled": muffled, "watched": watched}[sys.argv.pop(1)]()
    main()
