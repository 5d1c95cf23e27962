import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from procurement.settings import AppEnv, BackgroundSettings, DatabaseSettings, LogFormat, LogLevel, Settings
from procurement.settings.values import Address

REQUIRED = {
    "DATABASE_URL": "postgresql://shop:geheim@db.example:5433/orders",
    "KAFKA_BROKERS": "one:9092",
    "JWT_ISSUER": "https://login.example/",
    "JWT_AUDIENCE": "procurement",
    "JWKS_URL": "https://login.example/jwks.json",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def with_(environment: pytest.MonkeyPatch, **values: str) -> BackgroundSettings:
    for name, value in values.items():
        environment.setenv(name, value)
    return BackgroundSettings.read()


def faults(capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.raises(SystemExit) as left:
        BackgroundSettings.read()
    assert left.value.code == 78
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


def test_endpoints_are_all_that_has_to_be_set() -> None:
    settings = BackgroundSettings.read()
    assert settings.app_env is AppEnv.PRODUCTION
    assert (settings.log_level, settings.log_format) == (LogLevel.INFO, LogFormat.JSON)
    assert settings.listen_addr == Address("127.0.0.1", 8080)
    assert settings.management_addr == Address("127.0.0.1", 8081)
    assert settings.kafka_brokers == ("one:9092",)
    assert (settings.metrics_namespace, settings.db_max_conns) == ("procurement", 8)
    assert settings.migration_url == REQUIRED["DATABASE_URL"]


def test_all_faults_are_reported_at_once_one_line_for_each_variable(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in REQUIRED:
        environment.delenv(name)
    for name, value in {
        "APP_ENV": "Test",
        "DATABASE_URL": "mysql://shop:geheim@db/orders",
        "DB_MAX_CONNS": "many",
        "KAFKA_BROKERS": "one:9092,,two:9092",
        "LISTEN_ADDR": "8080",
        "LOG_LEVEL": "INFO",
        "MIGRATION_DATABASE_URL_FILE": "/no/such/file",
        "RETRY_BASE_DELAY": "2s",
        "RETRY_MAX_DELAY": "1s",
        "SHUTDOWN_LEAD": "5",
        "TRACE_SAMPLE_RATIO": "1.5",
    }.items():
        environment.setenv(name, value)
    lines = faults(capsys)
    assert sorted(line.split(":")[0].split(" ")[0] for line in lines) == [
        "APP_ENV",
        "DATABASE_URL",
        "DB_MAX_CONNS",
        "JWKS_URL",
        "JWT_AUDIENCE",
        "JWT_ISSUER",
        "KAFKA_BROKERS",
        "LISTEN_ADDR",
        "LOG_LEVEL",
        "MIGRATION_DATABASE_URL",
        "RETRY_MAX_DELAY",
        "SHUTDOWN_LEAD",
        "TRACE_SAMPLE_RATIO",
    ]


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        (
            "LOG_LEVEL",
            "trace",
            "LOG_LEVEL: should be 'debug', 'info', 'warn' or 'error', not 'trace'",
        ),
        ("RETRY_MAX_ATTEMPTS", "0", "RETRY_MAX_ATTEMPTS: should be greater than or equal to 1, not '0'"),
        (
            "RETRY_MAX_DELAY",
            "1ms",
            "RETRY_MAX_DELAY: must not be less than RETRY_BASE_DELAY, which is 0.05s, not '1ms'",
        ),
        (
            "SHUTDOWN_DRAIN",
            "20",
            (
                "SHUTDOWN_DRAIN: is not a duration: write a number and its unit, "
                'like "100ms", "2s" or "5m", not \'20\''
            ),
        ),
        ("JWT_ISSUER", " ", "JWT_ISSUER: is required"),
        ("DATABASE_URL", "", "DATABASE_URL (or DATABASE_URL_FILE): is required"),
        ("CURSOR_SECRET", "geheim", "CURSOR_SECRET: must have 32 characters or more"),
    ],
)
def test_a_fault_says_what_is_wrong_and_how_it_should_be(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, line: str
) -> None:
    environment.setenv(name, value)
    assert faults(capsys) == [line]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://shop:geheim@db/orders"),
        ("DATABASE_URL", "geheim"),
        ("DATABASE_URL", "postgresql://shop:geheim@db:port/orders"),
        ("MIGRATION_DATABASE_URL", "postgresql://shop:geheim@db:5432"),
        ("CURSOR_SECRET", "geheim"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:geheim@collector:4318"),
        ("JWKS_URL", "https://user:geheim@login.example/jwks.json"),
    ],
)
def test_a_fault_never_quotes_a_secret(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    environment.setenv(name, value)
    (line,) = faults(capsys)
    assert line.startswith(f"{name}: ")
    assert "geheim" not in line


@pytest.mark.parametrize("value", ["APP", "Production", "PRODUCTION", "prod"])
def test_words_are_taken_exactly(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    environment.setenv("APP_ENV", value)
    assert len(faults(capsys)) == 1


@pytest.mark.parametrize(
    ("written", "meant"), [("100ms", 0.1), ("2s", 2.0), ("1.5s", 1.5), ("5m", 300.0), (" 3s ", 3.0)]
)
def test_durations_are_a_number_and_a_unit(
    environment: pytest.MonkeyPatch, written: str, meant: float
) -> None:
    assert with_(environment, SHUTDOWN_LEAD=written).shutdown_lead == pytest.approx(meant)


@pytest.mark.parametrize("written", ["2", "2 s", "-2s", "s", "2S", "2s2", "1e3s", "inf", "٢s", "2d"])
def test_anything_else_is_no_duration(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    environment.setenv("SHUTDOWN_LEAD", written)
    assert "is not a duration" in faults(capsys)[0]


@pytest.mark.parametrize(
    ("written", "host", "port"),
    [
        (":8080", "0.0.0.0", 8080),  # noqa: S104  # what it means
        ("localhost:1", "localhost", 1),
        ("[::1]:65535", "::1", 65535),
        ("[::]:80", "::", 80),
        ("10.0.0.1:80", "10.0.0.1", 80),
    ],
)
def test_an_address_is_a_host_and_a_port(
    environment: pytest.MonkeyPatch, written: str, host: str, port: int
) -> None:
    assert with_(environment, LISTEN_ADDR=written).listen_addr == Address(host, port)


@pytest.mark.parametrize(
    "written",
    ["8080", "host", "host:", "host:0", "host:65536", "::1:80", "[::1]", "[1.2.3.4]:80", "a b:80", "h:٨"],
)
def test_anything_else_is_no_address(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    environment.setenv("LISTEN_ADDR", written)
    assert "is not an address" in faults(capsys)[0]


def test_brokers_are_a_list_with_commas(environment: pytest.MonkeyPatch) -> None:
    settings = with_(environment, KAFKA_BROKERS="one:9092, two:9093,[::1]:9094")
    assert settings.kafka_brokers == ("one:9092", "two:9093", "[::1]:9094")


@pytest.mark.parametrize("written", [",", "one", "one:9092,", ":9092", "one:9092;two:9092"])
def test_a_broker_without_host_or_port_is_refused(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    environment.setenv("KAFKA_BROKERS", written)
    assert faults(capsys)[0].startswith("KAFKA_BROKERS: ")


def test_a_secret_may_come_from_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://other:secret@db/orders\n")
    environment.delenv("DATABASE_URL")
    settings = with_(environment, DATABASE_URL_FILE=str(file))
    assert settings.database_url.get_secret_value() == "postgresql://other:secret@db/orders"


def test_a_secret_set_twice_is_a_fault(
    environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    assert faults(capsys) == ["DATABASE_URL: is set both here and in DATABASE_URL_FILE; unset one of them"]


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_secret_file_that_is_missing_empty_or_no_text_is_a_fault(
    environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    file = tmp_path / "url"
    if content is not None:
        file.write_bytes(content)
    environment.delenv("DATABASE_URL")
    environment.setenv("DATABASE_URL_FILE", str(file))
    (line,) = faults(capsys)
    assert line.startswith(f"DATABASE_URL: the file {file} that DATABASE_URL_FILE names ")


def test_a_file_variable_of_somebody_else_is_none_of_ours(environment: pytest.MonkeyPatch) -> None:
    assert (
        with_(environment, TF_CLI_CONFIG_FILE="/no/such/file", LOG_LEVEL_FILE="/no/such/file").log_level
        == "info"
    )


def test_migrations_need_nothing_but_the_database(environment: pytest.MonkeyPatch) -> None:
    for name in set(REQUIRED) - {"DATABASE_URL"}:
        environment.delenv(name)
    environment.setenv("MIGRATION_DATABASE_URL", "postgresql://owner:geheim@db/orders")
    assert DatabaseSettings.read().migration_url == "postgresql://owner:geheim@db/orders"


def test_the_api_needs_no_kafka(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("KAFKA_BROKERS")
    environment.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    assert "KAFKA_SECURITY_PROTOCOL" not in Settings.read().summary()


def test_the_summary_shows_what_is_in_force_and_no_secret(environment: pytest.MonkeyPatch) -> None:
    settings = with_(
        environment,
        DATABASE_URL="postgresql://shop:geheim@db.example:5433/orders?password=geheim",
        CURSOR_SECRET="geheim" * 6,
        LISTEN_ADDR="[::1]:8080",
    )
    summary = settings.summary()
    assert summary["DATABASE_URL"] == "postgresql://***@db.example:5433/orders"
    assert summary["CURSOR_SECRET"] == "set"
    assert summary["MIGRATION_DATABASE_URL"] == "not set"
    assert summary["LISTEN_ADDR"] == "[::1]:8080"
    assert summary["APP_ENV"] == "production"
    assert "geheim" not in f"{summary} {settings!r} {settings}"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        BackgroundSettings.read().db_max_conns = 9
