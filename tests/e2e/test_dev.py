"""`procurement dev` as a newcomer meets it: up from nothing, an approved order on Kafka, down, up."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from procurement.platform.embedded import jars
from procurement.platform.embedded.kafka import quietly
from procurement.platform.embedded.place import home
from tests import servers

PROGRAM = (sys.executable, "-m", "procurement")


@dataclass(frozen=True, slots=True)
class House:
    """A home folder of its own, and the commands given there."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        own = {"PROCUREMENT_HOME": str(self.folder), "NO_COLOR": "1"}
        theirs = {"DATABASE_URL", "KAFKA_BROKERS", "LISTEN_ADDR"}
        return {name: value for name, value in os.environ.items() if name not in theirs} | own

    def says(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *command],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @contextmanager
    def running(self) -> Generator[tuple[subprocess.Popen[bytes], str]]:
        """The process and what it said until it was up; asked to stop afterwards."""
        log = self.folder / "dev.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*PROGRAM, "dev"], env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        try:
            yield process, said_when_up(process, log)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(120)

    def left(self) -> list[str]:
        """Processes that still work for this house."""
        ours = str(self.folder).encode()
        return [pid.name for pid in Path("/proc").iterdir() if pid.name.isdigit() and ours in belongings(pid)]


def belongings(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    except OSError:
        return b""


def said_when_up(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 240
    while "Ctrl-C stops everything" not in (said := log.read_text()):
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.1)
    return said


def found(pattern: str, said: str) -> str:
    match = re.search(pattern, said)
    assert match is not None, said
    return match[1]


@pytest.fixture(scope="module")
def house() -> Generator[House]:
    shared = home() / "kafka-jars"
    jars.class_path(shared, quietly)
    with servers.folder() as folder:
        (folder / "kafka-jars").symlink_to(shared)
        yield House(folder)


def nobody_is_left(house: House) -> bool:
    deadline = time.monotonic() + 60
    while house.left() and time.monotonic() < deadline:
        time.sleep(0.2)
    return house.left() == []


def test_an_approved_order_is_seen_on_kafka(house: House) -> None:
    with house.running() as (process, said):
        api = found(r"API (\S+)/v1", said)
        order, version = found(r"/(po_[^/]+)/approve", said), found(r'If-Match: "(\d+)"', said)
        answer = httpx.post(
            f"{api}/v1/purchase-orders/{order}/approve",
            json={},
            headers={
                "Authorization": f"Bearer {house.says('token', '--user', 'alma').stdout.strip()}",
                "Idempotency-Key": "try",
                "If-Match": f'"{version}"',
            },
        )
        assert (answer.status_code, answer.json()["status"]) == (200, "Approved"), answer.text
        types = events_of(house, order)
        assert types[-1:] == ["procurement.purchasing.PurchaseOrderApproved.v1"], types
        assert "already runs here" in house.says("dev").stderr
    assert process.returncode == 0
    assert nobody_is_left(house)


def events_of(house: House, order: str) -> list[str]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        told = [json.loads(line) for line in house.says("events", "--key", order).stdout.splitlines()]
        types = [event["headers"]["ce_type"] for event in told]
        if len(types) > 2:
            return types
        time.sleep(0.2)
    return []


def test_killed_it_leaves_nobody_and_comes_up_again_with_the_data(house: House) -> None:
    with house.running() as (process, _):
        process.kill()
        process.wait()
        assert nobody_is_left(house)
    with house.running() as (_, said):
        assert "PO-2" in said
    assert nobody_is_left(house)


def test_a_worker_that_dies_is_started_again(house: House) -> None:
    with house.running() as (_, _):
        management = json.loads((house.folder / "dev.json").read_text())["worker_management"]
        worker = next(
            int(pid)
            for pid in house.left()
            if Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1:4]
            == [b"-m", b"procurement", b"worker"]
        )
        os.kill(worker, signal.SIGKILL)
        deadline = time.monotonic() + 120
        while "starting it again" not in (house.folder / "dev.log").read_text() or not answers(management):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert nobody_is_left(house)


def answers(management: str) -> bool:
    try:
        return httpx.get(f"{management}/readyz").is_success
    except httpx.TransportError:
        return False
