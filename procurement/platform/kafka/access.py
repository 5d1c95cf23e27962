"""How to get to Kafka: where it is, who we are, and whom we believe. Every client is made with it."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    brokers: str
    """host:9092,host:9092"""
    protocol: str = "PLAINTEXT"
    mechanism: str = "PLAIN"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    @property
    def of_a_connection(self) -> dict[str, Any]:
        return {
            "security_protocol": self.protocol,
            "ssl_context": self.tls,
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
        }

    @property
    def of_a_client(self) -> dict[str, Any]:
        """What each of aiokafka's clients wants to be told."""
        return {"bootstrap_servers": self.brokers, **self.of_a_connection}


def trust(ca: Path | None, cert: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """Brokers have to show a certificate of `ca`, or of an authority that this system knows, with the name by
    which they were asked; `cert` and `key` are what we show them. Raise OSError for a file that is wrong."""
    context = ssl.create_default_context(cafile=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert is not None:
        context.load_cert_chain(cert, key, password=_nobody_types_it)
    return context


def _nobody_types_it() -> str:
    """OpenSSL would ask the terminal for the password of a key that has one."""
    return ""
