"""The document tells who may call, what may be sent and what can be answered; the page needs nobody."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from litestar import Router, get

from procurement.platform.http.catalogue import KINDS
from procurement.platform.http.routing import OpenToAll
from tests.unit.platform.http.toy import Stand, stand

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def document(issuer_folder: Path, anyio_backend: str) -> Any:
    async with stand(issuer_folder).client() as client:
        del client.headers["authorization"]
        response = await client.get("/openapi.json")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    return response.json()


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def names(operation: Any) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", ())}


async def test_it_is_openapi_3_1_with_a_bearer_scheme(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert document["security"] == [{"bearer": []}]
    assert document["servers"]
    assert document["info"]["description"]


async def test_every_operation_has_a_name_of_its_own(document: Any) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert set(ids) == {"make_toy", "repair_toy", "toy", "toys", "healthz", "readyz", "version"}
    assert len(ids) == len(set(ids))


async def test_every_reference_leads_somewhere(document: Any) -> None:
    for reference in set(re.findall(r'"\$ref":"#/([^"]+)"', json.dumps(document, separators=(",", ":")))):
        found = document
        for step in reference.split("/"):
            found = found[step]


async def test_every_failure_is_declared_as_a_problem_with_an_example_of_each_code(document: Any) -> None:
    for path, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and path != "/readyz":
                (kind, content), *_ = answer["content"].items()
                assert kind == "application/problem+json"
                assert set(content["examples"]) == {k.code for k in KINDS if k.status == int(status)}


async def test_a_struct_that_refuses_unknown_fields_says_so(document: Any) -> None:
    toy = document["components"]["schemas"]["Toy"]
    assert toy["additionalProperties"] is False
    assert toy["required"] == ["name", "prices"]
    assert toy["properties"]["name"] == {
        "type": "string",
        "minLength": 1,
        "maxLength": 64,
        "description": "What it is called",
    }
    price = document["components"]["schemas"]["Price"]["properties"]["amount"]
    assert (price["type"], price["examples"]) == ("string", ["9.90"])
    assert re.search(price["pattern"], "9.90")
    assert not re.search(price["pattern"], "9.90\n")


async def test_every_operation_says_who_may_call_it(document: Any) -> None:
    repair = document["paths"]["/v1/toys/{name}/repair"]["post"]
    assert repair["x-roles"] == ["buyer", "warehouse"]
    assert repair["description"].endswith("May be called by: buyer, warehouse.")
    assert document["paths"]["/healthz"]["get"]["security"] == []


async def test_the_headers_of_commands_and_versions_are_declared(document: Any) -> None:
    make = document["paths"]["/v1/toys"]["post"]
    repair = document["paths"]["/v1/toys/{name}/repair"]["post"]
    page = document["paths"]["/v1/toys"]["get"]
    assert names(make) == {"Idempotency-Key", "shelf", "row"}
    assert names(repair) == {"Idempotency-Key", "If-Match", "name"}
    assert names(page) == {"most", "sort", "page_size", "cursor"}
    assert set(make["responses"]["201"]["headers"]) == {
        "ETag",
        "Idempotent-Replayed",
        "Location",
        "X-Request-ID",
    }
    assert "Retry-After" in make["responses"]["429"]["headers"]


async def test_a_route_that_does_not_say_who_may_call_it_stops_the_start(toys: Stand) -> None:
    from procurement.platform.http.app import create_app  # noqa: PLC0415

    @get("/secret")
    async def secret() -> None: ...

    with pytest.raises(OpenToAll, match="/v1/secret"):
        create_app([Router("/v1", route_handlers=[secret])], toys.surroundings)


async def test_the_page_is_whole_without_scripts_and_without_the_internet(toys: Stand) -> None:
    async with toys.client() as client:
        del client.headers["authorization"]
        response = await client.get("/docs")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    style = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)[0]
    policy = response.headers["content-security-policy"]
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"<script|https?://|\son\w+=|\sstyle=", response.text)
    for expected in ("/v1/toys/{name}/repair", "idempotency-key-reused", "May be called by: buyer", "Price"):
        assert expected in response.text


async def test_options_tell_all_methods_of_a_path(toys: Stand) -> None:
    async with toys.client() as client:
        response = await client.options("/v1/toys")
    assert (response.status_code, response.headers["allow"]) == (204, "GET, OPTIONS, POST")


async def test_a_misspelled_filter_does_not_answer_with_everything(toys: Stand) -> None:
    async with toys.client() as client:
        response = await client.get("/v1/toys?mots=5&most=5")
    assert (response.status_code, response.json()["errors"]) == (
        400,
        [{"parameter": "mots", "code": "unknown-parameter", "detail": "there is no such parameter"}],
    )
