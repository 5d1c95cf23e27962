"""Resident memory at the start and after many orders, while worker and consumer run beside the API."""

import asyncio
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from procurement.bootstrap.topics import TOPICS
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.topics import ensure_topics
from tests.benchmarks.load import Load
from tests.benchmarks.orders import Asking, know_the_supplier
from tests.benchmarks.processes import resident_mb
from tests.benchmarks.rig import Process, Rig
from tests.benchmarks.suite import Figures, Rounds, Row, Sizes, Suite, at_most

_ROOM = {"api": 150.0, "worker": 120.0, "consumer": 120.0}
_TOO_LONG = 600.0
_FLAT = 1.15


@contextmanager
def suite(rig: Rig, sizes: Sizes) -> Generator[Suite]:
    """One long round: it measures growth, not speed."""
    asking = Asking.by(rig.issuer)
    asyncio.run(ensure_topics(KafkaAccess(rig.kafka.brokers), TOPICS))
    with (
        rig.templates.database() as database,
        rig.process("worker", database) as worker,
        rig.process("consumer", database) as consumer,
        rig.process("api", database) as api,
    ):
        know_the_supplier(database)
        processes = {"api": api, "worker": worker, "consumer": consumer}

        def orders(count: int) -> None:
            request = asking.create()
            rig.load(Load(port=api.port, requests=[request], watch={}, seconds=_TOO_LONG, most=count))

        def growth() -> Figures:
            figures = _resident("start", processes)
            for moment, count in (("warm", sizes.flat // 10), ("end", sizes.flat - sizes.flat // 10)):
                orders(count)
                time.sleep(2)
                figures |= _resident(moment, processes)
            return figures

        yield Suite("memory", {"growth": growth}, lambda rounds: rows(rounds, sizes), rounds=1)


def _resident(moment: str, processes: Mapping[str, Process]) -> dict[str, float]:
    return {f"{name} {moment}": resident_mb(process.pid) for name, process in processes.items()}


def rows(rounds: Rounds, sizes: Sizes) -> Sequence[Row]:
    found: list[Row] = []
    for name, most in _ROOM.items():
        found += [
            Row(f"{name} at the start, MB", rounds.spread("growth", f"{name} start"), ".0f"),
            at_most(
                f"{name} after {sizes.flat:,} orders, MB", rounds.spread("growth", f"{name} end"), most, ".0f"
            ),
            at_most(
                f"{name} after {sizes.flat:,} orders ÷ after a tenth of them",
                rounds.ratio(("growth", f"{name} end"), ("growth", f"{name} warm")),
                _FLAT,
            ),
        ]
    return found
