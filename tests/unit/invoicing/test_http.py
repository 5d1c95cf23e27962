"""Invoicing over HTTP: invoices are matched, differences are settled; and what bad input gets."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from procurement.invoicing.adapters.inbound.ubl import read
from procurement.invoicing.domain.duplicates import Possible
from procurement.invoicing.domain.findings import Finding
from procurement.kernel.ids import InvoiceId, TenantId
from procurement.platform.uuid7 import uuid7
from tests.unit.invoicing.desk import DOCUMENT, ORDER, PO, Desk, an_order, desk

pytestmark = pytest.mark.anyio

LINE = DOCUMENT["lines"][0]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
async def office(built: Desk) -> Desk:
    """With an order of 100 m of cable at 4.10, of which 60 m came."""
    built.empty()
    return built


async def disputed(office: Desk, price: str = "5.10", quantity: str = "60") -> str:
    net = str(Decimal(price) * Decimal(quantity))
    line = {**LINE, "price": {"amount": price}, "quantity": quantity, "net": net}
    totals = {"lines": net, "without_vat": net, "with_vat": net, "due": net}
    invoice = await office.of("cleo").registers(lines=[line], totals=totals, breakdown=[])
    await office.matches(invoice)
    return invoice


async def test_an_invoice_is_disputed_looked_after_and_released(office: Desk) -> None:
    invoice = await disputed(office)
    fay, cleo = office.of("fay"), office.of("cleo")
    told = (await fay.gets(invoice)).json()
    (exception,) = told["exceptions"]
    assert (told["status"], exception["reason"], exception["line"]) == ("Disputed", "PRI", "1")
    assert (exception["open"], exception["at_risk"]) == (True, "60.00")
    given = await cleo.sends(f"{invoice}/assign", {"exception": 1, "owner": "bea.buyer"}, seen=2)
    assert given.json()["exceptions"][0]["owner"] == "bea.buyer"
    passed = await fay.sends(f"{invoice}/release", {"exception": 1, "reason": "copper rose"}, seen=3)
    assert (passed.status_code, passed.json()["status"], passed.headers["etag"]) == (200, "Matched", '"4"')
    (exception,) = passed.json()["exceptions"]
    assert (exception["open"], exception["released_by"], exception["release_reason"]) == (
        False,
        "fay",
        "copper rose",
    )
    entries = (await office.of("aud").gets(f"{invoice}/history")).json()["items"]
    assert [(e["action"], e["person"], e["to_status"], e["reason"]) for e in entries] == [
        ("register", "cleo", "Registered", None),
        ("match", "system", "Disputed", None),
        ("assign", "cleo", "Disputed", None),
        ("release", "fay", "Matched", "copper rose"),
    ]


async def test_the_match_explains_every_line_in_words_and_numbers(office: Desk) -> None:
    invoice = await disputed(office)
    answer = await office.of("aud").gets(f"{invoice}/match")
    told = answer.json()
    assert (told["result"], told["order_number"], told["order_status"]) == (
        "disputed",
        "PO-2026-000001",
        "Issued",
    )
    assert (told["policy"]["version"], told["policy"]["price"]) == (0, {"percentage": "2", "cap": None})
    (line,) = told["lines"]
    assert [line[name] for name in ("line", "order_line", "rung", "quantity", "unit")] == [
        "1", 1, "line-reference", "60", "MTR",
    ]  # fmt: skip
    assert (line["accepted"], line["ordered"], line["billed_before"]) == ("60", "100", "0")
    assert Decimal(line["price"]) == Decimal("5.1")
    assert Decimal(line["expected_net"]) == Decimal(246)
    assert line["exceptions"] == [1]
    assert line["explanation"]
    again = await office.of("aud").gets(f"{invoice}/match", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_before_the_first_match_there_is_none_to_explain(office: Desk) -> None:
    invoice = await office.of("cleo").registers()
    answer = await office.of("cleo").gets(f"{invoice}/match")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-matched-yet")


async def test_one_invoice_is_told_with_its_document_findings_and_duplicates(office: Desk) -> None:
    other = InvoiceId(uuid7())
    office.clerk.findings = (
        Finding(rule="BR-CO-10", fatal=True, detail="sum", stated=Decimal("1.00"), computed=Decimal("0E-8")),
    )
    reasons = ("same number",)
    office.clerk.duplicates = (Possible(invoice=other, number="re4711", reasons=reasons, blocks=True),)
    cleo = office.of("cleo")
    refused = await cleo.sends("/invoices", DOCUMENT)
    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate-invoice")
    assert f"inv_{other}" in refused.json()["detail"]
    invoice = await cleo.registers("?duplicate_reason=the+second+delivery")
    answer = await cleo.gets(invoice)
    told = answer.json()
    assert told["document"] == DOCUMENT
    assert told["computed"]["line_nets"] == ["246.00"]
    assert told["computed"]["breakdown"] == DOCUMENT["breakdown"]
    assert told["computed"]["totals"]["with_vat"] == "292.74"
    assert (told["findings"][0]["rule"], told["findings"][0]["computed"]) == ("BR-CO-10", "0.00000000")
    assert told["duplicates"][0]["invoice_id"] == f"inv_{other}"
    assert (told["duplicate_reason"], told["entered_by"]) == ("the second delivery", "cleo")
    again = await cleo.gets(invoice, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_what_is_computed_has_a_breakdown_even_of_no_tax(office: Desk) -> None:
    untaxed = [DOCUMENT["lines"][0] | {"item": {"name": "Cable"}}]
    invoice = await office.of("cleo").registers(lines=untaxed, breakdown=[])
    told = (await office.of("cleo").gets(invoice)).json()["computed"]
    assert (told["breakdown"], told["totals"]["vat"]) == ([], "0.00")


async def test_a_clerk_says_which_order_line_is_meant(office: Desk) -> None:
    invoice = await disputed(office)
    body = {"reason": "it is line 1", "order_id": PO, "lines": [{"line": "1", "order_line": 1}]}
    answer = await office.of("cleo").sends(f"{invoice}/resubmit", body, seen=2)
    assert (answer.status_code, answer.json()["status"], answer.json()["resubmissions"]) == (
        200,
        "Matching",
        1,
    )
    (correction,) = office.clerk.corrections
    assert (correction.order, correction.assigned) == (ORDER, {"1": 1})


@pytest.mark.parametrize(
    ("lines", "pointer", "code"),
    [
        ([{"line": "1", "order_line": 1}, {"line": "1", "order_line": 2}], "/lines/1/line", "line-repeated"),
        ([{"line": "7", "order_line": 1}], "/lines/0/line", "line-unknown"),
        (
            [{"line": "1", "order_line": 1}, {"line": "7", "order_line": 9}],
            "/lines/1/order_line",
            "order-line-unknown",
        ),
        ([{"line": "1", "order_line": 0}], "/lines/0/order_line", "range"),
        ([{"line": 1, "order_line": 1}], "/lines/0/line", "type"),
    ],
)
async def test_a_line_that_is_none_is_not_resubmitted(
    office: Desk, lines: Any, pointer: str, code: str
) -> None:
    invoice = await disputed(office)
    answer = await office.of("cleo").sends(f"{invoice}/resubmit", {"reason": "so", "lines": lines}, seen=2)
    assert answer.status_code == 422
    assert (pointer, code) in [(e["pointer"], e["code"]) for e in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("command", "body", "code"),
    [
        ("assign", {"exception": 2, "owner": "bea"}, "exception-unknown"),
        ("assign", {"exception": 0, "owner": "bea"}, "invalid-body"),
        ("assign", {"exception": 1, "owner": ""}, "invalid-body"),
        ("assign", {"exception": "1", "owner": "bea"}, "invalid-body"),
        ("reject", {}, "invalid-body"),
        ("reject", {"reason": ""}, "invalid-body"),
        ("cancel", {"reason": "x", "colour": "red"}, "invalid-body"),
    ],
)
async def test_a_command_that_means_nothing_is_refused(
    office: Desk, command: str, body: Any, code: str
) -> None:
    invoice = await disputed(office)
    answer = await office.of("cleo").sends(f"{invoice}/{command}", body, seen=2)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_what_was_rejected_or_cancelled_stays_so(office: Desk) -> None:
    for command, status in (("reject", "Rejected"), ("cancel", "Cancelled")):
        invoice = await disputed(office)
        cleo = office.of("cleo")
        answer = await cleo.sends(f"{invoice}/{command}", {"reason": "wrong buyer"}, seen=2)
        assert (answer.status_code, answer.json()["status"]) == (200, status)
        late = await cleo.sends(f"{invoice}/cancel", {"reason": "again"}, seen=3)
        assert (late.status_code, late.json()["code"]) == (409, "invoice-state")


async def test_a_decision_names_the_version_that_was_seen_and_is_carried_out_once(office: Desk) -> None:
    invoice, cleo = await disputed(office), office.of("cleo")
    body = {"reason": "wrong buyer"}
    blind = await cleo.sends(f"{invoice}/reject", body)
    assert (blind.status_code, blind.json()["code"]) == (428, "if-match-missing")
    stale = await cleo.sends(f"{invoice}/reject", body, seen=1)
    assert (stale.status_code, stale.json()["code"]) == (412, "version-mismatch")
    first = await cleo.sends(f"{invoice}/reject", body, seen=2, idempotency_key="k")
    again = await cleo.sends(f"{invoice}/reject", body, seen=2, idempotency_key="k")
    assert (first.status_code, again.content) == (200, first.content)
    assert again.headers["idempotent-replayed"] == "true"


async def test_who_entered_the_invoice_does_not_release_it(office: Desk) -> None:
    invoice = await disputed(office)
    cleo = office.of("fay", on_behalf_of="cleo")
    answer = await cleo.sends(f"{invoice}/release", {"exception": 1, "reason": "fine"}, seen=2)
    assert (answer.status_code, answer.json()["code"]) == (403, "releaser-is-enterer")


async def test_roles_are_held(office: Desk) -> None:
    invoice = await disputed(office)
    release = {"exception": 1, "reason": "fine"}
    for person, path, body in (
        ("fay", "/invoices", DOCUMENT),
        ("aud", f"{invoice}/reject", {"reason": "no"}),
        ("cleo", f"{invoice}/release", release),
        ("fay", f"{invoice}/cancel", {"reason": "no"}),
        ("tia", f"{invoice}/assign", {"exception": 1, "owner": "bea"}),
    ):
        answer = await office.of(person).sends(path, body, seen=2)
        assert (answer.status_code, answer.json()["code"]) == (403, "role-missing"), path
    for path in (invoice, "/invoices", f"{invoice}/original", f"{invoice}/match", "/invoicing-policy"):
        assert (await office.of("sue").gets(path)).status_code == 403
        assert (await office.of("aud").gets(path)).status_code == 200


async def test_actions_tell_what_forbids_the_rest(office: Desk) -> None:
    invoice = await disputed(office)
    told = (await office.of("cleo").gets(f"{invoice}/actions")).json()
    by_name = {action["command"]: [b["code"] for b in action["blockers"]] for action in told["actions"]}
    assert by_name["reject"] == by_name["cancel"] == by_name["assign"] == by_name["resubmit"] == []
    assert by_name["release"] == ["role-missing", "releaser-is-enterer"]
    assert "register" not in by_name


async def test_the_original_comes_back_byte_for_byte_as_a_file(office: Desk) -> None:
    cleo = office.of("cleo")
    as_json = await cleo.registers()
    body = (await cleo.gets(f"{as_json}/ubl")).content
    as_xml = (await cleo.sends("/invoices", body, content_type="text/xml")).json()["id"]
    for path, kind, name in (
        (as_json, "application/json", f"{as_json.removeprefix('/invoices/')}.json"),
        (f"/invoices/{as_xml}", "application/xml", f"{as_xml}.xml"),
    ):
        answer = await cleo.gets(f"{path}/original")
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
    assert answer.content == body
    assert (await cleo.gets(f"{as_json}/original")).content == msgspec.json.encode(DOCUMENT)


async def test_what_came_as_json_goes_out_as_ubl_with_the_same_amounts(office: Desk) -> None:
    invoice = await office.of("cleo").registers()
    answer = await office.of("aud").gets(f"{invoice}/ubl")
    assert answer.headers["content-type"].partition(";")[0] == "application/xml"
    assert read(answer.content) == office.clerk.registrations[0].document


async def test_another_tenants_invoices_are_not_there(office: Desk) -> None:
    invoice = await disputed(office)
    cleo = office.of("cleo", tenant=TenantId(uuid7()))
    for part in ("", "/match", "/original", "/ubl", "/history", "/actions"):
        assert (await cleo.gets(f"{invoice}{part}")).status_code == 404
    answer = await cleo.sends(f"{invoice}/reject", {"reason": "no"}, seen=2)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("path", ["/invoices/inv_1", f"/invoices/{PO}", "/invoices/x/original"])
async def test_what_is_no_id_is_not_found(office: Desk, path: str) -> None:
    assert (await office.of("aud").gets(path)).status_code == 404


async def test_nothing_is_said_of_an_order_that_is_another_one(office: Desk) -> None:
    office.clerk.order = None
    invoice = await office.of("cleo").registers()
    told = (await office.of("cleo").gets(invoice)).json()
    assert (told["order_id"], told["order_number"]) == (None, "PO-2026-000001")
    office.clerk.order = an_order()
