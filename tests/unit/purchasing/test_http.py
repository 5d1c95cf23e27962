"""Purchasing over HTTP: the main job, and what bad input gets."""

import json
from dataclasses import replace
from typing import Any

import pytest

from procurement.platform.uuid7 import uuid7
from tests.unit.purchasing.shop import DRAFT, LINE, Shop

pytestmark = pytest.mark.anyio


async def test_an_order_goes_from_draft_to_acknowledged(market: Shop) -> None:
    bea, ann, fin = market.of("bea"), market.of("ann"), market.of("fin")
    order = await bea.drafts()
    for who, command, body, seen, status in (
        (bea, "submit", None, 1, "AwaitingApproval"),
        (ann, "approve", {}, 2, "Approved"),
        (fin, "issue", None, 3, "Issued"),
        (bea, "acknowledge", {"proposals": [{"line": 1, "quantity": "2"}]}, 4, "Acknowledged"),
    ):
        answer = await who.sends(f"{order}/{command}", body, seen=seen)
        assert (answer.status_code, answer.json()["status"]) == (200, status), answer.text
        assert answer.headers["etag"] == f'"{seen + 1}"'
    told = (await market.of("aud").gets(f"{order}/history")).json()["items"]
    assert [(e["action"], e["person"], e["to_status"]) for e in told] == [
        ("create", "bea", "Draft"),
        ("submit", "bea", "AwaitingApproval"),
        ("approve", "ann", "Approved"),
        ("issue", "fin", "Issued"),
        ("acknowledge", "bea", "Acknowledged"),
    ]


