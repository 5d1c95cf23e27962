"""A cursor goes on where the page ended, in its own list only, and cannot be made or altered."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.platform.http.paging import Cursors, Cut, Position, Turn
from procurement.platform.http.problems import Problem
from tests.unit.platform.http.test_problems import the_problem
from tests.unit.platform.http.toy import NOW, Sort, Stand

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


async def _walk(client: httpx.AsyncClient, url: str, rel: str) -> tuple[list[list[str]], str]:
    """The pages there are by that link, and the address of the last one."""
    pages = []
    while True:
        response = await client.get(url)
        page = response.json()
        assert {rel for rel in ("next", "prev") if page[rel]} == set(response.links)
        assert all(page[rel] in link["url"] for rel, link in response.links.items())
        pages.append([item["name"] for item in page["items"]])
        if rel not in response.links:
            return pages, url
        url = str(response.links[rel]["url"])


@pytest.mark.anyio
@pytest.mark.parametrize("size", [1, 7, 33, 50, 99, 100])
@pytest.mark.parametrize("sort", ["number", "-number"])
async def test_the_same_pages_lead_back_to_the_first(toys: Stand, size: int, sort: str) -> None:
    async with toys.client() as client:
        there, last = await _walk(client, f"/v1/toys?page_size={size}&sort={sort}", "next")
        back, first = await _walk(client, last, "prev")
    assert back[::-1] == there
    assert f"page_size={size}&" in first


Row = tuple[int, int]
ROWS = st.sets(st.tuples(st.integers(0, 3), st.integers(0, 9)))


def _pages(rows: Iterable[Row], sort: Sort, turn: Turn) -> list[Cut[Row]]:
    """Those from there on in that direction; the last one has no other."""
    step = 1 if turn.order(sort) is Sort.NUMBER else -1

    def place(row: Position) -> tuple[int, ...]:
        return tuple(step * int(part or 0) for part in row)

    order = sorted(rows, key=place)
    found = [row for row in order if not turn.position or place(row) > place(turn.position)]
    page = turn.cut(found[: turn.limit], lambda row: row)
    on = page.prev if turn.backwards else page.next
    return [page] if on is None else [page, *_pages(rows, sort, replace(turn, position=on))]


def _all(pages: Iterable[Cut[Row]]) -> list[Row]:
    return [row for page in pages for row in page.rows]


@given(ROWS, st.integers(1, 7), st.sampled_from(Sort))
def test_pages_lead_to_the_end_and_the_same_ones_back(rows: set[Row], size: int, sort: Sort) -> None:
    there = _pages(rows, sort, Turn(size))
    assert _all(there) == sorted(rows, reverse=sort is Sort.NUMBER_DESC)
    assert (there[0].prev, there[-1].next) == (None, None)
    if (before := there[-1].prev) is not None:
        assert _pages(rows, sort, Turn(size, before, backwards=True))[::-1] == there[:-1]


@given(ROWS, ROWS, st.integers(1, 7), st.sampled_from(Sort), st.booleans())
def test_whatever_came_and_went_meanwhile_no_page_is_a_dead_end(
    rows: set[Row], later: set[Row], size: int, sort: Sort, backwards: bool
) -> None:
    """From wherever one was, and however empty it is there now, everything can be reached."""
    first = _pages(rows, sort, Turn(size, backwards=backwards))[0]
    on, back = (first.prev, first.next) if backwards else (first.next, first.prev)
    assert back is None
    if on is None:
        return
    last = _pages(later, sort, Turn(size, on, backwards=backwards))[-1]
    back = last.next if backwards else last.prev
    assert back is not None
    pages = [last, *_pages(later, sort, Turn(size, back, backwards=not backwards))]
    assert _all(pages if backwards else pages[::-1]) == sorted(later, reverse=sort is Sort.NUMBER_DESC)


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
