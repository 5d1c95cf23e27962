"""Invoices over real processes: what was ordered and came is paid, nothing else, and the order knows."""

import json
from collections.abc import AsyncGenerator

import pytest

from procurement.kernel.ids import parse_id
from tests.e2e.bills import a_bill, a_credit_note, enters, invoice_as
from tests.e2e.office import Office, an_office, until
from tests.e2e.platform import Platform
from tests.e2e.test_goods import receives
from tests.e2e.test_main_job import events_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(platform: Platform) -> AsyncGenerator[Office]:
    office = an_office(platform)
    async with office.client:
        yield office


@pytest.fixture
async def order(office: Office) -> str:
    """40 packs at 4.35, issued."""
    return await office.issued_order(await office.known_supplier())


async def test_an_invoice_waits_for_its_goods_and_matches_by_itself_when_they_are_here(
    office: Office, order: str, platform: Platform
) -> None:
    invoice = await enters(office, a_bill("40"), order)
    found = await invoice_as(office, invoice, "Matching", "DEL")
    assert found["findings"] == []
    await receives(office, order, "15")
    await receives(office, order, "25")
    await invoice_as(office, invoice, "Matched")
    told = await office.read(f"{invoice}/match")
    (line,) = told["lines"]
    assert (line["order_line"], line["rung"], line["accepted"]) == (1, "description", "40")
    assert "40 XPK invoiced of order line 1" in line["explanation"]
    history = (await office.read(f"{invoice}/history"))["items"]
    assert [entry["action"] for entry in history] == ["register", *["match"] * (len(history) - 1)]
    events = await events_of(platform, parse_id("inv", invoice.rpartition("/")[2]), len(history))
    assert json.loads(events[-1].value)["lines"] == [{"line": 1, "billed": "40", "net": "174.00"}]
    ordered = await until(lambda: office.read(order), lambda found: found["status"] == "Invoiced")
    assert (ordered["status"], ordered["billing_status"]) == ("Invoiced", "full")


async def test_two_invoices_are_not_paid_from_one_receipt(office: Office, order: str) -> None:
    await receives(office, order, "40")
    first = await enters(office, a_bill("40"), order)
    await invoice_as(office, first, "Matched")
    second = await enters(office, a_bill("40"), order)
    found = await invoice_as(office, second, "Disputed", "QTY")
    assert found["exceptions"][0]["at_risk"] == "174.00"
    ordered = await until(lambda: office.read(order), lambda found: found["status"] == "Disputed")
    assert (ordered["status"], ordered["lifecycle"]) == ("Disputed", "Disputed")
    await office.does("clara", f"{second}/reject", {"reason": "paid before"}, seen=found["version"])
    ordered = await until(lambda: office.read(order), lambda found: found["status"] == "Invoiced")
    assert ordered["status"] == "Invoiced"


async def test_what_is_closed_short_is_closed_once_the_rest_is_billed(office: Office, order: str) -> None:
    receipt = await receives(office, order, "15")
    ordered = await until(lambda: office.read(order), lambda found: found["receipt_status"] == "partial")
    await office.does("bea", f"{order}/close-short", {"reason": "enough"}, seen=ordered["version"])
    await invoice_as(office, await enters(office, a_bill("15"), order), "Matched")
    closed = await until(lambda: office.read(order), lambda found: found["status"] == "Closed")
    assert (closed["status"], closed["lines"][0]["billed"]) == ("Closed", "15")
    assert closed["lines"][0]["billed_net"] == {"amount": "65.25", "currency": "EUR"}
    assert (await until(lambda: office.read(receipt), lambda found: found["status"] == "Closed"))["status"]
    history = (await office.read(f"{order}/history"))["items"]
    assert (history[-1]["action"], history[-1]["person"]) == ("close", "system")


async def test_a_dispute_tells_which_invoice_and_ends_on_the_order_that_was_not_meant(
    office: Office, order: str
) -> None:
    meant = await office.issued_order((await office.read(order))["supplier_id"])
    await receives(office, meant, "40")
    await receives(office, order, "10")
    invoice = await enters(office, a_bill("40", "5.00"), order)
    found = await invoice_as(office, invoice, "Disputed", "DEL", "PRI")
    ordered = await until(lambda: office.read(order), lambda found: found["status"] == "Disputed")
    assert ordered["dispute"]["invoice_id"] == invoice.rpartition("/")[2]
    assert found["number"] in ordered["dispute"]["reason"]
    body = {"reason": "the other one", "order_id": meant.rpartition("/")[2]}

    async def resubmitted() -> int:
        """It may be matched anew in between, as its order is disputed now."""
        seen = (await office.read(invoice))["version"]
        return (await office.ask("clara", "POST", f"{invoice}/resubmit", body, seen=seen)).status_code

    assert await until(resubmitted, lambda status: status != 412) == 200
    ordered = await until(lambda: office.read(order), lambda found: found["status"] != "Disputed")
    assert (ordered["status"], ordered["dispute"]) == ("PartiallyReceived", None)
    other = await until(lambda: office.read(meant), lambda found: found["status"] == "Disputed")
    assert other["status"] == "Disputed"