async def test_a_new_order_says_where_it_is_and_what_it_costs(market: Shop) -> None:
    bea = market.of("bea")
    answer = await bea.sends("/purchase-orders", DRAFT)
    body = answer.json()
    assert (answer.status_code, body["number"], body["total"]) == (
        201,
        "PO-2026-000001",
        {"amount": "30.00", "currency": "EUR"},
    )
    assert answer.headers["location"] == f"/v1/purchase-orders/{body['id']}"
    found = await bea.gets(f"/purchase-orders/{body['id']}")
    assert found.content == answer.content
    unchanged = await bea.gets(f"/purchase-orders/{body['id']}", headers={"if-none-match": '"1"'})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_the_first_answer_is_replayed_byte_for_byte(market: Shop) -> None:
    bea = market.of("bea")
    first = await bea.sends("/purchase-orders", DRAFT, key="k1")
    again = await bea.sends("/purchase-orders", DRAFT, key="k1")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    for name in ("etag", "location", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert len((await bea.gets("/purchase-orders")).json()["items"]) == 1


async def test_a_refusal_is_replayed_too_though_it_would_now_be_granted(market: Shop) -> None:
    bea, ann = market.of("bea"), market.of("ann")
    order = await bea.drafts()
    early = await ann.sends(f"{order}/approve", {}, seen=1, key="k1")
    await bea.sends(f"{order}/submit", seen=1)
    again = await ann.sends(f"{order}/approve", {}, seen=1, key="k1")
    assert (early.status_code, early.json()["code"]) == (409, "order-state")
    assert (again.status_code, again.content) == (409, early.content)


async def test_a_key_used_for_another_body_is_refused(market: Shop) -> None:
    bea = market.of("bea")
    await bea.sends("/purchase-orders", DRAFT, key="k1")
    other = await bea.sends("/purchase-orders", {**DRAFT, "note": "other"}, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_the_approver_decides_on_the_version_he_saw(market: Shop) -> None:
    bea, ann = market.of("bea"), market.of("ann")
    order = await bea.drafts()
    await bea.sends(f"{order}/submit", seen=1)
    await ann.sends(f"{order}/reject", {"reason": "too dear"}, seen=2)
    content = {key: value for key, value in DRAFT.items() if key != "supplier_id"}
    await bea.sends(f"{order}/revise", content, seen=3)
    await bea.sends(f"{order}/submit", seen=4)
    stale = await ann.sends(f"{order}/approve", {}, seen=2)
    assert (stale.status_code, stale.json()["code"]) == (412, "version-mismatch")
    blind = await ann.sends(f"{order}/approve", {})
    assert (blind.status_code, blind.json()["code"]) == (428, "if-match-missing")


async def test_every_blocker_is_told_with_its_code(market: Shop) -> None:
    order = await market.of("bea").drafts()
    actions = (await market.of("ann").gets(f"{order}/actions")).json()["actions"]
    approve = next(action for action in actions if action["command"] == "approve")
    assert (approve["allowed"], [b["code"] for b in approve["blockers"]]) == (False, ["order-state"])
    cancel = next(action for action in actions if action["command"] == "cancel")
    assert [b["code"] for b in cancel["blockers"]] == ["role-missing"]


async def test_a_supplier_not_heard_of_is_told_apart_from_one_not_eligible(market: Shop) -> None:
    bea = market.of("bea")
    unheard = await bea.sends("/purchase-orders", {**DRAFT, "supplier_id": f"sup_{uuid7()}"}, key="k1")
    assert (unheard.status_code, unheard.json()["code"]) == (409, "supplier-unknown")
    assert int(unheard.headers["retry-after"]) >= 1
    known_as(market, "Pending")
    pending = await bea.sends("/purchase-orders", DRAFT, key="k2")
    assert (pending.status_code, pending.json()["code"]) == (409, "supplier-pending")
    assert int(pending.headers["retry-after"]) >= 1
    known_as(market, "Approved")
    approved = await bea.sends("/purchase-orders", DRAFT, key="k2")
    assert approved.status_code == 201, "the news came, and the same key must not repeat the old answer"
    known_as(market, "Suspended")
    known = await bea.sends("/purchase-orders", DRAFT)
    assert (known.status_code, known.json()["code"]) == (409, "supplier-not-eligible")
    assert "retry-after" not in known.headers


def known_as(market: Shop, status: str) -> None:
    known = market.store.suppliers
    known.update({key: replace(standing, status=status) for key, standing in known.items()})


async def test_another_tenants_order_is_not_there(market: Shop) -> None:
    order = await market.of("bea").drafts()
    stranger = market.of("eve", roles=["buyer", "approver"], tenant=uuid7())
    assert (await stranger.gets(order)).status_code == 404
    assert (await stranger.gets(f"{order}/actions")).status_code == 404
    assert (await stranger.sends(f"{order}/cancel", {"reason": "mine"}, seen=1)).status_code == 404
    assert (await stranger.gets("/purchase-orders")).json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"surprise": 1}, "/surprise"),
        ({"supplier_id": "sup_1"}, "/supplier_id"),
        ({"currency": "eur"}, "/currency"),
        ({"currency": "XXX"}, "/currency"),
        ({"currency": "ABC"}, "/currency"),
        ({"lines": []}, "/lines"),
        ({"lines": [LINE] * 1001}, "/lines"),
        ({"lines": "all"}, "/lines"),
        ({"lines": [{**LINE, "name": ""}]}, "/lines/0/name"),
        ({"lines": [{**LINE, "name": " x"}]}, "/lines/0/name"),
        ({"lines": [{**LINE, "sku": "x" * 65}]}, "/lines/0/sku"),
        ({"lines": [{**LINE, "sku": "BOLT\n8"}]}, "/lines/0/sku"),
        ({"lines": [{**LINE, "gtin": "4006381333932"}]}, "/lines/0"),
        ({"lines": [{**LINE, "quantity": {"value": 1, "unit": "EA"}}]}, "/lines/0/quantity/value"),
        ({"lines": [{**LINE, "quantity": {"value": "0", "unit": "EA"}}]}, "/lines/0/quantity"),
        ({"lines": [{**LINE, "quantity": {"value": "1.5", "unit": "EA"}}]}, "/lines/0/quantity"),
        ({"lines": [{**LINE, "quantity": {"value": "1", "unit": "QQQ"}}]}, "/lines/0/quantity"),
        ({"lines": [{**LINE, "quantity": {"value": "1e3", "unit": "EA"}}]}, "/lines/0/quantity/value"),
        ({"lines": [{**LINE, "quantity": {"value": "1.0000001", "unit": "KGM"}}]}, "/lines/0/quantity/value"),
        ({"lines": [{**LINE, "price": {"amount": 1.1, "currency": "EUR"}}]}, "/lines/0/price/amount"),
        ({"lines": [{**LINE, "price": {"amount": "-1", "currency": "EUR"}}]}, "/lines/0/price/amount"),
        ({"lines": [{**LINE, "price": {"amount": "NaN", "currency": "EUR"}}]}, "/lines/0/price/amount"),
        ({"lines": [{**LINE, "price": {"amount": "9" * 15, "currency": "EUR"}}]}, "/lines/0/price/amount"),
        (
            {"lines": [{**LINE, "price": {"amount": "1." + "1" * 11, "currency": "EUR"}}]},
            "/lines/0/price/amount",
        ),
        ({"lines": [{**LINE, "price": {"amount": "١٢", "currency": "EUR"}}]}, "/lines/0/price/amount"),
        (
            {"lines": [{**LINE, "price": {"amount": "1", "currency": "EUR", "base_quantity": "0"}}]},
            "/lines/0/price",
        ),
        ({"lines": [{**LINE, "price": {"amount": "1", "currency": "USD"}}]}, "/lines/0/price/currency"),
        ({"currency": "EUR\n"}, "/currency"),
        ({"note": "To the back door.\n"}, "/note"),
        ({"lines": [{**LINE, "price": {"amount": "1\n", "currency": "EUR"}}]}, "/lines/0/price/amount"),
        ({"note": "a\x00b"}, None),
        ({"note": "a\x07b"}, "/note"),
    ],
)
async def test_a_draft_that_cannot_be_is_refused_with_the_field(
    market: Shop, changes: dict[str, Any], pointer: str | None
) -> None:
    bea = market.of("bea")
    answer = await bea.sends("/purchase-orders", {**DRAFT, **changes})
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    if pointer is not None:
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert market.store.orders == {}


