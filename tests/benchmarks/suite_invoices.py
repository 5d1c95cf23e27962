"""Taking in UBL documents over HTTP, against what lxml alone needs to parse the same bytes."""

import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial

from tests.benchmarks.invoices import a_document, takes_in
from tests.benchmarks.load import Load
from tests.benchmarks.orders import Asking
from tests.benchmarks.processes import peak_mb
from tests.benchmarks.rig import Rig
from tests.benchmarks.suite import Figures, Rounds, Row, Sizes, Suite, at_most

CLIENTS = {3: 16, 100: 4, 1_000: 2, 10_000: 1}
"""By lines, so many that the API is never idle. Documents of more than a megabyte it takes one by one."""


@contextmanager
def suite(rig: Rig, sizes: Sizes) -> Generator[Suite]:
    clerk = Asking.by(rig.issuer, "clara", "ap_clerk")
    documents = {lines: a_document(lines) for lines in CLIENTS}
    with rig.templates.database() as database, rig.process("api", database) as api:

        def intake(lines: int) -> Figures:
            load = Load(
                port=api.port,
                requests=[takes_in(clerk, documents[lines])],
                watch={"server": api.pid, "postgres": rig.postgres.pid},
                seconds=sizes.window,
                clients=CLIENTS[lines],
            )
            loaded = rig.load(load)
            return {"per_line": loaded.cpu["server"] / lines, "peak": peak_mb(api.pid), **loaded.cpu}

        yield Suite(
            "invoices",
            {
                **{_taking_in(lines): partial(intake, lines) for lines in CLIENTS},
                **{_parsing(lines): partial(parsed, documents[lines], sizes.window / 4) for lines in CLIENTS},
            },
            rows,
        )


def parsed(document: str, seconds: float) -> Figures:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.parsing", str(seconds)],
        input=document.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return {"cpu": float(done.stdout)}


def _taking_in(lines: int) -> str:
    return f"taking in {lines:,} lines"


def _parsing(lines: int) -> str:
    return f"lxml, {lines:,} lines"


def rows(rounds: Rounds) -> Sequence[Row]:
    *_, many, most = CLIENTS
    return [
        *(
            at_most(
                f"taking in a UBL document of {lines:,} lines, API CPU ÷ lxml alone",
                rounds.ratio((_taking_in(lines), "server"), (_parsing(lines), "cpu")),
                20,
                ".1f",
            )
            for lines in CLIENTS
        ),
        at_most(
            f"API CPU of one line, of {most:,} lines ÷ of {many:,}",
            rounds.ratio((_taking_in(most), "per_line"), (_taking_in(many), "per_line")),
            1.3,
        ),
        at_most(
            f"the most that the API ever had resident, with documents of {most:,} lines, MB",
            rounds.spread(_taking_in(most), "peak"),
            250,
            ".0f",
        ),
        *_absolutes(rounds),
    ]


def _absolutes(rounds: Rounds) -> list[Row]:
    return [
        Row(f"{name}, {text}", rounds.spread(name, figure), ",.0f")
        for lines in CLIENTS
        for name, figure, text in (
            (_taking_in(lines), "server", "API CPU, µs"),
            (_taking_in(lines), "postgres", "Postgres CPU, µs"),
            (_parsing(lines), "cpu", "CPU, µs"),
        )
    ]
