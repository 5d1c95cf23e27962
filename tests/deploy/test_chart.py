"""The chart: what is committed is what it renders, and wrong values are refused. Where there is a helm, it is
asked."""

import json
import re
import shutil
import subprocess
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from procurement.settings import Settings
from tests.deploy.manifests import CHART, DEPLOY, K8S, objects, pods
from tests.deploy.restricted import shortcomings, violations

HELM, KUBECTL = shutil.which("helm"), shutil.which("kubectl")
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA = Draft7Validator(json.loads((CHART / "values.schema.json").read_text()))
GIVEN = yaml.safe_load((K8S / "values.yaml").read_text())

needs_helm = pytest.mark.skipif(HELM is None, reason="helm renders; what is committed is tested without it")
needs_kubectl = pytest.mark.skipif(KUBECTL is None, reason="kubectl builds; its input is tested without it")


def template(*options: str) -> subprocess.CompletedProcess[str]:
    values = ("--values", str(K8S / "values.yaml"), "--kube-version", "1.34.0")
    return subprocess.run(
        ["helm", "template", "procurement", str(CHART), *values, *options],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["procurement.yaml", "before/jobs.yaml"])
def test_the_plain_manifests_were_rendered_from_this_chart(name: str) -> None:
    files = sorted(str(path.relative_to(DEPLOY)) for path in CHART.rglob("*") if path.is_file())
    source = sha256(b"".join((DEPLOY / file).read_bytes() for file in [*files, "k8s/values.yaml"]))
    assert f"# source: {source.hexdigest()}\n" in (K8S / name).read_text(), "run deploy/render (needs helm)"


@needs_helm
def test_the_plain_manifests_are_what_the_chart_renders(tmp_path: Path) -> None:
    subprocess.run([DEPLOY / "render", tmp_path], check=True)
    for name in ("procurement.yaml", "before/jobs.yaml"):
        committed = (K8S / name).read_text()
        assert (tmp_path / name).read_text() == committed, "run deploy/render"


@needs_helm
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


@needs_helm
@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("api.dbMaxConns=40", "connections to Postgres are needed but only 80"),
        ("api.replicas=6", "api.maxReplicas must not be less than api.replicas"),
        ("image.tag=latest", "/image/tag"),
        ("image.repository=", "/image/repository"),
        ("settings.DATABASE_URL=postgresql://x/y", "DATABASE_URL"),
        ("settings.KAFKA_BROKERS=null", "KAFKA_BROKERS"),
        ("replicas=3", "'replicas' not allowed"),
        ("shutdown.marginSeconds=1", "/shutdown/marginSeconds"),
    ],
)
def test_a_wrong_value_is_refused_before_anything_is_sent(option: str, told: str) -> None:
    rendered = template("--set", option)
    assert rendered.returncode != 0
    assert told in rendered.stderr


@needs_kubectl
@pytest.mark.parametrize("folder", [K8S, K8S / "before"], ids=["k8s", "before"])
def test_kubectl_builds_the_plain_manifests(folder: Path) -> None:
    built = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=True)
    assert len(objects(built.stdout)) >= 3


def test_the_defaults_lack_what_has_to_be_given_and_nothing_else() -> None:
    told = sorted(fault.message for fault in SCHEMA.iter_errors(VALUES))
    missing = re.findall(r"'(\w+)' is a required", "\n".join(told))
    assert missing == ["JWKS_URL", "JWT_AUDIENCE", "JWT_ISSUER", "KAFKA_BROKERS"]
    assert len(told) == 5
    together = {**VALUES, **GIVEN, "settings": {**VALUES["settings"], **GIVEN["settings"]}}
    assert list(SCHEMA.iter_errors(together)) == []


def test_the_schema_knows_every_value() -> None:
    assert VALUES.keys() == SCHEMA.schema["properties"].keys() - {"global"}


def test_secrets_and_what_the_chart_makes_are_no_settings() -> None:
    refused = set(SCHEMA.schema["properties"]["settings"]["propertyNames"]["not"]["enum"])
    assert {*Settings.secrets, *(f"{each}_FILE" for each in Settings.secrets)} <= refused
    assert refused <= {name.upper() for name in Settings.model_fields} | {
        f"{each}_FILE" for each in Settings.secrets
    }


def test_the_chart_needs_the_settings_that_have_no_default() -> None:
    required = {name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
    by_chart = set(SCHEMA.schema["properties"]["settings"]["required"])
    assert required - by_chart == {"DATABASE_URL"}
    assert by_chart <= required
