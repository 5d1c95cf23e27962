"""The embedded servers as the tests themselves use them: killed, restarted, left behind."""

import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import nullcontext
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from jgo.maven import Artifact

from procurement.platform.embedded import jars
from procurement.platform.embedded.kafka import quietly
from procurement.platform.embedded.place import CannotStart, any_port, home
from procurement.platform.embedded.server import Server, runs
from tests import servers

PARENT = """
import sys, time
from pathlib import Path
from signal import SIGTERM
from procurement.platform.embedded.server import Server
server = Server("sleeper", Path(sys.argv[1]), asked=SIGTERM)
server.start(["/bin/sleep", "600"])
print(server.pid, flush=True)
time.sleep(600)
"""


def test_what_was_committed_survives_a_power_cut_and_a_restart(tmp_path: Path) -> None:
    with servers.embedded_postgres() as postgres:
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as database:
            database.execute("CREATE TABLE kept AS SELECT 1 AS one")
            database.execute("CHECKPOINT")
        postgres.kill()
        postgres.start()
        postgres.stop()
        postgres.start()
        with psycopg.connect(postgres.url("postgres")) as database:
            assert database.execute("SELECT one FROM kept").fetchone() == (1,)


def test_postgres_asks_for_the_password() -> None:
    with (
        servers.embedded_postgres() as postgres,
        pytest.raises(psycopg.OperationalError, match="password"),
    ):
        psycopg.connect(postgres.url("postgres", password="guessed"))


def test_kafka_answers_again_after_a_power_cut() -> None:
    with servers.embedded_kafka() as kafka:
        kafka.kill()
        assert not kafka.running
        kafka.start()
        assert kafka.running


def test_a_server_goes_when_its_parent_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, tmp_path], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert has_begun(pid)
        parent.kill()
    assert gone(pid)


@pytest.fixture
def sleeper() -> Generator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["/bin/sleep", "600"]) as process:
        assert has_begun(process.pid)
        yield process
        process.kill()


def test_a_leftover_is_asked_to_go(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    (tmp_path / "pid").write_text(str(sleeper.pid))
    Server("sleeper", tmp_path, asked=signal.SIGTERM).end_leftover("/bin/sleep")
    assert sleeper.wait(30) == -signal.SIGTERM


def test_a_stranger_with_a_leftovers_number_is_left_alone(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    (tmp_path / "pid").write_text(str(sleeper.pid))
    Server("sleeper", tmp_path, asked=signal.SIGTERM).end_leftover("/bin/not-sleep")
    assert sleeper.poll() is None


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    server = Server("Nobody", tmp_path, asked=signal.SIGTERM)
    server.start(["/bin/sh", "-c", "echo the disk is full >&2; exit 1"])
    with pytest.raises(CannotStart, match="the disk is full"):
        server.wait_until(lambda: False, 5)


def test_a_jar_with_other_content_is_not_the_one_we_know(tmp_path: Path) -> None:
    cache = home() / "kafka-jars"
    jars.class_path(cache, quietly)
    jar = next(jars.known_jars())
    jar.path(tmp_path).parent.mkdir(parents=True)
    jar.path(tmp_path).write_bytes(jar.path(cache).read_bytes() + b"!")
    assert jar.is_in(cache)
    assert not jar.is_in(tmp_path)


@pytest.mark.parametrize(("failures", "tries"), [(2, 3), (9, 3)])
def test_a_jar_is_asked_for_again_when_the_network_stumbles_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int, tries: int
) -> None:
    jar = replace(next(jars.known_jars()), sha256=sha256(b"content").hexdigest())
    asked = []

    def resolve(_: object) -> None:
        asked.append(jar)
        jar.path(tmp_path).parent.mkdir(parents=True, exist_ok=True)
        jar.path(tmp_path).write_bytes(b"content" if len(asked) > failures else b"cont")
        if len(asked) <= failures:
            raise ConnectionResetError

    monkeypatch.setattr(Artifact, "resolve", resolve)
    monkeypatch.setattr(jars, "_PAUSE", 0.0)
    with nullcontext() if failures < tries else pytest.raises(CannotStart, match="could not be fetched"):
        jars._fetch([jar], tmp_path, lambda _: None)
    assert (len(asked), jar.is_in(tmp_path)) == (tries, failures < tries)


def test_no_port_is_told_twice() -> None:
    assert len({any_port() for _ in range(2000)}) == 2000


def has_begun(pid: int) -> bool:
    """A process has its words a moment after it has its number."""
    deadline = time.monotonic() + 30
    while not (begun := runs(pid, "/bin/sleep")) and time.monotonic() < deadline:
        time.sleep(0.01)
    return begun


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False
