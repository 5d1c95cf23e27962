"""Processes killed, servers restarted, all of it under load: nothing is lost, nothing is done twice."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from procurement.platform.embedded.kafka import EmbeddedKafka
from procurement.platform.embedded.postgres import EmbeddedPostgres
from tests.e2e.checker import Evidence, violations
from tests.e2e.field import Field
from tests.e2e.load import Load
from tests.e2e.platform import Process

pytestmark = pytest.mark.slow

KILLS = 20
RESTARTS = 5
CONVERGED_WITHIN = 60.0


def test_no_kill_and_no_restart_loses_repeats_or_invents_anything(field: Field) -> None:
    dice = random.Random(20261121)
    with Load(field.platform) as load:
        for disaster in disasters(field, dice):
            disaster()
            time.sleep(dice.uniform(0.2, 1.0))
    took = field.books.converged(CONVERGED_WITHIN)
    unsettled = field.books.unsettled(load.history)
    asyncio.run(load.settle())
    asyncio.run(load.repeat(400))
    field.books.converged(CONVERGED_WITHIN)
    evidence = field.books.evidence(field.platform.brokers, load.history, unsettled)
    report(field, evidence, took)
    assert violations(evidence) == []


def disasters(field: Field, dice: random.Random) -> Iterator[Callable[[], None]]:
    """In an order that is the same in every run; what the load is doing meanwhile is not."""
    api, worker, consumer = field.platform.api, field.platform.worker, field.platform.consumer
    for number in range(KILLS):
        yield lambda: killed(dice, worker, api)
        if number % (KILLS // RESTARTS) == 1:
            yield lambda n=number: restarted(field.postgres, gently=n % 8 == 1)  # type: ignore[misc]
            yield lambda n=number: restarted(field.kafka, gently=n % 8 != 1)  # type: ignore[misc]
            yield lambda: killed(dice, consumer)  # whose group waits 10 s for the dead member


def killed(dice: random.Random, *processes: Process) -> None:
    """One a moment after the other, and both are back at about the same time."""
    for process in processes:
        process.kill()
        process.launch()
        time.sleep(dice.uniform(0, 0.3))
    for process in processes:
        process.wait_until_ready()


def restarted(server: EmbeddedPostgres | EmbeddedKafka, *, gently: bool) -> None:
    if gently:
        server.stop()
    else:
        server.kill()
    server.start()


def report(field: Field, evidence: Evidence, took: float) -> None:
    """For whoever runs it with -s."""
    outcomes = Counter(operation.outcome.value for operation in evidence.operations)
    attempts = Counter(attempt.outcome.value for one in evidence.operations for attempt in one.attempts)
    repeats = len(evidence.published) - len({record.event for record in evidence.published})
    starts = {
        process.name: f"{sum(process.restarts) / len(process.restarts):.1f} s mean of {len(process.restarts)}"
        for process in field.platform.processes
    }
    print(  # noqa: T201
        f"\ncommands {dict(outcomes)}, attempts {dict(attempts)}, unsettled {len(evidence.unsettled)},"
        f" audit rows {len(evidence.written)}, records {len(evidence.published)} ({repeats} repeats),"
        f" aggregates {len(evidence.stored)}, converged in {took:.1f} s, starts {starts}"
    )
