"""What whoever talks to Kafka needs."""

import ssl
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, SecretStr, ValidationInfo
from pydantic import field_validator as validator
from pydantic_settings import NoDecode

from procurement.platform.kafka.access import KafkaAccess, trust
from procurement.settings.base import Given, SaysItAll
from procurement.settings.values import brokers


class SecurityProtocol(StrEnum):
    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def asks_who(self) -> bool:
        return self.startswith("SASL_")

    @property
    def encrypts(self) -> bool:
        return self.endswith("SSL")


class SaslMechanism(StrEnum):
    SCRAM_SHA_512 = "SCRAM-SHA-512"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    PLAIN = "PLAIN"


class KafkaSettings(Given):
    secrets: ClassVar[tuple[str, ...]] = ("KAFKA_PASSWORD",)

    kafka_brokers: Annotated[tuple[str, ...], NoDecode, BeforeValidator(brokers)]
    """host:9092,host:9092. The api needs nothing of Kafka."""
    kafka_security_protocol: SecurityProtocol = SecurityProtocol.PLAINTEXT
    """With SSL it is encrypted, and certificates and host names are verified; with SASL we have a name."""
    kafka_sasl_mechanism: SaslMechanism = SaslMechanism.SCRAM_SHA_512
    """PLAIN tells the broker the password, SCRAM proves that we know it."""
    kafka_username: str | None = None
    """Who we are, with SASL."""
    kafka_password: SecretStr | None = None
    """What shows it, with SASL."""
    kafka_ca_file: Path | None = None
    """Whose certificates are believed, in PEM; the authorities that the system knows unless set."""
    kafka_cert_file: Path | None = None
    """Our certificate, in PEM, for brokers that want to see one (mutual TLS)."""
    kafka_key_file: Path | None = None
    """Its key, in PEM, without a password; not needed when it stands in KAFKA_CERT_FILE, too."""

    @property
    def kafka(self) -> KafkaAccess:
        protocol, password = self.kafka_security_protocol, self.kafka_password
        return KafkaAccess(
            brokers=",".join(self.kafka_brokers),
            protocol=protocol,
            mechanism=self.kafka_sasl_mechanism,
            username=self.kafka_username,
            password=password.get_secret_value() if password else None,
            tls=trust(self.kafka_ca_file, self.kafka_cert_file, self.kafka_key_file)
            if protocol.encrypts
            else None,
        )

    @validator("kafka_username", "kafka_password")
    @classmethod
    def _belongs_to_sasl(cls, value: Any, info: ValidationInfo) -> Any:
        protocol = info.data.get("kafka_security_protocol")
        if protocol is not None and (value is None) == protocol.asks_who:
            what = "is required" if value is None else "is of no use"
            raise SaysItAll(f"{what} with KAFKA_SECURITY_PROTOCOL={protocol}")
        return value

    @validator("kafka_ca_file", "kafka_cert_file")
    @classmethod
    def _holds_certificates(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        protocol = info.data.get("kafka_security_protocol")
        if file is None:
            return None
        if protocol is not None and not protocol.encrypts:
            raise SaysItAll(f"is of no use with KAFKA_SECURITY_PROTOCOL={protocol}")
        _must_load(f"{file} holds no certificate in PEM", file)
        return file

    @validator("kafka_key_file")
    @classmethod
    def _opens_the_certificate(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        cert = info.data.get("kafka_cert_file")
        if cert is not None:
            _must_load(f"{file or cert} holds no key to {cert}, in PEM, without a password", None, cert, file)
        elif file is not None and "kafka_cert_file" in info.data:
            raise SaysItAll("is the key to KAFKA_CERT_FILE, which is not set")
        return file


def _must_load(otherwise: str, *files: Path | None) -> None:
    try:
        trust(*files)
    except ssl.SSLError as error:
        raise SaysItAll(otherwise) from error
    except OSError as error:
        names = " or ".join(str(file) for file in files if file is not None)
        raise SaysItAll(f"{names} cannot be read: {error.strerror}") from error
