"""What a receipt for one line of an order makes the database write, in all contexts."""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial

from tests.benchmarks.rig import Rig
from tests.benchmarks.suite import Figures, Rounds, Row, Sizes, Suite, at_most
from tests.integration.village import a_village, written_for_one_line

FEW, MANY = 5, 1_000


@contextmanager
def suite(rig: Rig, _: Sizes) -> Generator[Suite]:
    with rig.templates.database() as database:
        yield Suite(
            "receipts", {_of(lines): partial(written, rig, database, lines) for lines in (FEW, MANY)}, rows
        )


def written(rig: Rig, database: str, lines: int) -> Figures:
    return asyncio.run(_written(rig, database, lines))


async def _written(rig: Rig, database: str, lines: int) -> Figures:
    """After a checkpoint Postgres logs every page as a whole once: that is over when measuring begins."""
    async with a_village(database) as village:
        with rig.admin(database) as admin:
            admin.execute("CHECKPOINT")
            found = await written_for_one_line(village, admin, await village.orders(lines))
    return {"rows": sum(found.rows.values()), "wal": found.wal}


def _of(lines: int) -> str:
    return f"one of {lines:,} lines"


def rows(rounds: Rounds) -> Sequence[Row]:
    few, many = _of(FEW), _of(MANY)
    compared = f"order of {MANY:,} lines ÷ of {FEW}"
    return [
        at_most(
            f"rows written for a receipt of one line, {compared}",
            rounds.ratio((many, "rows"), (few, "rows")),
            1,
        ),
        Row(f"write-ahead log for it, {compared}", rounds.ratio((many, "wal"), (few, "wal"))),
        Row(f"rows written for a receipt of {many}", rounds.spread(many, "rows"), ".0f"),
        *(
            Row(f"write-ahead log for a receipt of {of}, bytes", rounds.spread(of, "wal"), ",.0f")
            for of in (few, many)
        ),
    ]
