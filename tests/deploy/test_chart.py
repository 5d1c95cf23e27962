"""The chart, as far as it can be read without helm; `make chart` asks helm and kubectl themselves."""

import json
import re
from hashlib import sha256

import pytest
import yaml
from jsonschema import Draft7Validator

from procurement.settings import BackgroundSettings
from tests.deploy.manifests import CHART, DEPLOY, K8S

VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA = Draft7Validator(json.loads((CHART / "values.schema.json").read_text()))
GIVEN = yaml.safe_load((K8S / "values.yaml").read_text())


@pytest.mark.parametrize("name", ["procurement.yaml", "before/jobs.yaml"])
def test_the_plain_manifests_were_rendered_from_this_chart(name: str) -> None:
    files = sorted(str(path.relative_to(DEPLOY)) for path in CHART.rglob("*") if path.is_file())
    source = sha256(b"".join((DEPLOY / file).read_bytes() for file in [*files, "k8s/values.yaml"]))
    assert f"# source: {source.hexdigest()}\n" in (K8S / name).read_text(), "run deploy/render (needs helm)"


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
    assert {*BackgroundSettings.secrets, *(f"{each}_FILE" for each in BackgroundSettings.secrets)} <= refused
    assert refused <= {name.upper() for name in BackgroundSettings.model_fields} | {
        f"{each}_FILE" for each in BackgroundSettings.secrets
    }


def test_the_chart_needs_the_settings_that_have_no_default() -> None:
    required = {
        name.upper() for name, field in BackgroundSettings.model_fields.items() if field.is_required()
    }
    by_chart = set(SCHEMA.schema["properties"]["settings"]["required"])
    assert required - by_chart == {"DATABASE_URL"}
    assert by_chart <= required
