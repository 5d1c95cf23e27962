"""Every body of the document is shown by an example that fits its schema.

That it was really sent, taken and answered is what tests/unit/test_published.py holds."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.contract import Contract
from tests.published.api import described

DOCUMENT = described()
JSON = "application/json"
OPERATIONS = [each for methods in DOCUMENT["paths"].values() for each in methods.values()]


def bodies(operation: Any) -> Iterator[tuple[str, Any]]:
    """The media types of what is sent as JSON, and of what is then answered as JSON."""
    if JSON in (sent := operation.get("requestBody", {}).get("content", {})):
        yield "request", sent[JSON]
    for status, answer in operation["responses"].items():
        if status.startswith("2") and JSON in answer.get("content", {}):
            yield status, answer["content"][JSON]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["operationId"])
def test_every_body_has_an_example_that_fits(operation: Any) -> None:
    contract = Contract(DOCUMENT)
    for name, body in bodies(operation):
        contract.fits(body["schema"], body["example"], name)


def test_every_problem_that_is_shown_fits() -> None:
    contract = Contract(DOCUMENT)
    for name, example in DOCUMENT["components"]["examples"].items():
        contract.fits({"$ref": "#/components/schemas/ProblemDetails"}, example["value"], name)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["operationId"])
def test_everything_is_described(operation: Any) -> None:
    assert operation["summary"]
    assert [each["name"] for each in operation.get("parameters", ()) if not each.get("description")] == []
