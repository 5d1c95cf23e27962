"""Receiving over HTTP: goods come, are inspected, kept, sent back; and what bad input gets."""

from typing import Any

import pytest

from procurement.kernel.ids import OrderId, TenantId
from procurement.platform.uuid7 import uuid7
from tests.unit.receiving.builders import TENANT, an_ordered_line, news
from tests.unit.receiving.dock import PO, Dock, dock

pytestmark = pytest.mark.anyio

CAME = {"order_id": PO, "delivery_note": "DN-1", "lines": [{"line": 1, "received": "60"}]}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Dock:
    return dock(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
async def ramp(built: Dock) -> Dock:
    """With an order of 100 m on line 1 and 5 pieces on line 2."""
    built.empty()
    lines = (an_ordered_line(), an_ordered_line(2, "5", unit="C62"))
    await built.expectations.note(TENANT, news(lines=lines))
    return built


async def opens(ramp: Dock, received: str = "60", **more: Any) -> str:
    body = {"order_id": PO, "lines": [{"line": 1, "received": received}], **more}
    answer = await ramp.of("will").sends("/goods-receipts", body)
    assert answer.status_code == 201, answer.text
    return f"/goods-receipts/{answer.json()['id']}"


async def test_goods_come_are_inspected_kept_and_sent_back(ramp: Dock) -> None:
    will, wendy, ben = ramp.of("will"), ramp.of("wendy"), ramp.of("ben")
    answer = await will.sends("/goods-receipts", CAME)
    receipt = f"/goods-receipts/{answer.json()['id']}"
    assert (answer.status_code, answer.headers["location"]) == (201, f"/v1{receipt}")
    torn = {"line": 1, "rejected": "2.5", "reason": "torn"}
    rusty = {"reason": "rust", "lines": [{"line": 1, "quantity": "7.5"}]}
    for who, command, body, seen, status, pending, accepted in (
        (wendy, "verify", {"lines": [torn]}, 1, "Discrepant", "57.5", "0"),
        (ben, "assign", {"discrepancy": 1, "owner": "ben"}, 2, "Discrepant", "57.5", "0"),
        (ben, "resolve", {"reason": "keep the rest"}, 3, "Verified", "0", "57.5"),
        (will, "return", rusty, 4, "Verified", "0", "50.0"),
    ):  # fmt: skip
        answer = await who.sends(f"{receipt}/{command}", body, seen=seen)
        assert (answer.status_code, answer.json()["status"]) == (200, status), answer.text
        line = answer.json()["lines"][0]
        assert (line["pending"], line["accepted"]) == (pending, accepted)
        assert answer.headers["etag"] == f'"{seen + 1}"'
    (found,) = answer.json()["discrepancies"]
    assert (found["kind"], found["owner"], found["resolution"]) == (
        "quantity-rejected",
        "ben",
        "keep the rest",
    )
    told = (await ramp.of("aud").gets(f"{receipt}/history")).json()["items"]
    assert [(e["action"], e["person"], e["to_status"]) for e in told] == [
        ("open", "will", "Open"),
        ("verify", "wendy", "Discrepant"),
        ("assign", "ben", "Discrepant"),
        ("resolve", "ben", "Verified"),
        ("return", "will", "Verified"),
    ]
    types = [fact.message.type.split(".")[2] for fact in ramp.store.facts]
    assert types == [
        "GoodsReceiptOpened",
        "GoodsReceiptDiscrepancyDetected",
        "GoodsReceiptDiscrepancyAssigned",
        "GoodsReceived",
        "GoodsReturned",
    ]


async def test_what_may_still_come_is_told_line_by_line(ramp: Dock) -> None:
    receipt = await opens(ramp)
    await ramp.of("wendy").sends(f"{receipt}/verify", {}, seen=1)
    await opens(ramp, "10")
    told = (await ramp.of("will").gets(f"/expected-orders/{PO}")).json()
    assert (told["status"], told["receivable"], told["order_number"]) == ("Issued", True, "PO-2026-000001")
    line = told["lines"][0]
    assert [line[name] for name in ("ordered", "accepted", "pending", "at_most", "room")] == [
        "100", "60", "10", "102", "32",
    ]  # fmt: skip
    assert (line["tolerance"]["percentage"], line["closed_short"]) == ("2", "0")


async def test_an_order_not_heard_of_yet_is_worth_another_try(ramp: Dock) -> None:
    will, unheard = ramp.of("will"), {**CAME, "order_id": f"po_{uuid7()}"}
    answer = await will.sends("/goods-receipts", unheard)
    assert (answer.status_code, answer.json()["code"]) == (409, "order-unknown")
    assert int(answer.headers["retry-after"]) >= 1
    assert (await will.gets(f"/expected-orders/{unheard['order_id']}")).status_code == 404


async def test_of_an_order_that_is_not_issued_nobody_claims_to_know_the_lines(ramp: Dock) -> None:
    draft = news(1, "Draft", order=OrderId(uuid7()), lines=())
    await ramp.expectations.note(TENANT, draft)
    answer = await ramp.of("will").sends("/goods-receipts", {**CAME, "order_id": f"po_{draft.order}"})
    assert [b["code"] for b in answer.json()["blockers"]] == ["order-not-open"]


@pytest.mark.parametrize("status", ["Cancelled", "Closed", "Disputed"])
async def test_an_order_that_is_not_open_takes_no_goods(ramp: Dock, status: str) -> None:
    await ramp.expectations.note(TENANT, news(9, status, lines=()))
    answer = await ramp.of("will").sends("/goods-receipts", CAME)
    assert (answer.status_code, answer.json()["code"]) == (409, "order-not-open")


async def test_more_than_ordered_and_tolerated_is_refused_with_the_figures(ramp: Dock) -> None:
    lines = [{"line": 2, "received": "6"}, {"line": 1, "received": "102.000001"}]
    answer = await ramp.of("will").sends("/goods-receipts", {**CAME, "lines": lines})
    assert answer.status_code == 422
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [
        ("over-receipt", "/lines/0/received"),
        ("over-receipt", "/lines/1/received"),
    ]
    assert "102.000001 is 0.000001 too much" in answer.json()["blockers"][1]["detail"]


@pytest.mark.parametrize("number", [0, 1_000_001, 10**38])
async def test_what_cannot_be_the_number_of_a_discrepancy_is_refused(ramp: Dock, number: int) -> None:
    receipt = await opens(ramp)
    answer = await ramp.of("ben").sends(f"{receipt}/assign", {"discrepancy": number, "owner": "ben"}, seen=1)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-body")
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/discrepancy"]


@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [
        ([{"line": 2, "received": "1.5"}], 422, "bad-quantity"),
        ([{"line": 1, "received": "0"}], 422, "bad-quantity"),
        ([{"line": 1, "received": "-1"}], 422, "invalid-body"),
        ([{"line": 1, "received": 60}], 422, "invalid-body"),
        ([{"line": 1, "received": "1e2"}], 422, "invalid-body"),
        ([{"line": 1, "received": "0.0000001"}], 422, "invalid-body"),
        ([{"line": 3, "received": "1"}], 422, "line-unknown"),
        ([{"line": 1, "received": "1"}, {"line": 1, "received": "1"}], 422, "line-repeated"),
        ([], 422, "invalid-body"),
    ],
)
async def test_what_cannot_have_come_is_refused(ramp: Dock, lines: Any, status: int, code: str) -> None:
    answer = await ramp.of("will").sends("/goods-receipts", {**CAME, "lines": lines})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ramp.store.receipts == {}


