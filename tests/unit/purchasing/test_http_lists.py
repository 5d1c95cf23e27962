"""Lists of orders over HTTP: pages and filters."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.unit.purchasing.shop import Person, Shop

pytestmark = pytest.mark.anyio


async def test_a_list_goes_on_by_cursor_and_refuses_a_foreign_one(market: Shop) -> None:
    bea = market.of("bea")
    for _ in range(3):
        await bea.drafts()
    first = (await bea.gets("/purchase-orders", params={"page_size": 2, "sort": "created_at"})).json()
    rest = await bea.gets(
        "/purchase-orders", params={"page_size": 2, "sort": "created_at", "cursor": first["next"]}
    )
    assert [o["number"] for o in first["items"] + rest.json()["items"]] == [
        "PO-2026-000001",
        "PO-2026-000002",
        "PO-2026-000003",
    ]
    assert rest.json()["next"] is None
    for params in ({"sort": "total"}, {"sort": "created_at", "status": "Draft"}):
        other = await bea.gets("/purchase-orders", params={**params, "cursor": first["next"]})
        assert (other.status_code, other.json()["code"]) == (400, "cursor-invalid")


async def _numbers(bea: Person, url: str) -> tuple[list[str], Mapping[str, str]]:
    """What is on a page, and where its links lead: to the cursors that its body names."""
    answer = await bea.client.get(url)
    page = answer.json()
    links = {str(rel): link["url"] for rel, link in answer.links.items()}
    assert {rel: page[rel] for rel in ("next", "prev") if page[rel]} == {
        rel: parse_qs(urlsplit(link).query)["cursor"][0] for rel, link in links.items()
    }
    return [order["number"][-1] for order in page["items"]], links


async def test_what_came_before_the_first_page_appears_when_one_pages_back(market: Shop) -> None:
    bea = market.of("bea")
    for _ in range(4):
        await bea.drafts()
    first, links = await _numbers(bea, "/v1/purchase-orders?page_size=2&status=Draft")
    assert (first, set(links)) == (["4", "3"], {"next"})
    second, links = await _numbers(bea, links["next"])
    assert (second, set(links)) == (["2", "1"], {"prev"})
    await bea.drafts()
    again, links = await _numbers(bea, links["prev"])
    assert (again, set(links)) == (first, {"next", "prev"})
    newest, links = await _numbers(bea, links["prev"])
    assert (newest, set(links)) == (["5"], {"next"})
    assert (await _numbers(bea, links["next"]))[0] == first


async def test_back_from_a_page_before_which_nothing_is_left_one_finds_the_beginning(market: Shop) -> None:
    bea = market.of("bea")
    drafted = [await bea.drafts() for _ in range(4)]
    _, links = await _numbers(bea, "/v1/purchase-orders?page_size=2&status=Draft")
    _, links = await _numbers(bea, links["next"])
    for path in drafted[2:]:
        assert (await bea.sends(f"{path}/cancel", {"reason": "not needed"}, seen=1)).status_code == 200
    nothing, links = await _numbers(bea, links["prev"])
    assert (nothing, set(links)) == ([], {"next"})
    rest, links = await _numbers(bea, links["next"])
    assert (rest, links) == (["2", "1"], {})


async def test_a_cursor_that_leads_back_is_bound_like_one_that_leads_on(market: Shop) -> None:
    bea = market.of("bea")
    for _ in range(2):
        await bea.drafts()
    first = (await bea.gets("/purchase-orders", params={"page_size": 1})).json()
    second = (await bea.gets("/purchase-orders", params={"page_size": 1, "cursor": first["next"]})).json()
    assert (await bea.gets("/purchase-orders", params={"cursor": second["prev"]})).json()["items"] == first[
        "items"
    ]
    for params in ({"sort": "created_at"}, {"sort": "total"}, {"status": "Draft"}):
        other = await bea.gets("/purchase-orders", params={**params, "cursor": second["prev"]})
        assert (other.status_code, other.json()["code"]) == (400, "cursor-invalid")


@pytest.mark.parametrize(
    "params",
    [
        {"status": "Lost"},
        {"supplier_id": "sup_1"},
        {"sort": "colour"},
        {"page_size": "0"},
        {"page_size": "-1"},
        {"page_size": "many"},
        {"created_from": "yesterday"},
        {"created_from": "2026-02-30T00:00:00Z"},
        {"created_from": "2026-02-03T00:00:00"},
        {"total_from": "NaN"},
        {"total_to": "-1"},
        {"number": "1"},
    ],
)
async def test_a_filter_that_means_nothing_is_refused(market: Shop, params: dict[str, str]) -> None:
    answer = await market.of("bea").gets("/purchase-orders", params=params)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