async def test_every_field_that_is_wrong_is_told_at_once(market: Shop) -> None:
    lines = [
        {**LINE, "quantity": {"value": "1.5", "unit": "EA"}},
        LINE,
        {**LINE, "price": {"amount": "1", "currency": "EUR", "base_quantity": "0"}},
    ]
    answer = await market.of("bea").sends("/purchase-orders", {**DRAFT, "currency": "XAU", "lines": lines})
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["/currency", "/lines/0/quantity", "/lines/2/price"]


async def test_a_total_beyond_all_measure_is_refused(market: Shop) -> None:
    line = {
        **LINE,
        "price": {"amount": "9" * 14, "currency": "EUR"},
        "quantity": {"value": "9", "unit": "EA"},
    }
    answer = await market.of("bea").sends("/purchase-orders", {**DRAFT, "lines": [line] * 3})
    assert answer.status_code == 422
    assert market.store.orders == {}


async def test_more_going_back_than_coming_is_refused(market: Shop) -> None:
    back = {**LINE, "quantity": {"value": "-4", "unit": "XPP"}}
    answer = await market.of("bea").sends("/purchase-orders", {**DRAFT, "lines": [LINE, back]})
    assert (answer.status_code, answer.json()["code"]) == (422, "total-negative")


async def test_the_policy_is_decided_by_its_admin_on_the_version_he_saw(market: Shop) -> None:
    tia = market.of("tia")
    current = await tia.gets("/purchasing-policy")
    assert (current.status_code, current.headers["etag"]) == (200, '"0"')
    body = {
        "base_currency": "EUR",
        "tiers": [{"up_to": "100.00", "levels": ["L1"]}, {"levels": ["L2", "L3"]}],
    }
    decided = await tia.sends("/purchasing-policy", body, seen=0, method="PUT")
    assert (decided.status_code, decided.json()["version"]) == (200, 1), decided.text
    again = await tia.sends("/purchasing-policy", body, seen=0, method="PUT")
    assert again.status_code == 412
    assert (await market.of("bea").sends("/purchasing-policy", body, seen=1, method="PUT")).status_code == 403
    broken = {"base_currency": "EUR", "tiers": [{"up_to": "100.00", "levels": ["L1"]}]}
    refused = await tia.sends("/purchasing-policy", broken, seen=1, method="PUT")
    assert (refused.status_code, json.loads(refused.content)["errors"][0]["code"]) == (422, "bad-policy")


async def test_a_tiny_price_is_told_in_digits_everywhere(market: Shop) -> None:
    line = {**LINE, "price": {"amount": "0.0000001", "currency": "EUR"}}
    answer = await market.of("bea").sends("/purchase-orders", {**DRAFT, "lines": [line]})
    assert answer.json()["lines"][0]["price"]["amount"] == "0.0000001"
    (bea, ann, fin) = (market.of(name) for name in ("bea", "ann", "fin"))
    order = f"/purchase-orders/{answer.json()['id']}"
    await bea.sends(f"{order}/submit", seen=1)
    await ann.sends(f"{order}/approve", {}, seen=2)
    await fin.sends(f"{order}/issue", seen=3)
    issued = json.loads(market.store.facts[-1].message.payload)
    assert issued["lines"][0]["price"] == "0.0000001"


async def test_an_agreed_over_receipt_is_kept_and_bounded(market: Shop) -> None:
    bea = market.of("bea")
    line = {**LINE, "over_receipt": {"percentage": "5", "cap": "2"}}
    answer = await bea.sends("/purchase-orders", {**DRAFT, "lines": [line]})
    assert answer.json()["lines"][0]["over_receipt"] == {"percentage": "5", "cap": "2"}
    lax = {**LINE, "over_receipt": {"percentage": "10.1"}}
    refused = await bea.sends("/purchase-orders", {**DRAFT, "lines": [LINE, lax]})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "bad-tolerance")
    assert refused.json()["errors"][0]["pointer"] == "/lines/1/over_receipt"


async def test_the_same_item_on_two_lines_is_two_lines_to_the_end(market: Shop) -> None:
    """Lines are told apart by their number: two deliveries of one item are nothing wrong."""
    bea, ann, fin = market.of("bea"), market.of("ann"), market.of("fin")
    order = await bea.drafts(lines=[LINE, {**LINE, "quantity": {"value": "2", "unit": "XPP"}}])
    await bea.sends(f"{order}/submit", None, seen=1)
    await ann.sends(f"{order}/approve", {}, seen=2)
    await fin.sends(f"{order}/issue", None, seen=3)
    closed = await bea.sends(
        f"{order}/close-short", {"reason": "enough", "lines": [{"line": 2, "quantity": "1"}]}, seen=4
    )
    assert (closed.status_code, closed.json()["status"]) == (200, "Issued"), closed.text
    assert [(line["line"], line["sku"]) for line in closed.json()["lines"]] == [
        (1, "BOLT-M8"),
        (2, "BOLT-M8"),
    ]
