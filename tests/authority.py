"""Certificates for tests, made anew for each run of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Key: TypeAlias = ec.EllipticCurvePrivateKey


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
