"""The list of invoices, and the policy."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from procurement.invoicing.app.ports import InvoiceSummary, Sort
from procurement.invoicing.domain.document import Kind
from procurement.invoicing.domain.lifecycle import State
from procurement.kernel.ids import InvoiceId
from procurement.platform.uuid7 import uuid7
from tests.unit.invoicing.desk import NOW, ORDER, PO, SUP, SUPPLIER, Desk, desk

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def office(built: Desk) -> Desk:
    built.empty()
    return built


def a_summary(total: str = "1.00") -> InvoiceSummary:
    return InvoiceSummary(
        id=InvoiceId(uuid7()),
        kind=Kind.CREDIT_NOTE,
        number="GS-1",
        supplier=SUPPLIER,
        order=None,
        order_number="PO-1",
        state=State.DISPUTED,
        issued=NOW.date(),
        currency="EUR",
        total=Decimal(total),
        line_count=1,
        open_exceptions=2,
        finding_count=3,
        version=4,
        registered_at=NOW,
    )


async def test_lists_are_filtered_sorted_and_paged(office: Desk) -> None:
    office.clerk.summaries = [a_summary("3.10"), a_summary("2"), a_summary("1")]
    asked: dict[str, Any] = {
        "status": ["Disputed", "Matching"], "kind": "credit-note", "supplier_id": SUP, "order_id": PO,
        "number": "RE/4711", "issued_from": "2026-11-01", "issued_to": "2026-12-01",
        "registered_from": "2026-11-01T00:00:00Z", "registered_to": "2026-12-01T00:00:00+01:00",
        "currency": "EUR", "total_from": "-5", "total_to": "5.50", "sort": "-total", "page_size": 2,
    }  # fmt: skip
    aud = office.of("aud")
    first = (await aud.gets("/invoices", params=asked)).json()
    assert [item["total"] for item in first["items"]] == ["3.10", "2"]
    assert first["items"][0]["order_id"] is None
    then = (await aud.gets("/invoices", params={**asked, "cursor": first["next"]})).json()
    office.clerk.summaries = office.clerk.summaries[::-1]
    back = (await aud.gets("/invoices", params={**asked, "cursor": then["prev"]})).json()
    assert [item["total"] for item in back["items"]] == ["2", "1"], "as they are sorted, not as they are read"
    query, after, before = office.clerk.queries
    assert (query.states, query.kind, query.supplier, query.order, query.number) == (
        (State.DISPUTED, State.MATCHING), Kind.CREDIT_NOTE, SUPPLIER, ORDER, "RE/4711",
    )  # fmt: skip
    assert (str(query.issued_from), str(query.issued_to)) == ("2026-11-01", "2026-12-01")
    assert (query.currency, query.total_from, query.total_to) == ("EUR", Decimal(-5), Decimal("5.50"))
    assert (query.sort, query.limit, query.after) == (Sort.TOTAL_DESC, 3, None)
    assert after == replace(query, after=("2", office.clerk.summaries[1].id))
    assert before == replace(query, sort=Sort.TOTAL, after=("3.10", office.clerk.summaries[2].id))


@pytest.mark.parametrize(
    "params",
    [
        {"status": "Paid"},
        {"kind": "proforma"},
        {"supplier_id": PO},
        {"issued_from": "2026-02-30"},
        {"registered_to": "2026-11-01"},
        {"registered_to": "2026-13-01T00:00:00Z"},
        {"currency": "euro"},
        {"total_from": "1e3"},
        {"number": ""},
        {"sort": "number"},
        {"supplier": SUP},
    ],
)
async def test_a_filter_that_is_none_is_refused(office: Desk, params: dict[str, str]) -> None:
    answer = await office.of("aud").gets("/invoices", params=params)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-parameter")
    assert answer.json()["errors"][0]["parameter"] == next(iter(params))


async def test_the_policy_has_versions_and_bounds(office: Desk) -> None:
    tia = office.of("tia")
    default = (await tia.gets("/invoicing-policy")).json()
    assert default == {
        "version": 0,
        "price": {"percentage": "2", "cap": None},
        "quantity": {"percentage": "0", "cap": None},
        "three_way": True,
        "days_to_match": 30,
    }
    strict = {
        "price": {"percentage": "0.5", "cap": "10"},
        "quantity": {"percentage": "0"},
        "three_way": False,
    }
    decided = await tia.sends("/invoicing-policy", strict, seen=0, method="PUT")
    assert (decided.status_code, decided.json()["version"], decided.headers["etag"]) == (200, 1, '"1"')
    assert (await tia.sends("/invoicing-policy", strict, seen=0, method="PUT")).status_code == 412
    for wrong, pointer, code in (
        ({"price": {"percentage": "10.01"}}, "/price", "bad-tolerance"),
        ({"quantity": {"percentage": "-1"}}, "/quantity/percentage", "pattern"),
        ({"days_to_match": 0}, "/days_to_match", "range"),
        ({"three_way": "yes"}, "/three_way", "type"),
    ):
        answer = await tia.sends("/invoicing-policy", {**strict, **wrong}, seen=1, method="PUT")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
        assert answer.json()["errors"][0]["code"] == code
    assert (
        await office.of("cleo").sends("/invoicing-policy", strict, seen=1, method="PUT")
    ).status_code == 403
