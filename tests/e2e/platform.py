"""The platform as it runs: its processes as children on ports of their own, to be started and killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from procurement.platform.embedded.place import LOOPBACK, any_port
from procurement.platform.embedded.server import dies_with_parent
from procurement.platform.http.tokens import LocalIssuer

READY_WITHIN = 60.0
STOPPED_WITHIN = 30.0


@dataclass
class Process:
    """`procurement api`, `worker` or `consumer`; its log is a file."""

    name: str
    environment: Mapping[str, str]
    log: Path
    management: str
    restarts: list[float] = field(default_factory=list)
    """Seconds from the start to being ready, of every start."""
    _child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        self._launched = time.monotonic()
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "procurement", self.name],
                env={"PATH": os.environ["PATH"], **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509
            )

    def wait_until_ready(self) -> None:
        while not self.ready:
            assert self.child.poll() is None, f"{self.name} ended:\n{self.last_words()}"
            assert time.monotonic() - self._launched < READY_WITHIN, f"{self.name}:\n{self.last_words()}"
            time.sleep(0.05)
        self.restarts.append(time.monotonic() - self._launched)

    @property
    def ready(self) -> bool:
        try:
            return httpx.get(f"http://{self.management}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def child(self) -> subprocess.Popen[bytes]:
        assert self._child is not None
        return self._child

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()

    def stop(self) -> int:
        """Ask it to go, and say how it went."""
        self.child.terminate()
        try:
            return self.child.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def lines(self) -> list[str]:
        """Whole ones: of the last one a part may be written so far. JSON leaves in a line what splitlines()
        takes for the end of one."""
        return self.log.read_text(errors="replace").split("\n")[:-1]

    def last_words(self) -> str:
        return "\n".join(self.lines()[-12:])

    def metric(self, name: str) -> float:
        """The sum over all labels."""
        told = httpx.get(f"http://{self.management}/metrics", timeout=5).text.splitlines()
        return sum(
            float(line.rpartition(" ")[2]) for line in told if line.startswith((f"{name} ", f"{name}{{"))
        )


@dataclass(frozen=True)
class Platform:
    database_url: str
    brokers: str
    issuer: LocalIssuer
    url: str
    """Of the API."""
    api: Process
    worker: Process
    consumer: Process

    @property
    def processes(self) -> tuple[Process, ...]:
        return self.api, self.consumer, self.worker


def a_platform(database_url: str, brokers: str, folder: Path, **settings: str) -> Platform:
    """Nothing runs yet."""
    issuer = LocalIssuer.in_folder(folder / "issuer")
    listen = f"{LOOPBACK}:{any_port()}"
    common = {
        "APP_ENV": "test",
        "DATABASE_URL": database_url,
        "KAFKA_BROKERS": brokers,
        "JWT_ISSUER": issuer.issuer,
        "JWT_AUDIENCE": issuer.audience,
        "JWKS_URL": issuer.jwks_url,
        "CURSOR_SECRET": "c" * 32,
        "LISTEN_ADDR": listen,
        "LOG_LEVEL": "debug",
        "RATE_LIMIT": "1000000",
        "RATE_BURST": "1000000",
        "SHUTDOWN_LEAD": "0s",
        **settings,
    }

    def process(name: str) -> Process:
        management = f"{LOOPBACK}:{any_port()}"
        environment = {**common, "MANAGEMENT_ADDR": management}
        return Process(name, environment, folder / f"{name}.log", management)

    return Platform(
        database_url=database_url,
        brokers=brokers,
        issuer=issuer,
        url=f"http://{listen}",
        api=process("api"),
        worker=process("worker"),
        consumer=process("consumer"),
    )


@contextmanager
def running(platform: Platform) -> Generator[Platform]:
    with ExitStack() as children:
        for process in platform.processes:
            process.launch()
            children.callback(process.kill)
        for process in platform.processes:
            process.wait_until_ready()
        yield platform
