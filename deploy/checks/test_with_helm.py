"""What helm and kubectl themselves say of the chart. Both must be on PATH: `make chart`."""

import subprocess
from itertools import product
from pathlib import Path

import pytest

from tests.deploy.manifests import CHART, DEPLOY, K8S, containers, mounted_files, objects, pods, variables
from tests.deploy.restricted import shortcomings, violations

KAFKA_FILES = {"KAFKA_PASSWORD_FILE", "KAFKA_CA_FILE", "KAFKA_CERT_FILE", "KAFKA_KEY_FILE"}


def template(*options: str) -> subprocess.CompletedProcess[str]:
    values = ("--values", str(K8S / "values.yaml"), "--kube-version", "1.34.0")
    return subprocess.run(
        ["helm", "template", "procurement", str(CHART), *values, *options],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_plain_manifests_are_what_the_chart_renders(tmp_path: Path) -> None:
    subprocess.run([DEPLOY / "render", tmp_path], check=True)
    for name in ("procurement.yaml", "before/jobs.yaml"):
        committed = (K8S / name).read_text()
        assert (tmp_path / name).read_text() == committed, "run deploy/render"


@pytest.mark.parametrize(
    "options",
    [
        tuple(f"--set={each}" for each in chosen)
        for chosen in product(
            ("autoscaling.enabled=true", "autoscaling.enabled=false"),
            ("networkPolicy.enabled=true", "networkPolicy.enabled=false"),
            ("topics.enabled=true", "topics.enabled=false"),
            ("serviceMonitor.enabled=true", "serviceMonitor.enabled=false"),
            ("image.tag=1.2.3", f"image.digest=sha256:{'a' * 64}"),
            ("priorityClassName=high", "podAnnotations.team=buyers"),
        )
    ],
)
def test_pods_are_restricted_whatever_is_chosen(options: tuple[str, ...]) -> None:
    rendered = template(*options, "--namespace=elsewhere")
    assert rendered.returncode == 0, rendered.stderr
    found = objects(rendered.stdout)
    assert {each["metadata"]["namespace"] for each in found} == {"elsewhere"}
    for pod in pods(found).values():
        assert violations(pod) + shortcomings(pod) == []


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("api.dbMaxConns=40", "connections to Postgres are needed but only 80"),
        ("api.replicas=6", "api.maxReplicas must not be less than api.replicas"),
        ("image.tag=latest", "/image/tag"),
        ("image.repository=", "/image/repository"),
        ("settings.DATABASE_URL=postgresql://x/y", "DATABASE_URL"),
        ("settings.KAFKA_BROKERS=null", "KAFKA_BROKERS"),
        ("settings.KAFKA_PASSWORD=geheim", "KAFKA_PASSWORD"),
        ("kafka.ca.kind=Vault", "/kafka/ca/kind"),
        ("replicas=3", "'replicas' not allowed"),
        ("shutdown.marginSeconds=1", "/shutdown/marginSeconds"),
    ],
)
def test_a_wrong_value_is_refused_before_anything_is_sent(option: str, told: str) -> None:
    rendered = template("--set", option)
    assert rendered.returncode != 0
    assert told in rendered.stderr


def test_who_talks_to_kafka_is_let_in_by_it_and_the_api_knows_no_password() -> None:
    chosen = ("password.name=user", "ca.name=authority", "ca.kind=ConfigMap", "client.name=client")
    rendered = template(*(f"--set=kafka.{each}" for each in chosen))
    assert rendered.returncode == 0, rendered.stderr
    found = objects(rendered.stdout)
    given = {
        name: {value for variable, value in variables(container, found).items() if variable in KAFKA_FILES}
        for name, pod in pods(found).items()
        for container in containers(pod)
    }
    files = {name for name, values in given.items() if len(values) == len(KAFKA_FILES)}
    assert files == {"procurement-worker", "procurement-consumer", "procurement-topics"}
    assert given["procurement-api"] == given["procurement-migrate"] == set()
    for name, pod in pods(found).items():
        assert violations(pod) + shortcomings(pod) == []
        assert given[name] <= mounted_files(pod)


@pytest.mark.parametrize("folder", [K8S, K8S / "before"], ids=["k8s", "before"])
def test_kubectl_builds_the_plain_manifests(folder: Path) -> None:
    built = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=True)
    assert len(objects(built.stdout)) >= 3
