"""How to get to Kafka, as the environment says it; what does not fit together is told at the start."""

import os
import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from procurement.settings.kafka import KafkaSettings
from tests.authority import Authority

BROKERS = "one:9092,two:9092"
SASL = {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_USERNAME": "olga", "KAFKA_PASSWORD": "geheim"}
SSL = {"KAFKA_SECURITY_PROTOCOL": "SSL"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in list(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("KAFKA_BROKERS", BROKERS)
    return monkeypatch


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "authority")


def read(environment: pytest.MonkeyPatch, values: dict[str, str]) -> KafkaSettings:
    for name, value in values.items():
        environment.setenv(name, value)
    return KafkaSettings.read()


def faults(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], values: dict[str, str]
) -> list[str]:
    with pytest.raises(SystemExit) as left:
        read(environment, values)
    assert left.value.code == 78
    return capsys.readouterr().err.splitlines()


def test_unless_told_otherwise_it_is_plain() -> None:
    kafka = KafkaSettings.read().kafka
    assert kafka.of_a_client == {
        "bootstrap_servers": BROKERS,
        "security_protocol": "PLAINTEXT",
        "ssl_context": None,
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": None,
        "sasl_plain_password": None,
    }


def test_brokers_may_come_from_the_command_line() -> None:
    assert KafkaSettings.read(KAFKA_BROKERS="other:9092").kafka.brokers == "other:9092"


def test_with_tls_certificates_and_names_are_verified(
    environment: pytest.MonkeyPatch, authority: Authority
) -> None:
    for file in ({}, {"KAFKA_CA_FILE": str(authority.ca)}):
        kafka = read(environment, {**SASL, **file}).kafka
        assert kafka.tls is not None
        assert (kafka.tls.verify_mode, kafka.tls.check_hostname) == (ssl.CERT_REQUIRED, True)
        assert kafka.tls.minimum_version == ssl.TLSVersion.TLSv1_2
        if file:
            assert len(kafka.tls.get_ca_certs()) == 1, "no authority besides the one that was named"


def test_the_password_is_nowhere_to_be_seen(environment: pytest.MonkeyPatch) -> None:
    for password in ("geheim", "https://geheim/geheim"):
        settings = read(environment, {**SASL, "KAFKA_PASSWORD": password})
        assert settings.kafka.of_a_client["sasl_plain_password"] == password
        assert settings.summary()["KAFKA_PASSWORD"] == "set"
        assert "geheim" not in f"{settings} {settings!r} {settings.summary()} {settings.kafka!r}"


def test_the_password_may_come_from_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (file := tmp_path / "password").write_text("geheim\n")
    given = {**SASL, "KAFKA_PASSWORD": "", "KAFKA_PASSWORD_FILE": str(file)}
    assert read(environment, given).kafka.password == "geheim"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"},
            [
                "KAFKA_USERNAME: is required with KAFKA_SECURITY_PROTOCOL=SASL_SSL",
                "KAFKA_PASSWORD (or KAFKA_PASSWORD_FILE): is required with KAFKA_SECURITY_PROTOCOL=SASL_SSL",
            ],
        ),
        (
            {**SASL, **SSL},
            [
                "KAFKA_USERNAME: is of no use with KAFKA_SECURITY_PROTOCOL=SSL",
                "KAFKA_PASSWORD: is of no use with KAFKA_SECURITY_PROTOCOL=SSL",
            ],
        ),
        (
            {**SASL, "KAFKA_SASL_MECHANISM": "GSSAPI"},
            [
                "KAFKA_SASL_MECHANISM: should be 'SCRAM-SHA-512', 'SCRAM-SHA-256' or 'PLAIN', not 'GSSAPI'",
            ],
        ),
        (
            {**SASL, "KAFKA_SECURITY_PROTOCOL": "TLS"},
            [
                (
                    "KAFKA_SECURITY_PROTOCOL: should be 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT' or 'SASL_SSL', "
                    "not 'TLS'"
                ),
            ],
        ),
        (
            {**SSL, "KAFKA_CA_FILE": "/no/such/file"},
            ["KAFKA_CA_FILE: /no/such/file cannot be read: No such file or directory"],
        ),
        (
            {**SSL, "KAFKA_CA_FILE": __file__},
            [f"KAFKA_CA_FILE: {__file__} holds no certificate in PEM"],
        ),
        (
            {"KAFKA_CA_FILE": __file__, "KAFKA_CERT_FILE": __file__},
            [
                "KAFKA_CA_FILE: is of no use with KAFKA_SECURITY_PROTOCOL=PLAINTEXT",
                "KAFKA_CERT_FILE: is of no use with KAFKA_SECURITY_PROTOCOL=PLAINTEXT",
            ],
        ),
        (
            {**SSL, "KAFKA_KEY_FILE": "/some/key"},
            ["KAFKA_KEY_FILE: is the key to KAFKA_CERT_FILE, which is not set"],
        ),
    ],
)
def test_what_does_not_fit_together_is_a_fault(
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    values: dict[str, str],
    told: list[str],
) -> None:
    assert faults(environment, capsys, values) == told


def test_the_certificate_comes_with_its_key(
    environment: pytest.MonkeyPatch, authority: Authority, tmp_path: Path
) -> None:
    cert, key = authority.certify("ours")
    (both := tmp_path / "both").write_bytes(key.read_bytes() + cert.read_bytes())
    files = {"KAFKA_CERT_FILE": str(cert), "KAFKA_KEY_FILE": str(key)}
    assert read(environment, {**SSL, **files}).kafka.tls is not None
    environment.delenv("KAFKA_KEY_FILE")
    assert read(environment, {**SSL, "KAFKA_CERT_FILE": str(both)}).kafka.tls is not None


def test_a_key_that_does_not_open_the_certificate_is_a_fault(
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    authority: Authority,
    tmp_path: Path,
) -> None:
    cert, _ = authority.certify("ours")
    _, foreign = authority.certify("theirs")
    key = ec.generate_private_key(ec.SECP256R1())
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"geheim"))
    (with_password := tmp_path / "locked").write_bytes(locked)
    for file in (foreign, with_password, cert):
        given = {**SSL, "KAFKA_CERT_FILE": str(cert), "KAFKA_KEY_FILE": str(file)}
        (line,) = faults(environment, capsys, given)
        assert line == f"KAFKA_KEY_FILE: {file} holds no key to {cert}, in PEM, without a password"
    environment.delenv("KAFKA_KEY_FILE")
    (line,) = faults(environment, capsys, {**SSL, "KAFKA_CERT_FILE": str(cert)})
    assert line == f"KAFKA_KEY_FILE: {cert} holds no key to {cert}, in PEM, without a password"
    (line,) = faults(environment, capsys, {"KAFKA_KEY_FILE": "/no/such/file"})
    assert line.startswith("KAFKA_KEY_FILE: ")
    assert line.endswith(" cannot be read: No such file or directory")
