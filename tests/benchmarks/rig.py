"""What is measured and what measures it: two real servers, our processes beside them, and the load."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import msgspec
import psycopg

from procurement.platform.embedded.kafka import EmbeddedKafka
from procurement.platform.embedded.place import any_port, home
from procurement.platform.embedded.postgres import EmbeddedPostgres
from procurement.platform.http.tokens import LocalIssuer
from tests.benchmarks.load import Load, Loaded
from tests.servers import Postgres, folder, migrated

_UNLIMITED = "1000000"


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    port: int


@dataclass(frozen=True, slots=True)
class Rig:
    postgres: EmbeddedPostgres
    templates: Postgres
    kafka: EmbeddedKafka
    issuer: LocalIssuer
    folder: Path

    @contextmanager
    def process(
        self,
        command: str,
        database: str,
        *,
        module: str = "procurement",
        listen: int | None = None,
        **environment: str,
    ) -> Generator[Process]:
        """`python -m procurement <command>` with every rule on, ready; several may share a port."""
        port, management = listen or any_port(), any_port()
        settings = self._settings(database) | {
            "LISTEN_ADDR": f"127.0.0.1:{port}",
            "MANAGEMENT_ADDR": f"127.0.0.1:{management}",
            **environment,
        }
        with running(
            [*module.split(), *command.split()], settings, self.folder / f"{command}-{management}.log"
        ) as pid:
            wait_for(f"http://127.0.0.1:{management}/readyz")
            yield Process(pid, port)

    def _settings(self, database: str) -> dict[str, str]:
        return {
            "DATABASE_URL": database,
            "KAFKA_BROKERS": self.kafka.brokers,
            "JWT_ISSUER": self.issuer.issuer,
            "JWT_AUDIENCE": self.issuer.audience,
            "JWKS_URL": self.issuer.jwks_url,
            "RATE_LIMIT": _UNLIMITED,
            "RATE_BURST": _UNLIMITED,
            "SHUTDOWN_LEAD": "0s",
        }

    def admin(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """As the superuser, whom row-level security does not bind."""
        name = database.rpartition("/")[2]
        return psycopg.connect(self.postgres.url(name), autocommit=True)

    def ask(self, api: Process, request: str) -> str:
        """Ask once; the path of what was created."""
        with socket.create_connection(("127.0.0.1", api.port), timeout=10) as connection:
            connection.sendall(request.replace("{key}", str(uuid4())).encode())
            answer = connection.recv(65536).decode()
        if not answer.startswith("HTTP/1.1 201"):
            raise RuntimeError(answer)
        return answer.partition("location: ")[2].partition("\r\n")[0]

    def load(self, load: Load) -> Loaded:
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.load"],
            input=msgspec.json.encode(load),
            stdout=subprocess.PIPE,
            check=True,
        )
        return msgspec.json.decode(done.stdout, type=Loaded)


@contextmanager
def rig() -> Generator[Rig]:
    """Durable, as in production: fsync and synchronous_commit are on."""
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        postgres = EmbeddedPostgres(place / "postgres")
        kafka = EmbeddedKafka(place / "kafka", jars=home() / "kafka-jars")
        for server in (postgres, kafka):
            server.start()
            stack.callback(server.stop)
        templates = stack.enter_context(migrated(postgres.url("postgres")))
        yield Rig(postgres, templates, kafka, LocalIssuer.in_folder(place / "issuer"), place)


@contextmanager
def running(module: list[str], settings: Mapping[str, str], log: Path) -> Generator[int]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), **settings}
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", *module], stdout=out, stderr=out, env=environment)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(url)
