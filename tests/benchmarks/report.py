"""The figures as a table, for the screen and for docs/performance.md."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.suite import Row, Sizes

DOCUMENT = Path("docs/performance.md")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_PACKAGES = ("litestar", "uvicorn", "psycopg", "SQLAlchemy", "aiokafka", "msgspec")


@dataclass(slots=True)
class Report:
    sizes: Sizes
    parts: list[tuple[str, Sequence[Row]]] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, title: str, rows: Sequence[Row]) -> None:
        self.parts.append((title, rows))

    def finish(self, seconds: float) -> None:
        self.seconds = seconds

    def text(self) -> str:
        tables = "\n\n".join(_table(title, rows) for title, rows in self.parts)
        return f"{self._conditions()}\n\n{tables}"

    def write(self) -> None:
        before, _, rest = DOCUMENT.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        DOCUMENT.write_text(f"{before}{BEGIN}\n{self.text()}\n{END}{after}")
        print(f"written to {DOCUMENT}")

    def _conditions(self) -> str:
        sizes = self.sizes
        packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
        return (
            f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC in {self.seconds / 60:.0f} min: medians of"
            f" {sizes.rounds} rounds of {sizes.window:g} s, {sizes.events:,} events a drain,"
            f" {sizes.few:,} and {sizes.many:,} orders to read from, memory over {sizes.flat:,} orders.\n"
            f"{os.cpu_count()} cores ({_processor()}), {platform.system()} {platform.release()},"
            f" CPython {platform.python_version()}, PostgreSQL 18 (fsync and synchronous_commit on),"
            f" Apache Kafka 4, {packages}. Load average at the end {os.getloadavg()[0]:.1f}."
        )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")


def _table(title: str, rows: Sequence[Row]) -> str:
    head = f"**{title}**\n\n| what | median | lowest to highest | goal |\n|---|---|---|---|"
    return "\n".join([head, *map(_line, rows)])


def _line(row: Row) -> str:
    middle, low, high = (format(value, row.form) for value in row.value)
    verdict = {True: " ✓", False: " **missed**", None: ""}[row.met]
    return f"| {row.what} | {middle} | {low} to {high} | {row.goal}{verdict} |"