async def test_the_first_answer_is_replayed_byte_for_byte_refusals_too(ramp: Dock) -> None:
    will, few = ramp.of("will"), {**CAME, "lines": [{"line": 1, "received": "10"}]}
    first = await will.sends("/goods-receipts", few, key="k1")
    again = await will.sends("/goods-receipts", few, key="k1")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    refused = await will.sends("/goods-receipts", few, key="k2")
    assert (refused.status_code, refused.json()["code"]) == (409, "delivery-note-received")
    await will.sends(f"/goods-receipts/{first.json()['id']}/reverse", {"reason": "miscount"}, seen=1)
    same = await will.sends("/goods-receipts", few, key="k2")
    assert (same.status_code, same.content) == (409, refused.content)
    assert len(ramp.store.receipts) == 1


async def test_a_decision_names_the_version_that_was_seen(ramp: Dock) -> None:
    receipt = await opens(ramp)
    wendy = ramp.of("wendy")
    await wendy.sends(f"{receipt}/verify", {}, seen=1)
    stale = await wendy.sends(f"{receipt}/reverse", {"reason": "miscount"}, seen=1)
    assert (stale.status_code, stale.json()["code"]) == (412, "version-mismatch")
    blind = await wendy.sends(f"{receipt}/reverse", {"reason": "miscount"})
    assert (blind.status_code, blind.json()["code"]) == (428, "if-match-missing")


