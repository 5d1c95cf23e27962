"""The document says of a body all that is checked before the rules are asked."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.published.api import described
from tests.unit.purchasing.shop import shop

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def schemas(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> Any:
    folder: Path = tmp_path_factory.mktemp("issuer")
    document = await shop(folder).of("bea").client.get("/openapi.json")
    return document.json()["components"]["schemas"]


async def test_what_holds_for_the_items_of_a_list_is_told(schemas: Any) -> None:
    levels = schemas["TierBody"]["properties"]["levels"]
    assert levels["items"] == {"type": "string", "pattern": r"^L[123](?!\n)$"}
    assert (levels["minItems"], levels["maxItems"]) == (1, 9)


async def test_what_holds_for_the_names_and_values_of_a_mapping_is_told(schemas: Any) -> None:
    rates = schemas["PolicyBody"]["properties"]["rates"]
    assert rates["propertyNames"]["pattern"] == r"^[A-Z]{3}(?!\n)$"
    assert rates["additionalProperties"]["pattern"].startswith("^[0-9]{1,9}")


async def test_what_may_be_left_out_says_what_it_then_is(schemas: Any) -> None:
    properties = schemas["PolicyBody"]["properties"]
    assert properties["approver_may_issue"] == {"type": "boolean", "default": False}
    assert "issuers" not in schemas["PolicyBody"]["required"]


def test_every_whole_number_that_may_be_sent_has_bounds() -> None:
    """Without them any number of digits gets in, more than a fingerprint or a column can hold."""
    schemas = described()["components"]["schemas"]
    numbers = {
        f"{name}.{field}": told
        for name in sent(described())
        for field, told in schemas[name].get("properties", {}).items()
        if told.get("type") == "integer"
    }
    assert "InvoicingPolicyBody.days_to_match" in numbers
    assert not [at for at, told in numbers.items() if not {"minimum", "maximum"} <= set(told)]


def sent(document: Any) -> set[str]:
    """The names of all schemas that a request body is made of."""
    names: set[str] = set()
    met = {
        name
        for operations in document["paths"].values()
        for operation in operations.values()
        for name in references(operation.get("requestBody"))
    }
    while met:
        names |= met
        met = {inner for name in met for inner in references(document["components"]["schemas"][name])} - names
    return names


def references(told: Any) -> set[str]:
    return set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(told, default=str)))


def test_every_process_describes_the_api_in_the_same_words() -> None:
    """A description beside a shared type is written over the type's own, by whichever field comes last."""
    tell = (
        "import json; from tests.published.api import described; print(json.dumps(described(), default=str))"
    )
    told = {
        subprocess.check_output(
            [sys.executable, "-c", tell], env={**os.environ, "PYTHONHASHSEED": str(seed)}, cwd=Path.cwd()
        )
        for seed in range(1, 6)
    }
    assert len(told) == 1
