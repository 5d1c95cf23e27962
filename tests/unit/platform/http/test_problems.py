"""Every answer of status 400 and above is a problem of the catalogue, whoever gives it."""

from typing import Any

import msgspec
import pytest

from procurement.platform.http.problems import ProblemDetails
from tests.unit.platform.http.toy import A_TOY, Stand

pytestmark = pytest.mark.anyio


def the_problem(response: Any, status: int, code: str) -> ProblemDetails:
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    told = msgspec.json.decode(response.content, type=ProblemDetails)
    assert (told.status, told.code, told.type) == (status, code, f"/problems/{code}")
    assert told.request_id == response.headers["x-request-id"]
    assert "hunter2" not in response.text
    assert "db-7" not in response.text
    return told


REFUSED = [
    ("gone", 404, "not-found"),
    ("stale", 412, "version-mismatch"),
    ("not-yet", 409, "toy-unknown-yet"),
    ("state", 409, "already-made"),
    ("content", 422, "too-loud"),
    ("authority", 403, "self-approval"),
    ("down", 503, "unavailable"),
    ("lost", 503, "interrupted"),
    ("bug", 500, "internal"),
]


@pytest.mark.parametrize(("name", "status", "code"), REFUSED)
async def test_every_kind_of_error_has_its_status(toys: Stand, name: str, status: int, code: str) -> None:
    async with toys.client() as client:
        read = await client.get(f"/v1/toys/{name}")
        written = await client.post(
            "/v1/toys", json={**A_TOY, "name": name}, headers={"idempotency-key": "k"}
        )
    the_problem(read, status, code)
    the_problem(written, status, code)
    assert ("/v1/toys/{name}", "GET", status) in toys.meter.seen


async def test_all_blockers_are_listed_and_the_first_one_decides(toys: Stand) -> None:
    async with toys.client() as client:
        told = the_problem(await client.get("/v1/toys/state"), 409, "already-made")
    assert isinstance(told.blockers, list)
    assert isinstance(told.errors, list)
    assert [blocker.code for blocker in told.blockers] == ["already-made", "too-loud"]
    assert [error.pointer for error in told.errors] == ["/name"]


async def test_what_may_be_repeated_says_when(toys: Stand) -> None:
    async with toys.client() as client:
        for name in ("not-yet", "down", "lost"):
            assert (await client.get(f"/v1/toys/{name}")).headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "no-such-route"),
        ("GET", "/v1/toys/a/b/c", 404, "no-such-route"),
        ("DELETE", "/v1/toys", 405, "method-not-allowed"),
        ("TRACE", "/v1/toys", 405, "method-not-allowed"),
        ("BREW", "/v1/toys", 405, "method-not-allowed"),
        ("GET", "/v1/toys?most=0", 400, "invalid-parameter"),
        ("GET", "/v1/toys?most=many", 400, "invalid-parameter"),
        ("GET", "/v1/toys?page_size=-1", 400, "invalid-parameter"),
        ("GET", "/v1/toys?page_size=0", 400, "invalid-parameter"),
        ("GET", "/v1/toys?cursor=abc", 400, "cursor-invalid"),
        ("GET", "/v1/toys/%00", 400, "malformed-request"),
        ("GET", "/v1/toys?most=%00", 400, "malformed-request"),
    ],
)
async def test_the_router_and_the_parsers_speak_problem_json(
    toys: Stand, method: str, path: str, status: int, code: str
) -> None:
    async with toys.client() as client:
        response = await client.request(method, path)
    the_problem(response, status, code)
    if status == 405:
        assert set(response.headers["allow"].split(", ")) >= {"GET", "POST"}


async def test_a_fault_of_a_parameter_names_it(toys: Stand) -> None:
    async with toys.client() as client:
        told = the_problem(await client.get("/v1/toys?most=0"), 400, "invalid-parameter")
    assert isinstance(told.errors, list)
    assert [error.parameter for error in told.errors] == ["most"]


async def test_a_request_without_body_is_told_that_one_is_needed(toys: Stand) -> None:
    async with toys.client() as client:
        headers = {"idempotency-key": "k", "content-type": "application/json"}
        the_problem(await client.post("/v1/toys", headers=headers), 400, "body-missing")