async def test_who_ordered_the_goods_does_not_receive_them(ramp: Dock) -> None:
    answer = await ramp.of("bea.buyer").sends("/goods-receipts", CAME)
    assert (answer.status_code, answer.json()["code"]) == (403, "receiver-is-requester")


async def test_roles_are_held(ramp: Dock) -> None:
    receipt = await opens(ramp)
    for person in ("ben", "aud", "tia", "sue"):
        answer = await ramp.of(person).sends("/goods-receipts", CAME)
        assert (answer.status_code, answer.json()["code"]) == (403, "role-missing"), person
    assert (await ramp.of("sue").gets(receipt)).status_code == 403
    assert (await ramp.of("aud").gets(receipt)).status_code == 200


async def test_actions_tell_what_forbids_the_rest(ramp: Dock) -> None:
    receipt = await opens(ramp)
    told = (await ramp.of("will").gets(f"{receipt}/actions")).json()["actions"]
    by_name = {action["command"]: [b["code"] for b in action["blockers"]] for action in told}
    assert by_name["verify"] == by_name["reverse"] == []
    assert by_name["return"] == ["receipt-state"]
    assert by_name["close"] == ["receipt-state", "not-billed", "role-missing"]


async def test_another_tenants_receipts_and_orders_are_not_there(ramp: Dock) -> None:
    receipt, elsewhere = await opens(ramp), TenantId(uuid7())
    will = ramp.of("will", tenant=elsewhere)
    for path in (receipt, f"{receipt}/history", f"{receipt}/actions", f"/expected-orders/{PO}"):
        assert (await will.gets(path)).status_code == 404
    assert (await will.sends("/goods-receipts", CAME)).json()["code"] == "order-unknown"
    assert (await will.gets("/goods-receipts")).json()["items"] == []


@pytest.mark.parametrize("path", ["/goods-receipts/grn_1", f"/goods-receipts/{PO}", "/expected-orders/x"])
async def test_what_is_no_id_is_not_found(ramp: Dock, path: str) -> None:
    assert (await ramp.of("aud").gets(path)).status_code == 404


async def test_lists_are_paged_by_filter(ramp: Dock) -> None:
    made = [await opens(ramp, "1", delivery_note=f"DN-{n}") for n in range(3)]
    aud = ramp.of("aud")
    first = (await aud.gets("/goods-receipts", params={"page_size": 2, "status": "Open"})).json()
    second = await aud.gets(
        "/goods-receipts", params={"page_size": 2, "status": "Open", "cursor": first["next"]}
    )
    ids = [item["id"] for page in (first, second.json()) for item in page["items"]]
    assert sorted(ids) == sorted(path.removeprefix("/goods-receipts/") for path in made)
    assert len(first["items"]) == 2
    back = {"page_size": 2, "status": "Open", "cursor": second.json()["prev"]}
    assert (await aud.gets("/goods-receipts", params=back)).json()["items"] == first["items"]
    one = (await aud.gets("/goods-receipts", params={"delivery_note": "DN-1"})).json()["items"]
    assert [item["delivery_note"] for item in one] == ["DN-1"]
    assert (await aud.gets("/goods-receipts", params={"order_id": "po_1"})).status_code == 400


async def test_the_policy_has_versions_and_bounds(ramp: Dock) -> None:
    tia = ramp.of("tia")
    default = await tia.gets("/receiving-policy")
    assert (default.json()["version"], default.json()["over"]["percentage"]) == (0, "2")
    exact = {"over": {"percentage": "0"}, "under": {"percentage": "1", "cap": "5"}}
    decided = await tia.sends("/receiving-policy", exact, seen=0, method="PUT")
    assert (decided.status_code, decided.json()["version"]) == (200, 1)
    assert (await tia.sends("/receiving-policy", exact, seen=0, method="PUT")).status_code == 412
    lax = {**exact, "over": {"percentage": "10.0001"}}
    refused = await tia.sends("/receiving-policy", lax, seen=1, method="PUT")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "bad-tolerance")
    answer = await ramp.of("will").sends(
        "/goods-receipts", {**CAME, "lines": [{"line": 1, "received": "100.002"}]}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "over-receipt")


async def test_a_line_named_twice_does_not_go_back(ramp: Dock) -> None:
    receipt = await opens(ramp)
    await ramp.of("wendy").sends(f"{receipt}/verify", {}, seen=1)
    twice = {"reason": "rust", "lines": [{"line": 1, "quantity": "1"}, {"line": 1, "quantity": "2"}]}
    answer = await ramp.of("will").sends(f"{receipt}/return", twice, seen=2)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "line-repeated")
