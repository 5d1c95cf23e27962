"""A command is carried out once and says the same whenever it is repeated."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.unit.platform.http.test_problems import the_problem
from tests.unit.platform.http.toy import A_TOY, Stand

pytestmark = pytest.mark.anyio

KEY = {"idempotency-key": "order-1"}


async def test_a_repeated_command_is_carried_out_once_and_answers_byte_for_byte(toys: Stand) -> None:
    async with toys.client() as client:
        first = await client.post("/v1/toys", json=A_TOY, headers=KEY)
        again = await client.post("/v1/toys", json=A_TOY, headers=KEY)
    assert toys.workshop.made == ["drum"]
    assert (first.status_code, first.headers["location"], first.headers["etag"]) == (
        201,
        "/v1/toys/drum",
        '"1"',
    )
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    for name in ("content-type", "location", "etag"):
        assert again.headers[name] == first.headers[name]
    assert (again.status_code, again.content) == (first.status_code, first.content)


async def test_a_refusal_is_an_answer_and_is_repeated_as_one(toys: Stand) -> None:
    async with toys.client() as client:
        first = await client.post("/v1/toys", json={**A_TOY, "name": "state"}, headers=KEY)
        again = await client.post("/v1/toys", json={**A_TOY, "name": "state"}, headers=KEY)
    the_problem(first, 409, "already-made")
    assert (again.status_code, again.content) == (409, first.content)
    assert (again.headers["content-type"], again.headers["idempotent-replayed"]) == (
        "application/problem+json",
        "true",
    )


async def test_two_that_are_refused_at_once_get_the_same_answer(toys: Stand) -> None:
    both_began = asyncio.Barrier(2)
    toys.workshop.slowly = both_began.wait  # type: ignore[assignment]  # what it returns is of no use
    async with toys.client() as client:
        asked = [client.post("/v1/toys", json={**A_TOY, "name": "state"}, headers=KEY) for _ in range(2)]
        first, second = sorted(await asyncio.gather(*asked), key=lambda a: "idempotent-replayed" in a.headers)
    the_problem(first, 409, "already-made")
    assert second.headers["idempotent-replayed"] == "true"
    assert (second.status_code, second.content) == (409, first.content)


@pytest.mark.parametrize("name", ["gone", "stale", "not-yet", "down", "bug"])
async def test_what_may_still_succeed_is_not_remembered(toys: Stand, name: str) -> None:
    async with toys.client() as client:
        for _ in range(2):
            response = await client.post("/v1/toys", json={**A_TOY, "name": name}, headers=KEY)
            assert "idempotent-replayed" not in response.headers
    assert not toys.workshop.memory.answers


async def test_an_acknowledgement_that_was_lost_is_found_again(toys: Stand) -> None:
    async with toys.client() as client:
        response = await client.post("/v1/toys", json={**A_TOY, "name": "unacknowledged"}, headers=KEY)
    assert (response.status_code, response.headers["idempotent-replayed"]) == (201, "true")
    assert toys.workshop.made == ["unacknowledged"]


@pytest.mark.parametrize(
    "key", ["", '""', "a b", "ä", '"', '"a', 'a"b"', '"a"b"', "x" * 256, f'"{"x" * 256}"', "a\tb"]
)
async def test_a_malformed_key_is_400(toys: Stand, key: str) -> None:
    async with toys.client() as client:
        headers = {"idempotency-key": key.encode("latin-1")}
        response = await client.post("/v1/toys", json=A_TOY, headers=headers)  # type: ignore[arg-type]
    if key == 'a"b"':
        assert response.status_code == 201
    else:
        the_problem(response, 400, "idempotency-key-malformed")


async def test_a_missing_key_is_400(toys: Stand) -> None:
    async with toys.client() as client:
        the_problem(await client.post("/v1/toys", json=A_TOY), 400, "idempotency-key-missing")
    assert not toys.workshop.made


async def test_quoted_and_bare_are_the_same_key(toys: Stand) -> None:
    async with toys.client() as client:
        for key in ("x" * 255, f'"{"x" * 255}"'):
            assert (
                await client.post("/v1/toys", json=A_TOY, headers={"idempotency-key": key})
            ).status_code == 201
    assert toys.workshop.made == ["drum"]


OTHERS: list[dict[str, Any]] = [
    {"json": {**A_TOY, "name": "flute"}},
    {"json": {**A_TOY, "pieces": 2}},
    {"headers": {**KEY, "content-type": "application/json; charset=utf-8"}, "content": json.dumps(A_TOY)},
    {"headers": {**KEY, "if-match": '"1"'}},
    {"params": {"shelf": "1"}},
]


@pytest.mark.parametrize("other", OTHERS, ids=range(len(OTHERS)))
async def test_another_command_by_the_same_key_is_422(toys: Stand, other: dict[str, Any]) -> None:
    async with toys.client() as client:
        await client.post("/v1/toys", json=A_TOY, headers=KEY)
        arguments = {"json": A_TOY, "headers": KEY, **other}
        if "content" in other:
            del arguments["json"]
        response = await client.post("/v1/toys", **arguments)
    the_problem(response, 422, "idempotency-key-reused")
    assert toys.workshop.made == ["drum"]


async def test_the_path_is_part_of_what_was_asked(toys: Stand) -> None:
    async with toys.client() as client:
        headers = {**KEY, "if-match": '"1"'}
        assert (await client.post("/v1/toys/drum/repair", headers=headers)).status_code == 200
        response = await client.post("/v1/toys/flute/repair", headers=headers)
    the_problem(response, 422, "idempotency-key-reused")


async def test_a_body_that_no_one_reads_is_part_of_what_was_asked(toys: Stand) -> None:
    async with toys.client() as client:
        headers = {**KEY, "if-match": '"1"'}
        assert (await client.post("/v1/toys/drum/repair", headers=headers)).status_code == 200
        response = await client.post("/v1/toys/drum/repair", headers=headers, content=b"quickly")
    the_problem(response, 422, "idempotency-key-reused")


async def test_how_the_same_thing_is_written_down_does_not_matter(toys: Stand) -> None:
    async with toys.client() as client:
        headers = {**KEY, "content-type": "application/json"}
        toy = {**A_TOY, "parts": {"skin": "goat", "rim": "ash"}}
        await client.post("/v1/toys?shelf=1&row=2", content=json.dumps(toy), headers=headers)
        toy = {**A_TOY, "parts": {"rim": "ash", "skin": "goat"}}
        spaced = json.dumps(dict(reversed(list(toy.items()))), indent=2)
        response = await client.post("/v1/toys?row=2&shelf=1", content=spaced, headers=headers)
    assert response.headers["idempotent-replayed"] == "true"


async def test_keys_of_other_clients_and_tenants_are_other_keys(toys: Stand) -> None:
    async with toys.client() as ours, toys.client(client="other-app") as theirs:
        for client in (ours, theirs):
            assert (await client.post("/v1/toys", json=A_TOY, headers=KEY)).status_code == 201
    assert toys.workshop.made == ["drum", "drum"]


async def test_who_may_no_longer_call_is_not_told_what_was_answered(toys: Stand) -> None:
    async with toys.client("buyer") as before, toys.client("warehouse") as after:
        await before.post("/v1/toys", json=A_TOY, headers=KEY)
        the_problem(await after.post("/v1/toys", json=A_TOY, headers=KEY), 403, "role-missing")


async def test_the_version_is_named_by_a_strong_etag(toys: Stand) -> None:
    async with toys.client() as client:
        missing = await client.post("/v1/toys/drum/repair", headers=KEY)
        the_problem(missing, 428, "if-match-missing")
        for sent in ("*", "7", 'W/"7"', '"7", "8"', '"00"', '"-1"', '"07"', '"abc"', '"9999999999"', '""'):
            response = await client.post("/v1/toys/drum/repair", headers={**KEY, "if-match": sent})
            the_problem(response, 400, "if-match-malformed")
        good = await client.post("/v1/toys/drum/repair", headers={**KEY, "if-match": '"7"'})
    assert (good.status_code, good.headers["etag"]) == (200, '"8"')


@pytest.mark.parametrize(
    ("sent", "status"),
    [('"7"', 304), ('W/"7"', 304), ('"1", "7"', 304), ("*", 304), ('"8"', 200), ("7", 200), ("", 200)],
)
async def test_who_has_this_version_is_not_sent_it_again(toys: Stand, sent: str, status: int) -> None:
    async with toys.client() as client:
        response = await client.get("/v1/toys/drum", headers={"if-none-match": sent})
    assert (response.status_code, response.headers["etag"]) == (status, '"7"')
    assert bool(response.content) == (status == 200)


async def test_sixty_four_at_once_by_one_key_have_one_effect(toys: Stand) -> None:
    async with toys.client() as client:

        async def send() -> httpx.Response:
            return await client.post("/v1/toys", json=A_TOY, headers=KEY)

        answers = await asyncio.gather(*(send() for _ in range(64)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, b'{"name":"drum"}')}
    assert toys.workshop.made == ["drum"]
