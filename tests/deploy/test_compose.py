"""Compose: everything waits for what it needs, with settings that hold."""

import re
from typing import Any

import pytest
import yaml

from procurement.entrypoints.cli import COMMANDS
from procurement.settings import BackgroundSettings
from tests.deploy.manifests import DEPLOY, ROOT

COMPOSE: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: Any = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if service["image"].startswith("procurement:")}
ELSEWHERE = {"PROCUREMENT_HOME"}
"""Read by `procurement token`, which is no setting of a process."""


@pytest.mark.parametrize("name", ["api", "worker", "consumer"])
def test_the_settings_of_a_process_are_complete(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = SERVICES[name]["environment"]
    assert given.keys() <= {field.upper() for field in BackgroundSettings.model_fields} | ELSEWHERE
    for variable, value in given.items():
        monkeypatch.setenv(variable, "" if value == f"${{{variable}:-}}" else value)
    settings = BackgroundSettings.read()
    assert settings.kafka_brokers == ("kafka:9092",)
    assert not settings.tracing


def test_traces_go_to_a_service_that_nobody_gets_unasked() -> None:
    said = (DEPLOY / "compose.yaml").read_text()
    [(host, port)] = set(re.findall(r"OTEL_EXPORTER_OTLP_ENDPOINT=http://(\w+):(\d+)", said))
    assert port == "4318"  # OTLP over HTTP
    assert SERVICES[host]["profiles"] == re.findall(r"--profile (\w+)", said)
    assert [name for name, service in SERVICES.items() if "profiles" in service] == [host]


@pytest.mark.parametrize("name", sorted(OURS - {"issuer-folder"}))
def test_it_runs_a_command_that_there_is(name: str) -> None:
    assert SERVICES[name]["command"][0] in COMMANDS


@pytest.mark.parametrize("name", SERVICES)
def test_it_waits_for_what_it_needs(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        once = SERVICES[other].get("restart") == "no"
        assert how["condition"] == ("service_completed_successfully" if once else "service_healthy")
        assert once or "test" in SERVICES[other]["healthcheck"]


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_has_a_version_and_ports_stay_on_this_machine(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[a-z/]+:(?!latest)[\w.]+", service["image"])
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_containers_have_no_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_kafka_is_the_one_that_the_tests_run() -> None:
    jars = (ROOT / "procurement" / "platform" / "embedded" / "kafka-jars.txt").read_text()
    [version] = re.findall(r"org\.apache\.kafka:kafka-clients:(\S+)", jars)
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{version}"
