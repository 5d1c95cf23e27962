"""Lists of orders over HTTP: pages and filters."""

import pytest

from tests.unit.purchasing.shop import Shop

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
