"""A cursor goes on where the page ended, in its own list only, and cannot be made or altered."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.platform.http.paging import Cursors
from procurement.platform.http.problems import Problem
from tests.unit.platform.http.test_problems import the_problem
from tests.unit.platform.http.toy import NOW, Stand

CURSORS = Cursors(bytes(range(32)), lambda: NOW)
BINDING = b"tenant, path and filters"


@given(st.lists(st.none() | st.integers(-(2**62), 2**62) | st.text(max_size=40), max_size=4), st.booleans())
def test_a_cursor_says_again_what_was_sealed(position: list[str | int | None], backwards: bool) -> None:
    sealed = CURSORS.seal(tuple(position), BINDING, backwards=backwards)
    assert CURSORS.open(sealed, BINDING) == (tuple(position), backwards)


def test_any_altered_bit_is_noticed() -> None:
    sealed = CURSORS.seal(("2026-11-21", 7), BINDING)
    for altered in _altered(sealed):
        with pytest.raises(Problem) as refused:
            CURSORS.open(altered, BINDING)
        assert refused.value.kind.code == "cursor-invalid"


def _altered(text: str) -> Iterator[str]:
    for place in range(len(text)):
        for bit in range(7):
            letter = chr(ord(text[place]) ^ 1 << bit)
            yield text[:place] + letter + text[place + 1 :]
    yield from (text[:-1], text + "A", text + "=", "", "A" * 5000, "ä", "AAAA")


def test_a_cursor_of_another_list_or_key_means_nothing() -> None:
    sealed = CURSORS.seal((1,), BINDING)
    for cursors, binding in ((CURSORS, b"other"), (Cursors(bytes(32), lambda: NOW), BINDING)):
        with pytest.raises(Problem):
            cursors.open(sealed, binding)


def test_a_cursor_lives_three_days() -> None:
    clock = [NOW]
    cursors = Cursors(bytes(32), lambda: clock[0])
    sealed = cursors.seal((1,), BINDING)
    clock[0] = NOW + timedelta(days=3)
    assert cursors.open(sealed, BINDING)
    clock[0] += timedelta(seconds=1)
    with pytest.raises(Problem, match="expired"):
        cursors.open(sealed, BINDING)


@pytest.mark.anyio
async def test_pages_follow_one_another_to_the_end(toys: Stand) -> None:
    seen: list[str] = []
    async with toys.client() as client:
        url = "/v1/toys?page_size=40&most=5"
        while url:
            response = await client.get(url)
            page = response.json()
            assert set(page) == {"items", "next", "prev"}
            seen += [item["name"] for item in page["items"]]
            url = str(response.links["next"]["url"]) if "next" in response.links else ""
            assert bool(url) == bool(page["next"])
    assert seen == [str(n) for n in range(100)]


@pytest.mark.anyio
@pytest.mark.parametrize(("asked", "given_"), [("", 50), ("?page_size=7", 7), ("?page_size=9999", 100)])
async def test_the_page_size_is_fifty_or_what_is_asked_within_reason(
    toys: Stand, asked: str, given_: int
) -> None:
    async with toys.client() as client:
        assert len((await client.get(f"/v1/toys{asked}")).json()["items"]) == given_


@pytest.mark.anyio
@pytest.mark.parametrize("size", ["-1", "0", "x", "1.5", "", "٣", "1e3", "9" * 40])
async def test_a_senseless_page_size_is_400(toys: Stand, size: str) -> None:
    async with toys.client() as client:
        response = await client.get("/v1/toys", params={"page_size": size})
    the_problem(response, 400, "invalid-parameter")


@pytest.mark.anyio
async def test_a_cursor_belongs_to_its_filters_its_tenant_and_its_list(toys: Stand) -> None:
    async with toys.client() as client:
        cursor = (await client.get("/v1/toys?most=5")).json()["next"]
        for url in ("/v1/toys?most=6", "/v1/toys", "/v1/toys?most=7"):
            response = await client.get(url, params={"cursor": cursor} | _params(url))
            the_problem(response, 400, "cursor-invalid")
        same = await client.get("/v1/toys", params={"cursor": cursor, "most": "5", "page_size": "3"})
    assert [item["name"] for item in same.json()["items"]] == ["50", "51", "52"]


def _params(url: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in url.partition("?")[2].split("&") if pair)


def test_now_is_told_by_the_clock_alone() -> None:
    old = Cursors(bytes(32), lambda: datetime(2020, 1, 1, tzinfo=UTC)).seal((1,), BINDING)
    with pytest.raises(Problem):
        Cursors(bytes(32), lambda: NOW).open(old, BINDING)
