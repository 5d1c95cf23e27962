"""Goods over real processes: an order is issued, what comes of it is received, and the order knows."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.e2e.office import Office, an_office, until
from tests.e2e.platform import Platform

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(platform: Platform) -> AsyncGenerator[Office]:
    office = an_office(platform)
    async with office.client:
        yield office


async def receives(office: Office, order: str, quantity: str) -> str:
    """Once receiving has heard of the order; verified."""
    body = {"order_id": order.rpartition("/")[2], "lines": [{"line": 1, "received": quantity}]}
    answer = await until(
        lambda: office.ask("will", "POST", "/goods-receipts", body),
        lambda answer: answer.json().get("code") not in {"order-unknown", "order-not-open"},
    )
    assert answer.status_code == 201, answer.text
    receipt = f"/goods-receipts/{answer.json()['id']}"
    await office.does("wendy", f"{receipt}/verify", {}, seen=1)
    return receipt


async def order_as(office: Office, order: str, status: str, received: str) -> Any:
    def arrived(found: Any) -> bool:
        return bool(found["status"] == status and found["lines"][0]["received"] == received)

    found = await until(lambda: office.read(order), arrived)
    assert (found["status"], found["lines"][0]["received"]) == (status, received)
    return found


async def test_two_partial_receipts_and_a_return_move_the_order(office: Office) -> None:
    order = await office.issued_order(await office.known_supplier())
    first = await receives(office, order, "15")
    found = await order_as(office, order, "PartiallyReceived", "15")
    assert (found["lifecycle"], found["receipt_status"]) == ("Issued", "partial")
    refused = await office.ask("bea", "POST", f"{order}/cancel", {"reason": "late"}, seen=found["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "goods-received")
    await receives(office, order, "25")
    await order_as(office, order, "Received", "40")
    back = {"reason": "wet", "lines": [{"line": 1, "quantity": "5"}]}
    await office.does("will", f"{first}/return", back, seen=2)
    found = await order_as(office, order, "PartiallyReceived", "35")
    listed = await office.read("/purchase-orders?status=PartiallyReceived")
    assert [item["id"] for item in listed["items"]] == [found["id"]]
    history = (await office.read(f"{order}/history"))["items"]
    assert [entry["action"] for entry in history][-3:] == ["note-receipts"] * 3


async def test_a_cancelled_order_takes_no_goods(office: Office) -> None:
    order = await office.issued_order(await office.known_supplier())
    receipt = {"order_id": order.rpartition("/")[2], "lines": [{"line": 1, "received": "1"}]}
    await office.does("bea", f"{order}/cancel", {"reason": "not needed"}, seen=4)
    answer = await until(
        lambda: office.ask("will", "POST", "/goods-receipts", receipt),
        lambda answer: answer.json().get("code") == "order-not-open",
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "order-not-open")


async def test_41_packs_do_not_come_for_40_where_nothing_is_tolerated(office: Office) -> None:
    exact = {"over": {"percentage": "0"}, "under": {"percentage": "0"}}
    await office.ask("tia", "PUT", "/receiving-policy", exact, seen=0)
    order = await office.issued_order(await office.known_supplier())
    await receives(office, order, "40")
    body = {"order_id": order.rpartition("/")[2], "lines": [{"line": 1, "received": "1"}]}
    answer = await office.ask("will", "POST", "/goods-receipts", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "over-receipt")
