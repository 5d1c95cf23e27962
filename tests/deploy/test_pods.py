"""What runs is restricted, told all it needs, probed where it answers, and given time to stop."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest

from procurement.platform.http.health import Health
from procurement.settings import BackgroundSettings, DatabaseSettings, Settings
from tests.deploy.manifests import RENDERED, containers, mounted_files, of_kind, pods, variables
from tests.deploy.restricted import shortcomings, violations

PODS = pods()
DEPLOYMENTS = of_kind("Deployment")
PROCESSES = sorted(DEPLOYMENTS)
MODELS: Mapping[str, type[DatabaseSettings]] = {
    **dict.fromkeys(PROCESSES, BackgroundSettings),
    "procurement-api": Settings,
    "procurement-migrate": DatabaseSettings,
}
FLUSHED_AND_CLOSED = 10
"""Seconds for what comes after the drain: the last words, the spans, the connections; and some to spare."""


def test_everything_is_there() -> None:
    assert PROCESSES == ["procurement-api", "procurement-consumer", "procurement-worker"]
    assert sorted(of_kind("Job")) == ["procurement-migrate", "procurement-topics"]


@pytest.mark.parametrize("name", PODS)
def test_a_pod_is_restricted(name: str) -> None:
    assert violations(PODS[name]) == []
    assert shortcomings(PODS[name]) == []


@pytest.mark.parametrize(
    ("where", "key", "value"),
    [
        ("pod", "hostNetwork", True),
        ("pod", "volumes", [{"name": "host", "hostPath": {"path": "/"}}]),
        ("pod", "securityContext", {"runAsNonRoot": True, "runAsUser": 65532}),
        ("pod", "securityContext", {"seccompProfile": {"type": "RuntimeDefault"}}),
        ("container", "allowPrivilegeEscalation", None),
        ("container", "privileged", True),
        ("container", "runAsUser", 0),
        ("container", "capabilities", {"drop": ["NET_RAW"]}),
        ("container", "capabilities", {"drop": ["ALL"], "add": ["SYS_ADMIN"]}),
        ("container", "procMount", "Unmasked"),
    ],
)
def test_each_rule_of_restricted_bites(where: str, key: str, value: Any) -> None:
    pod: Any = deepcopy(PODS["procurement-api"])
    spec = pod["spec"]
    changed = spec if where == "pod" else spec["containers"][0]["securityContext"]
    changed[key] = value
    assert len(violations(pod)) == 1


@pytest.mark.parametrize("name", PODS)
def test_every_variable_is_a_setting(name: str) -> None:
    [container] = containers(PODS[name])
    model = BackgroundSettings  # the api is told where Kafka is, and does not mind
    known = {field.upper() for field in model.model_fields} | {f"{secret}_FILE" for secret in model.secrets}
    assert variables(container).keys() <= known


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_settings_of_a_pod_are_complete(
    name: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pod = PODS[name]
    [container] = containers(pod)
    for variable, value in _with_secrets(variables(container), mounted_files(pod), tmp_path).items():
        monkeypatch.setenv(variable, value)
    settings = MODELS[name].read()
    assert settings.app_env == "production"


def _with_secrets(given: Mapping[str, str], mounted: set[str], folder: Any) -> dict[str, str]:
    """The files that the pod would find, written here instead, each named by its variable."""
    named = {variable: value for variable, value in given.items() if variable.endswith("_FILE")}
    assert set(named.values()) == mounted
    secrets = {"DATABASE_URL_FILE": "postgresql://u:p@db:5432/procurement", "CURSOR_SECRET_FILE": "c" * 40}
    for variable in named:
        (folder / variable).write_text(secrets[variable])
    return {**given, **{variable: str(folder / variable) for variable in named}}


@pytest.mark.parametrize("name", PODS)
def test_no_secret_is_a_variable(name: str) -> None:
    [container] = containers(PODS[name])
    assert not variables(container).keys() & set(BackgroundSettings.secrets)
    assert not any("valueFrom" in each for each in container.get("env", []))


def test_only_the_migration_sees_the_owner_of_the_tables() -> None:
    keys = {
        name: {
            item["key"]
            for volume in pod["spec"]["volumes"]
            for source in volume.get("projected", {}).get("sources", [])
            for item in source["secret"]["items"]
        }
        for name, pod in PODS.items()
    }
    assert [name for name, found in keys.items() if "migration-url" in found] == ["procurement-migrate"]
    assert "url" not in keys["procurement-migrate"]


@pytest.mark.parametrize("name", PROCESSES)
def test_the_grace_period_is_longer_than_stopping(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    [container] = containers(PODS[name])
    given = variables(container)
    lead, drain = (int(given[each].removesuffix("s")) for each in ("SHUTDOWN_LEAD", "SHUTDOWN_DRAIN"))
    hook = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    assert hook + lead + drain + FLUSHED_AND_CLOSED <= PODS[name]["spec"]["terminationGracePeriodSeconds"]


def test_the_api_serves_on_while_load_balancers_take_notice() -> None:
    [container] = containers(PODS["procurement-api"])
    assert int(variables(container)["SHUTDOWN_LEAD"].removesuffix("s")) >= 5


@pytest.mark.parametrize("name", PROCESSES)
def test_probes_ask_where_the_process_answers(name: str) -> None:
    [container] = containers(PODS[name])
    ports = {each["name"]: each["containerPort"] for each in container["ports"]}
    assert f":{ports['management']}" in variables(container)["MANAGEMENT_ADDR"]
    paths = {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    for probe, path in paths.items():
        assert container[probe]["httpGet"] == {"path": path, "port": "management"}
        assert container[probe]["timeoutSeconds"] > Health.TIMEOUT
        assert container[probe]["failureThreshold"] >= 2


@pytest.mark.parametrize("name", PROCESSES)
def test_a_rollout_takes_nobody_away_before_the_next_is_ready(name: str) -> None:
    spec = DEPLOYMENTS[name]["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert {each["topologyKey"] for each in spec["template"]["spec"]["topologySpreadConstraints"]} == {
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
    }


@pytest.mark.parametrize("job", of_kind("Job").values(), ids=lambda job: str(job["metadata"]["name"]))
def test_a_job_comes_first_and_comes_to_an_end(job: Any) -> None:
    notes = job["metadata"]["annotations"]
    assert notes["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert notes["helm.sh/hook-delete-policy"] == "before-hook-creation"
    assert job["spec"]["activeDeadlineSeconds"] <= 600
    assert job["spec"]["backoffLimit"] <= 3
    [container] = containers(job["spec"]["template"])
    assert "envFrom" not in container, "the chart's ConfigMap does not exist before it is installed"


def test_migrations_come_before_topics() -> None:
    weights = {
        name: int(job["metadata"]["annotations"]["helm.sh/hook-weight"])
        for name, job in of_kind("Job").items()
    }
    policy = of_kind("NetworkPolicy", RENDERED)["procurement-jobs"]["metadata"]["annotations"]
    assert int(policy["helm.sh/hook-weight"]) < weights["procurement-migrate"] < weights["procurement-topics"]
