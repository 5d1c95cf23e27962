"""The main job over real processes: a purchase order travels from draft to Kafka."""

import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any
from uuid import UUID

import pytest

from procurement.bootstrap.topics import TOPICS
from procurement.kernel.ids import parse_id
from procurement.platform.uuid7 import uuid7
from tests.e2e.office import Office, an_office, until
from tests.e2e.platform import Platform
from tests.e2e.topics import Record, everything

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(platform: Platform) -> AsyncGenerator[Office]:
    office = an_office(platform)
    async with office.client:
        yield office


async def events_of(platform: Platform, aggregate: UUID, count: int) -> Sequence[Record]:
    async def ask() -> list[Record]:
        return [one for one in await everything(platform.brokers, TOPICS) if one.key == str(aggregate)]

    found: list[Record] = await until(ask, lambda records: len(records) >= count)
    return found


async def test_an_order_travels_from_draft_to_kafka(platform: Platform, office: Office) -> None:
    supplier = await office.known_supplier()
    order = await office.issued_order(supplier)
    identity = order.rpartition("/")[2]
    events = await events_of(platform, parse_id("po", identity), 4)
    assert [(one.version, one.headers["ce_type"]) for one in events] == [
        (1, "procurement.purchasing.PurchaseOrderCreated.v1"),
        (2, "procurement.purchasing.PurchaseOrderSubmitted.v1"),
        (3, "procurement.purchasing.PurchaseOrderApproved.v1"),
        (4, "procurement.purchasing.PurchaseOrderIssued.v1"),
    ]
    assert len({one.partition for one in events}) == 1
    for one, who in zip(events, ("bea", "bea", "ann", "fin"), strict=True):
        one.keeps_its_schema()
        assert one.topic == "purchasing.purchase-orders"
        assert one.headers["ce_specversion"] == "1.0"
        assert one.headers["ce_source"] == "/procurement/purchasing"
        assert one.headers["content-type"] == "application/json"
        assert (one.headers["ce_subject"], one.headers["ce_actor"]) == (identity, who)
        assert one.headers["ce_tenant"] == str(office.tenant)
    issued: Any = json.loads(events[-1].value)
    assert (issued["supplier_id"], issued["total"], len(issued["lines"])) == (supplier, "174.00", 1)


async def test_the_life_of_a_supplier_is_told_by_the_schemas(platform: Platform, office: Office) -> None:
    supplier = await office.approved_supplier()
    events = await events_of(platform, parse_id("sup", supplier), 2)
    assert [one.version for one in events] == [1, 2]
    for one in events:
        one.keeps_its_schema()


async def test_an_approver_without_the_level_and_the_requester_himself_are_refused(office: Office) -> None:
    supplier = await office.known_supplier()
    dear = {
        "name": "Press",
        "quantity": {"value": "1", "unit": "C62"},
        "price": {"amount": "9000", "currency": "EUR"},
    }
    body = {"supplier_id": supplier, "currency": "EUR", "lines": [dear]}
    order = f"/purchase-orders/{(await office.does('bea', '/purchase-orders', body))['id']}"
    await office.does("bea", f"{order}/submit", seen=1)
    low = await office.ask("ann", "POST", f"{order}/approve", {}, seen=2)
    assert low.status_code == 403, low.text
    own = office.issuer.token("bea", ["approver"], office.tenant, level=3)
    self_made = await office.ask("ann", "POST", f"{order}/approve", {}, seen=2, authorization=f"Bearer {own}")
    assert self_made.status_code == 403, self_made.text
    approved = await office.does("art", f"{order}/approve", {}, seen=2)
    assert approved["status"] == "Approved"


async def test_blacklisting_a_supplier_disputes_its_open_orders_and_no_others(office: Office) -> None:
    good, bad = await office.known_supplier(), await office.known_supplier()
    kept, stopped = await office.issued_order(good), await office.issued_order(bad)
    draft = f"/purchase-orders/{(await office.draft(bad)).json()['id']}"
    await office.does("rita", f"/suppliers/{bad}/blacklist", {"reason": "fraud"}, seen=2)
    found = await until(lambda: office.read(stopped), lambda order: order["status"] == "Disputed")
    assert found["status"] == "Disputed"
    assert (await office.read(kept))["status"] == "Issued"
    assert (await office.read(draft))["status"] == "Draft"
    told = (await office.read(f"{stopped}/history"))["items"][-1]
    assert (told["action"], told["reason"]) == ("dispute", "supplier blacklisted")


async def test_a_supplier_not_heard_of_is_apart_from_one_that_is_not_eligible(office: Office) -> None:
    unheard = await office.draft(f"sup_{uuid7()}")
    assert (unheard.status_code, unheard.json()["code"]) == (409, "supplier-unknown")
    assert int(unheard.headers["retry-after"]) >= 1
    pending = await office.registered_supplier()
    known = await until(
        lambda: office.draft(pending), lambda answer: answer.json()["code"] != "supplier-unknown"
    )
    assert (known.status_code, known.json()["code"]) == (409, "supplier-pending")
    assert int(known.headers["retry-after"]) >= 1
    suspended = await office.known_supplier()
    await office.does("rita", f"/suppliers/{suspended}/suspend", {"reason": "under question"}, seen=2)
    refused = await until(lambda: office.draft(suspended), lambda answer: answer.status_code != 201)
    assert (refused.status_code, refused.json()["code"]) == (409, "supplier-not-eligible")
    assert "retry-after" not in refused.headers


async def test_the_trace_goes_from_the_request_through_kafka_into_the_consumers_log(
    platform: Platform, office: Office
) -> None:
    trace = uuid7().hex
    supplier = await office.registered_supplier()
    await office.ask(
        "rita",
        "POST",
        f"/suppliers/{supplier}/approve",
        {"risk_score": "0.9"},
        seen=1,
        traceparent=f"00-{trace}-00f067aa0ba902b7-01",
    )
    _, approved = await events_of(platform, parse_id("sup", supplier), 2)
    assert approved.headers["traceparent"].split("-")[1] == trace

    async def served() -> list[str]:
        lines = [json.loads(line) for line in platform.api.lines() if line.startswith("{")]
        return [line["msg"] for line in lines if line.get("trace_id") == trace]

    assert (await until(served, lambda messages: "http_request" in messages)).count("http_request") == 1

    async def heard() -> list[str]:
        return [line for line in platform.consumer.lines() if trace in line]

    assert await until(heard, bool), "the consumer's log does not name the trace"
