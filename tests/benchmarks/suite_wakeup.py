"""From commit to acknowledgement, and what ringing the bell costs those who write."""

import asyncio
import os
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean

from procurement.bootstrap.topics import TOPICS
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.topics import ensure_topics
from tests.benchmarks.load import Load
from tests.benchmarks.orders import Asking, know_the_supplier
from tests.benchmarks.rig import Process, Rig
from tests.benchmarks.shims import MUFFLE, UNMUFFLE
from tests.benchmarks.suite import Figures, Rounds, Row, Sizes, Suite, at_least, at_most
from tests.benchmarks.suite_orders import figures

_RATE = 50.0
_LONGER = 3
"""Windows, because fifty a second are few."""
_TURNS = ("ringing", "silent", "silent", "ringing")
"""Mirrored, so that whoever else is busy on the machine meets both."""
_UNTIL_DRAINING = 1.5
"""Seconds: a worker that has had nothing to do for a while, and is not rung for, looks once a second."""


@contextmanager
def suite(rig: Rig, sizes: Sizes) -> Generator[Suite]:
    asking, times = Asking.by(rig.issuer), rig.folder / "times"
    shim = "tests.benchmarks.shims"
    asyncio.run(ensure_topics(KafkaAccess(rig.kafka.brokers), TOPICS))
    with (
        rig.templates.database() as database,
        rig.process("worker", database, module=f"{shim} watched", TIMES=str(times)),
        rig.process("api", database, module=f"{shim} muffled") as api,
        rig.process("api", database, module=f"{shim} watched", TIMES=str(times)) as watched,
    ):
        know_the_supplier(database)

        def loaded(asked: Process, rate: float = 0.0, windows: float = 1, warm_up: float = 0.3) -> Figures:
            watch = {"server": asked.pid, "postgres": rig.postgres.pid}
            return figures(
                rig.load(
                    Load(
                        port=asked.port,
                        requests=[asking.create()],
                        watch=watch,
                        seconds=windows * sizes.window,
                        rate=rate,
                        warm_up=warm_up,
                    )
                )
            )

        def writes() -> Figures:
            done: dict[str, list[Figures]] = {name: [] for name in _TURNS}
            for name in _TURNS:
                os.kill(api.pid, UNMUFFLE if name == "ringing" else MUFFLE)
                done[name].append(loaded(api, windows=0.5, warm_up=_UNTIL_DRAINING))
            return {
                f"{name}_{figure}": fmean(one[figure] for one in of)
                for name, of in done.items()
                for figure in ("per_second", "server")
            }

        def latency() -> Figures:
            _settled(times)
            loaded(watched, _RATE, _LONGER)
            return delays(times)

        yield Suite(
            "wake-up",
            {
                "writes": writes,
                "latency": latency,
            },
            rows,
        )


def _settled(times: Path) -> None:
    """Whatever other variants left behind is published before the clock starts."""
    size = -1
    while size != (size := times.stat().st_size):
        time.sleep(1)
    os.truncate(times, 0)


def delays(times: Path) -> Figures:
    """Milliseconds from the return of the write to the acknowledgement, both in the process that had it."""
    time.sleep(0.5)
    moments: dict[str, dict[str, int]] = {"committed": {}, "acknowledged": {}}
    for line in times.read_text().splitlines():
        what, order, at = line.split()
        moments[what][order] = int(at)
    committed, acknowledged = moments["committed"], moments["acknowledged"]
    took = sorted((acknowledged[order] - at) / 1e6 for order, at in committed.items())
    return {"p50_ms": took[len(took) // 2], "p99_ms": took[int(len(took) * 0.99)], "commits": len(took)}


def rows(rounds: Rounds) -> Sequence[Row]:
    return [
        Row("commit → acknowledgement at 50 commits/s, p50 in ms", rounds.spread("latency", "p50_ms"), ".1f"),
        at_most(
            "commit → acknowledgement at 50 commits/s, p99 in ms",
            rounds.spread("latency", "p99_ms"),
            10,
            ".1f",
        ),
        at_least(
            "writes with wake-up ÷ without (a worker drains both)",
            rounds.ratio(("writes", "ringing_per_second"), ("writes", "silent_per_second")),
            0.97,
        ),
        Row(
            "server CPU per write with wake-up ÷ without",
            rounds.ratio(("writes", "ringing_server"), ("writes", "silent_server")),
        ),
    ]
