"""Documents come in, as JSON or UBL, large ones too; and what bad ones get."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from procurement.invoicing.adapters.inbound.documents import InvoiceDocumentBody
from procurement.invoicing.adapters.inbound.intake import LARGE_DOCUMENTS
from procurement.invoicing.adapters.outbound.ubl import write
from procurement.invoicing.domain.document import Document, Kind
from procurement.invoicing.domain.ordered import OrderUnknown
from tests.unit.invoicing.desk import DOCUMENT, ORDER, PO, SUP, SUPPLIER, Desk, desk

pytestmark = pytest.mark.anyio

LINE = DOCUMENT["lines"][0]
XML: dict[str, Any] = {"content_type": "application/xml"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def office(built: Desk) -> Desk:
    built.empty()
    return built


def ubl(**changes: Any) -> bytes:
    stated = msgspec.convert({**DOCUMENT, **changes}, InvoiceDocumentBody)
    return write(msgspec.convert(stated, Document, from_attributes=True))


async def test_a_document_comes_in_as_json_and_is_kept_as_it_came(office: Desk) -> None:
    body = msgspec.json.format(msgspec.json.encode(DOCUMENT), indent=3)
    answer = await office.of("cleo").sends("/invoices", body)
    told = answer.json()
    assert (answer.status_code, told["status"], answer.headers["etag"]) == (201, "Registered", '"1"')
    assert answer.headers["location"] == f"/v1/invoices/{told['id']}"
    assert (told["supplier_id"], told["order_id"], told["total"]) == (SUP, PO, "292.74")
    (came,) = office.clerk.registrations
    assert (came.content, came.original.size, came.original.media_type) == (
        body,
        len(body),
        "application/json",
    )
    assert told["original"]["sha256"] == came.original.sha256 == sha256(body).hexdigest()
    assert (came.document.kind, came.document.issued) == (Kind.INVOICE, date(2026, 11, 21))
    assert came.document.lines[0].price.amount == Decimal("4.10")


@pytest.mark.parametrize("content_type", ["application/xml", "text/xml; charset=utf-8", "Application/XML"])
async def test_a_document_comes_in_as_ubl_and_says_the_same(office: Desk, content_type: str) -> None:
    body = ubl()
    cleo = office.of("cleo")
    answer = await cleo.sends("/invoices", body, content_type=content_type)
    assert answer.status_code == 201, answer.text
    await cleo.sends("/invoices", DOCUMENT)
    from_xml, from_json = office.clerk.registrations
    assert from_xml.document.lines == from_json.document.lines
    assert from_xml.document.totals == from_json.document.totals
    assert (from_xml.content, from_xml.original.media_type) == (body, "application/xml")


async def test_supplier_order_and_the_reason_why_it_is_no_duplicate_are_said_beside_it(office: Desk) -> None:
    query = f"?supplier_id={SUP}&order_id={PO}&duplicate_reason=the%20second%20of%20two"
    await office.of("cleo").registers(query)
    (came,) = office.clerk.registrations
    assert (came.supplier, came.order, came.duplicate_reason) == (SUPPLIER, ORDER, "the second of two")


@pytest.mark.parametrize(
    "query",
    [
        "?supplier_id=sup_1",
        "?order_id=1",
        f"?order_id={SUP}",
        "?duplicate_reason=",
        "?duplicate_reason=%20",
        "?order=x",
    ],
)
async def test_a_parameter_that_is_none_is_refused(office: Desk, query: str) -> None:
    answer = await office.of("cleo").sends(f"/invoices{query}", DOCUMENT)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-parameter")
    assert office.clerk.registrations == []


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"currency": "XYZ"}, "/currency", "unknown-currency"),
        ({"currency": "eur"}, "/currency", "pattern"),
        ({"currency": "XAU"}, "/currency", "unknown-currency"),
        ({"kind": "proforma"}, "/kind", "not-allowed"),
        ({"issued": "2026-02-30"}, "/issued", "format"),
        ({"number": " "}, "/number", "pattern"),
        ({"number": "x" * 20_001}, "/number", "too-long"),
        ({"number": "a\x01b"}, "/number", "pattern"),
        ({"lines": []}, "/lines", "too-short"),
        ({"lines": [{**LINE, "net": 246}]}, "/lines/0/net", "type"),
        ({"lines": [{**LINE, "net": "1e2"}]}, "/lines/0/net", "pattern"),
        ({"lines": [{**LINE, "net": "NaN"}]}, "/lines/0/net", "pattern"),
        ({"lines": [{**LINE, "net": "0.0000000000001"}]}, "/lines/0/net", "pattern"),
        ({"lines": [{**LINE, "net": "1" * 16}]}, "/lines/0/net", "pattern"),
        ({"lines": [{**LINE, "quantity": "1.0000001"}]}, "/lines/0/quantity", "pattern"),
        ({"lines": [{**LINE, "colour": "red"}]}, "/lines/0/colour", "unknown-field"),
        ({"lines": [LINE, {**LINE, "item": {}}]}, "/lines/1/item/name", "missing"),
        ({"totals": {"lines": "1"}}, "/totals/due", "missing"),
        ({"seller": None}, "/seller", "type"),
    ],
)
async def test_json_that_is_no_document_is_refused_with_the_place(
    office: Desk, changes: Any, pointer: str, code: str
) -> None:
    answer = await office.of("cleo").sends("/invoices", {**DOCUMENT, **changes})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-body")
    assert {"pointer": pointer, "code": code}.items() <= {
        **next(e for e in answer.json()["errors"] if e["pointer"] == pointer)
    }.items()
    assert office.clerk.registrations == []


async def test_more_decimals_than_the_currency_has_are_for_the_findings(office: Desk) -> None:
    await office.of("cleo").registers(lines=[{**LINE, "net": "246.0049"}])
    assert str(office.clerk.registrations[0].document.lines[0].net) == "246.0049"


@pytest.mark.parametrize(
    ("body", "place", "code"),
    [
        (b"no XML at all", "/", "not-xml"),
        (b"<a>", "/", "not-xml"),
        (b"<a/>", "/", "not-ubl"),
        (ubl().replace(b"xsd:Invoice-2", b"xsd:Invoice-3"), "/", "not-ubl"),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "/", "document-type"),
        (ubl().replace(b">EUR<", b">XYZ<"), "/Invoice/cbc:DocumentCurrencyCode", "unknown-currency"),
        (ubl().replace(b">2026-11-21<", b">yesterday<"), "/Invoice/cbc:IssueDate", "not-a-date"),
    ],
)
async def test_xml_that_is_no_document_is_refused_with_the_place(
    office: Desk, body: bytes, place: str, code: str
) -> None:
    answer = await office.of("cleo").sends("/invoices", body, **XML)
    assert (answer.status_code, answer.json()["code"]) == (422, "document-unreadable"), answer.text
    assert (place, code) in {(e["pointer"], e["code"]) for e in answer.json()["errors"]}
    assert office.clerk.registrations == []


async def test_every_fault_of_a_ubl_document_is_told_at_once(office: Desk) -> None:
    body = ubl().replace(b">246.00<", b">lots<").replace(b">2026-11-21<", b"><")
    told = (await office.of("cleo").sends("/invoices", body, **XML)).json()
    assert len(told["errors"]) > 2
    assert told["detail"].endswith(f", and {len(told['errors']) - 1} more")


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ({"content_type": "application/pdf"}, b"%PDF", 415, "unsupported-media-type"),
        ({"content_type": "application/xml; charset=latin-1"}, b"<a/>", 415, "unsupported-media-type"),
        ({**XML, "content_encoding": "gzip"}, b"<a/>", 415, "unsupported-media-type"),
        (XML, b"", 400, "body-missing"),
        ({}, b"", 400, "body-missing"),
        ({}, b"{", 400, "malformed-json"),
        ({}, b'{"kind": "invoice", "kind": "invoice"}', 400, "duplicate-key"),
        ({}, b"[" * 100, 400, "too-deep"),
        ({"idempotency_key": ""}, msgspec.json.encode(DOCUMENT), 400, "idempotency-key-malformed"),
    ],
)
async def test_what_is_no_document_at_all_is_refused(
    office: Desk, headers: dict[str, Any], body: bytes, status: int, code: str
) -> None:
    answer = await office.of("cleo").sends("/invoices", body, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_a_large_document_comes_in_where_others_are_refused(office: Desk) -> None:
    """Of three megabytes; any other route takes one."""
    lines = [{**LINE, "id": str(n), "note": "x" * 250} for n in range(5_000)]
    cleo = office.of("cleo")
    invoice = await cleo.registers(lines=lines)
    assert office.clerk.registrations[0].original.size > 2 << 20
    assert len((await cleo.gets(invoice)).json()["document"]["lines"]) == 5_000
    refused = await cleo.sends(f"{invoice}/reject", {"reason": "x" * (2 << 20)}, seen=1)
    assert (refused.status_code, refused.json()["code"]) == (413, "body-too-large")


async def test_one_that_is_too_large_is_told_the_limit(office: Desk) -> None:
    most = LARGE_DOCUMENTS.bounds.body
    answer = await office.of("cleo").sends("/invoices", b" " * (most + 1), **XML)
    assert (answer.status_code, answer.json()["detail"]) == (413, f"a body has at most {most} bytes")


async def test_too_many_values_are_refused_before_they_take_memory(office: Desk) -> None:
    answer = await office.of("cleo").sends("/invoices", {**DOCUMENT, "notes": [""] * 600_001})
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_the_same_bytes_under_the_same_key_are_one_invoice(office: Desk) -> None:
    cleo = office.of("cleo")
    for headers, body in ((XML, ubl()), ({}, msgspec.json.encode(DOCUMENT))):
        named: dict[str, Any] = {**headers, "idempotency_key": f"k-{len(headers)}"}
        first = await cleo.sends("/invoices", body, **named)
        again = await cleo.sends("/invoices", body, **named)
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["idempotent-replayed"] == "true"
        other = await cleo.sends("/invoices", body + b" ", **named)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert len(office.clerk.invoices) == 2


async def test_an_order_not_heard_of_yet_is_worth_another_try(office: Desk) -> None:
    office.clerk.refuse = OrderUnknown("invoicing has not heard of it")
    answer = await office.of("cleo").sends(f"/invoices?order_id={PO}", DOCUMENT)
    assert (answer.status_code, answer.json()["code"]) == (409, "order-unknown")
    assert int(answer.headers["retry-after"]) >= 1


async def test_who_received_the_goods_does_not_enter_their_invoice(office: Desk) -> None:
    answer = await office.of("will").sends("/invoices", DOCUMENT)
    assert (answer.status_code, answer.json()["code"]) == (403, "enterer-is-receiver")


def test_the_fields_of_the_api_are_those_of_the_document() -> None:
    compared = 0
    for body, value in _pairs(InvoiceDocumentBody, Document):
        assert set(body.__struct_fields__) == {field.name for field in fields(value)}, value
        compared += 1
    assert compared > 15


def _pairs(body: Any, value: Any, known: frozenset[Any] = frozenset()) -> Any:
    """Struct and dataclass, and what they are made of."""
    if body in known:
        return
    yield body, value
    ours, theirs = ({f.name: f.type for f in _told(kind).fields} for kind in (body, value))
    for name, kind in theirs.items():
        for ours_in, theirs_in in zip(
            _made_of(ours[name], "StructType"), _made_of(kind, "DataclassType"), strict=True
        ):
            yield from _pairs(ours_in, theirs_in, known | {body})


def _told(kind: Any) -> Any:
    return msgspec.inspect.type_info(kind)


def _made_of(kind: Any, what: str) -> list[Any]:
    if type(kind).__name__ == what:
        return [kind.cls]
    inner = [*getattr(kind, "types", ()), *([kind.item_type] if hasattr(kind, "item_type") else [])]
    inner += [kind.type] if type(kind).__name__ == "Metadata" else []
    return [cls for each in inner for cls in _made_of(each, what)]
