"""Matching invoices of ever more lines with orders of as many: in this process, on a real Postgres."""

import asyncio
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial

from procurement.invoicing.domain.invoice import SYSTEM
from procurement.platform.http.server import settle_memory
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import APP_ROLE, PoolOptions, open_engine
from tests.benchmarks.rig import Rig
from tests.benchmarks.suite import Figures, Rounds, Row, Sizes, Spread, Suite, at_most
from tests.contracts.invoicing import registered
from tests.integration.invoicing.large import Counting, an_invoicing, an_order_of, ports_on, said_of
from tests.unit.invoicing.builders import an_act
from tests.unit.invoicing.papers import document

TIMES = {5: 60, 100: 30, 1_000: 6}
"""How many invoices, by lines."""


@contextmanager
def suite(rig: Rig, _: Sizes) -> Generator[Suite]:
    with rig.templates.database() as database:
        yield Suite(
            "matching",
            {_of(lines): partial(matched, database, lines) for lines in TIMES},
            rows,
        )


def matched(url: str, lines: int) -> Figures:
    return asyncio.run(_matched(url, lines))


async def _matched(url: str, lines: int) -> Figures:
    """The first one, for which statements are prepared, does not count."""
    engine = open_engine(url, role=APP_ROLE, application="bench", options=PoolOptions())
    counting, used = Counting(Database(engine)), list[float]()
    ports = ports_on(counting, counting)
    tenant, invoicing = await an_order_of(ports, lines), an_invoicing(counting, ports)
    for number in range(TIMES[lines] + 1):
        said = document(*said_of(lines, lines), order_number="PO-2", number=f"RE-{number}")
        invoice = await registered(ports, tenant, said, None)
        settle_memory()
        before, started = counting.number, time.process_time()
        await invoicing.match(an_act(SYSTEM, tenant=tenant), invoice.id)
        used.append(time.process_time() - started)
    await engine.dispose()
    return {
        "cpu": sum(used[1:]) / TIMES[lines] / lines * 1e6,
        "statements": counting.number - before,
    }


def _of(lines: int) -> str:
    return f"{lines:,} lines"


def rows(rounds: Rounds) -> Sequence[Row]:
    few, some, many = map(_of, TIMES)
    pairs = zip(rounds.figures[many], rounds.figures[few], strict=True)
    more = Spread.of([one["statements"] - other["statements"] for one, other in pairs])
    return [
        at_most(f"statements that a match of {many} takes more than one of {few}", more, 2, ".0f"),
        at_most(
            f"CPU of matching one line, of {many} ÷ of {some}",
            rounds.ratio((many, "cpu"), (some, "cpu")),
            1.3,
        ),
        Row(f"statements of a match of {many}", rounds.spread(many, "statements"), ".0f"),
        *(
            Row(f"CPU of matching one line, of {of}, µs", rounds.spread(of, "cpu"), ".1f")
            for of in rounds.figures
        ),
    ]
