"""What was issued, over HTTP: what its supplier sees of it, and what is said of its lines."""

from typing import Any

import pytest

from procurement.platform.uuid7 import uuid7
from tests.unit.purchasing.shop import DRAFT, Person, Shop

pytestmark = pytest.mark.anyio


def of_the_supplier(market: Shop) -> Person:
    return market.of("sue", roles=["supplier"], supplier=DRAFT["supplier_id"])


def of_another(market: Shop) -> Person:
    return market.of("sam", roles=["supplier"], supplier=f"sup_{uuid7()}")


async def issues(market: Shop) -> str:
    order = await market.of("bea").drafts()
    for who, command, body, seen in (
        ("bea", "submit", None, 1),
        ("ann", "approve", {}, 2),
        ("fin", "issue", None, 3),
    ):
        assert (await market.of(who).sends(f"{order}/{command}", body, seen=seen)).status_code == 200
    return order


async def test_a_supplier_sees_what_was_issued_to_him_and_nothing_else(market: Shop) -> None:
    draft, issued = await market.of("bea").drafts(), await issues(market)
    own, other = of_the_supplier(market), of_another(market)
    assert [(await own.gets(order)).status_code for order in (draft, issued)] == [404, 200]
    assert [(await other.gets(order)).status_code for order in (draft, issued)] == [404, 404]
    listed = [(await who.gets("/purchase-orders")).json()["items"] for who in (own, other)]
    assert [[each["id"] for each in items] for items in listed] == [[issued.rpartition("/")[2]], []]


async def test_a_supplier_is_not_told_who_approved_his_order(market: Shop) -> None:
    order, sue = await issues(market), of_the_supplier(market)
    assert (await market.of("aud").gets(order)).json()["approval"]["given"]
    assert (await sue.gets(order)).json()["approval"] is None
    assert (await sue.gets(f"{order}/history")).status_code == 403
    assert (await sue.sends(f"{order}/acknowledge", {}, seen=4)).json()["approval"] is None


@pytest.mark.parametrize("told", ["bea", "sue"])
async def test_an_answer_is_not_repeated_to_a_supplier_to_whom_it_was_not_told(
    market: Shop, told: str
) -> None:
    order = await issues(market)
    who = market.of("bea") if told == "bea" else of_the_supplier(market)
    answer = await who.sends(f"{order}/acknowledge", {}, seen=4, key="k")
    assert answer.status_code == 200, answer.text
    asked = await of_another(market).sends(f"{order}/acknowledge", {}, seen=4, key="k")
    assert (asked.status_code, "idempotent-replayed" in asked.headers) == (404, False)
    again = await of_the_supplier(market).sends(f"{order}/acknowledge", {}, seen=4, key="k")
    assert ("idempotent-replayed" in again.headers) == (told == "sue")


@pytest.mark.parametrize(
    ("command", "member", "body"),
    [
        ("close-short", "lines", {"reason": "enough", "lines": [{"line": 1, "quantity": "1"}] * 2}),
        ("acknowledge", "proposals", {"proposals": [{"line": 1, "quantity": "2"}, {"line": 1}]}),
    ],
)
async def test_a_line_that_is_named_twice_is_refused(
    market: Shop, command: str, member: str, body: dict[str, Any]
) -> None:
    order = await issues(market)
    answer = await market.of("bea").sends(f"{order}/{command}", body, seen=4)
    assert answer.status_code == 422
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [
        ("line-repeated", f"/{member}/1/line")
    ]
    assert (await market.of("bea").gets(order)).json()["version"] == 4
