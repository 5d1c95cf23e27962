"""A real Kafka that asks for TLS, and who it is that comes."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from procurement.platform.embedded.kafka import EmbeddedKafka
from procurement.platform.embedded.place import any_port, home
from tests import servers

Key: TypeAlias = ec.EllipticCurvePrivateKey

USER, PASSWORD = "procurement", "only-for-tests"


class Authority:
    """Signs certificates. Its folder has its own, ca.pem, and HOST.pem and HOST.key of what it signed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = _named("an authority")
        ca = self._signed(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0))
        self.ca.write_bytes(ca)

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    def certify(self, host: str) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        cert, key_file = self.folder / f"{host}.pem", self.folder / f"{host}.key"
        cert.write_bytes(self._signed(_named(host), key, x509.SubjectAlternativeName([x509.DNSName(host)])))
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return cert, key_file

    def _signed(self, subject: x509.Name, key: Key, extension: x509.ExtensionType) -> bytes:
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(self._name, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        return certificate.public_bytes(Encoding.PEM)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


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
        subprocess.run([*tool, "--bootstrap-server", self.brokers, *to_do, *scram], check=True, env={})

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
