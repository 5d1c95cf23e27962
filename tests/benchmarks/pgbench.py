"""Postgres' own limit: pgbench runs the very statement that stores an order, and nothing else."""

import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from procurement.platform.embedded.postgres import client
from procurement.platform.postgres.engine import APP_ROLE
from tests.benchmarks.orders import created
from tests.benchmarks.processes import cpu_seconds

CONNECTIONS = 8
_NEW_ID = "lpad(to_hex(:id::bigint), 32, '0')::uuid"
_NEW: Mapping[str, str] = {
    "aggregate_id": _NEW_ID,
    "event_id": _NEW_ID,
    "number": "'PO-' || :id::text",
    "command_key": "gen_random_uuid()::text",
    "slot": "(:id::bigint % 16)::smallint",
}
"""What must differ from one order to the next; everything else is sent as it was recorded."""
_OPTIONS = f"-c role={APP_ROLE} -c plan_cache_mode=force_generic_plan -c timezone=UTC"
_LEAVING = 0.2
"""Seconds until the last backend is gone and its time is with the postmaster."""
_EACH_RUN = 10_000_000
_LONGEST_ARGUMENT = 120_000
"""Of a command, in Linux. What is longer stands in the script and is not sent: the limit gains by it."""
_runs = count(1)


@dataclass(slots=True)
class Limit:
    database: str
    folder: Path
    lines: int = 5
    _variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        statement, parameters = created(self.lines).statements[-1]
        self._variables = {name: _text(value) for name, value in parameters.items() if value is not None}
        count_up = f"\\set n :n + 1\n\\set id :n * {CONNECTIONS} + :client_id\n"
        self._script.write_text(f"{count_up}{self._filled(statement)};\n")

    @property
    def _script(self) -> Path:
        return self.folder / f"save-{self.lines}.sql"

    def run(self, seconds: float, postmaster: int) -> dict[str, float]:
        before = cpu_seconds(postmaster)
        done = subprocess.run(
            self._command(seconds), capture_output=True, text=True, check=False, env=_ENVIRONMENT
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr[:1000])  # it quotes the whole statement after its reason
        time.sleep(_LEAVING)
        used = cpu_seconds(postmaster) - before
        orders = float(_found(r"actually processed: (\d+)", done.stdout))
        return {
            "per_second": float(_found(r"tps = ([\d.]+)", done.stdout)),
            "postgres": used / orders * 1e6,
        }

    def _filled(self, statement: str) -> str:
        return re.sub(r"%\((\w+)\)s", lambda found: self._value(found[1]), statement).strip()

    def _value(self, name: str) -> str:
        if name in _NEW:
            return _NEW[name]
        text = self._variables.get(name)
        if text is None:
            return "NULL"
        return f":{name}" if len(text) < _LONGEST_ARGUMENT else _inline(text)

    def _command(self, seconds: float) -> list[str]:
        variables = {**self._variables, "n": f"{next(_runs) * _EACH_RUN}"}
        return [
            *(
                str(client("pgbench")),
                "--no-vacuum",
                "--protocol=prepared",
                f"--time={max(1, round(seconds))}",
            ),
            *(f"--client={CONNECTIONS}", "--jobs=1", f"--file={self._script}"),
            *(f"--define={n}={value}" for n, value in variables.items() if len(value) < _LONGEST_ARGUMENT),
            self.database,
        ]


_ENVIRONMENT = {"PGOPTIONS": _OPTIONS, "PATH": "/usr/bin"}


def _text(value: Any) -> str:
    match value:
        case bytes():
            return f"\\x{value.hex()}"
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


def _inline(text: str) -> str:
    """Without a colon: pgbench would look for variables of its own in every JSON object."""
    escaped = text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\003a")
    return f"U&'{escaped}'"


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]