async def test_a_higher_price_takes_a_second_person_with_a_reason(office: Office, order: str) -> None:
    await receives(office, order, "40")
    invoice = await enters(office, a_bill("40", "4.80"), order)
    found = await invoice_as(office, invoice, "Disputed", "PRI")
    seen = found["version"]
    release = {"exception": 1, "reason": "new list price"}
    refused = await office.ask("clara", "POST", f"{invoice}/release", release, seen=seen)
    assert refused.status_code == 403
    await office.does("fin", f"{invoice}/release", release, seen=seen)
    found = await invoice_as(office, invoice, "Matched")
    assert (found["exceptions"][0]["released_by"], found["exceptions"][0]["release_reason"]) == (
        "fin",
        "new list price",
    )


async def test_what_went_back_is_not_paid_until_it_is_credited(office: Office, order: str) -> None:
    receipt = await receives(office, order, "40")
    bill = a_bill("40")
    invoice = await enters(office, bill, order)
    await invoice_as(office, invoice, "Matched")
    verified = await until(lambda: office.read(receipt), lambda found: found["status"] == "Closed")
    back = {"reason": "wet", "lines": [{"line": 1, "quantity": "5"}]}
    await office.does("will", f"{receipt}/return", back, seen=verified["version"])
    await invoice_as(office, invoice, "Matching", "DEL")
    too_much = await enters(office, a_credit_note(bill, "41"), order)
    await invoice_as(office, too_much, "Disputed", "FIN", "QTY")
    note = await enters(office, a_credit_note(bill, "5"), order)
    assert (await invoice_as(office, note, "Matched"))["corrects"] == invoice.rpartition("/")[2]
    await invoice_as(office, invoice, "Matched")


async def test_a_second_copy_is_refused_with_the_first(office: Office, order: str) -> None:
    bill = a_bill("40")
    first = await enters(office, bill, order)
    path = f"/invoices?order_id={order.rpartition('/')[2]}"
    refused = await office.ask("clara", "POST", path, {**bill, "number": bill["number"].lower() + " "})
    assert refused.status_code in {409, 422}
    refused = await office.ask("clara", "POST", path, bill)
    (blocker,) = refused.json()["blockers"]
    assert (refused.status_code, blocker["code"]) == (409, "duplicate-invoice")
    assert first.rpartition("/")[2] in blocker["detail"]
    again = await enters(office, bill, order, duplicate_reason="numbers start anew each year")
    assert (await office.read(again))["duplicates"][0]["invoice_id"] == first.rpartition("/")[2]


async def test_an_invoice_for_an_order_that_nobody_knows_is_put_right_by_a_clerk(
    office: Office, order: str
) -> None:
    await receives(office, order, "40")
    ordered = await office.read(order)
    path = f"/invoices?supplier_id={ordered['supplier_id']}"
    entered = await office.ask("clara", "POST", path, a_bill("40", order_number="4500012345"))
    invoice = f"/invoices/{entered.json()['id']}"
    found = await invoice_as(office, invoice, "Disputed", "REF")
    assert found["order_id"] is None
    body = {"reason": "their number", "order_id": ordered["id"], "lines": [{"line": "1", "order_line": 1}]}
    await office.does("clara", f"{invoice}/resubmit", body, seen=found["version"])
    found = await invoice_as(office, invoice, "Matched")
    assert (found["order_id"], found["resubmissions"]) == (ordered["id"], 1)


async def test_the_number_on_the_document_is_enough_to_find_the_order(office: Office, order: str) -> None:
    await receives(office, order, "40")
    number = (await office.read(order))["number"]

    async def entered() -> str:
        answer = await office.ask("clara", "POST", "/invoices", a_bill("40", order_number=number))
        return str(answer.json().get("id", ""))

    invoice = await until(entered, bool)
    await invoice_as(office, f"/invoices/{invoice}", "Matched")


async def test_another_tenants_order_and_another_suppliers_are_refused(
    office: Office, order: str, platform: Platform
) -> None:
    other = await office.registered_supplier_named("Anders GmbH", "DE811569869")
    await receives(office, order, "40")
    query = f"order_id={order.rpartition('/')[2]}"
    refused = await office.ask("clara", "POST", f"/invoices?{query}&supplier_id={other}", a_bill("40"))
    assert (refused.status_code, refused.json()["blockers"][0]["code"]) == (422, "order-of-another-supplier")
    stranger = an_office(platform)
    async with stranger.client:
        refused = await stranger.ask("clara", "POST", f"/invoices?{query}", a_bill("40"))
    assert (refused.status_code, refused.json()["code"]) == (409, "order-unknown")


async def test_an_invoice_in_another_currency_is_disputed_without_a_comparison(
    office: Office, order: str
) -> None:
    await receives(office, order, "40")
    invoice = await enters(office, a_bill("40", currency="USD"), order)
    await invoice_as(office, invoice, "Disputed", "FIN")
