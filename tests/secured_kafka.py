"""A real Kafka that asks for TLS, and who it is that comes."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from procurement.platform.embedded.kafka import EmbeddedKafka
from procurement.platform.embedded.place import any_port, home
from tests import servers
from tests.authority import Authority

USER, PASSWORD = "procurement", "only-for-tests"


@dataclass(frozen=True, slots=True)
class Secured:
    plain: str
    """Without TLS, for a look at what others did."""
    sasl: str
    mutual: str
    authority: Authority


class SecuredKafka(EmbeddedKafka):
    """It has two more listeners. To come in by SASL_SSL one has to be known by name, by SSL to show a
    certificate."""

    def __init__(self, folder: Path, *, jars: Path) -> None:
        super().__init__(folder, jars=jars)
        self.authority = Authority(folder / "authority")
        self.sasl_port, self.mutual_port = any_port(), any_port()

    def let_in_by_scram(self) -> None:
        to_do = ["--alter", "--entity-type", "users", "--entity-name", USER]
        scram = [f"--add-config=SCRAM-SHA-512=[iterations=4096,password={PASSWORD}]"]
        tool = [self._java(), "-Xmx128m", "-cp", self.fetch(), "kafka.admin.ConfigCommand"]
        subprocess.run(
            [*tool, "--bootstrap-server", self.brokers, *to_do, *scram],
            check=True,
            capture_output=True,
            env={},
        )

    def _write_configuration(self) -> None:
        super()._write_configuration()
        cert, key = self.authority.certify("localhost")
        (both := cert.with_suffix(".both")).write_bytes(key.read_bytes() + cert.read_bytes())
        file = self._folder / "server.properties"
        more = f",SASL_SSL://localhost:{self.sasl_port},SSL://localhost:{self.mutual_port}"
        lines = [
            line + more if line.startswith(("listeners=", "advertised.listeners=")) else line
            for line in file.read_text().splitlines()
        ]
        lines += [
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL",
            "ssl.keystore.type=PEM",
            f"ssl.keystore.location={both}",
            "ssl.truststore.type=PEM",
            f"ssl.truststore.location={self.authority.ca}",
            "listener.name.ssl.ssl.client.auth=required",
            "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512",
            f'{_jaas("plain")}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
            f"{_jaas('scram-sha-512')}.scram.ScramLoginModule required;",
        ]
        file.write_text("\n".join(lines))


@contextmanager
def secured_kafka() -> Generator[Secured]:
    with servers.folder() as path:
        broker = SecuredKafka(path / "kafka", jars=home() / "kafka-jars")
        broker.start()
        try:
            broker.let_in_by_scram()
            sasl, mutual = f"localhost:{broker.sasl_port}", f"localhost:{broker.mutual_port}"
            yield Secured(broker.brokers, sasl, mutual, broker.authority)
        finally:
            broker.stop()


def _jaas(mechanism: str) -> str:
    return f"listener.name.sasl_ssl.{mechanism}.sasl.jaas.config=org.apache.kafka.common.security"
