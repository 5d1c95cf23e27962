"""JSON takes what UBL can say, and no more: what comes in as the one goes out as the other."""

from typing import Any

import msgspec
import pytest

from procurement.invoicing.adapters.inbound.documents import InvoiceDocumentBody
from procurement.invoicing.adapters.inbound.intake import _from_json as from_json
from procurement.invoicing.adapters.inbound.ubl import Unreadable, read
from procurement.invoicing.adapters.outbound.ubl import write
from procurement.invoicing.domain.document import Document
from procurement.platform.http.problems import Problem
from tests.unit.invoicing.desk import DOCUMENT

LINE = DOCUMENT["lines"][0]
UBL = write(msgspec.convert(msgspec.convert(DOCUMENT, InvoiceDocumentBody), Document, from_attributes=True))

NUMBERS = {
    **dict.fromkeys(("4.10", "-4.10", "0", "0.01110515964", "0.000000000001", "-0.123456789012"), True),
    **dict.fromkeys(("0.0000000000010", "9" * 15, "1." + "0" * 38, "0.5" + "0" * 37), True),
    **dict.fromkeys(("0.0000000000001", "0.1234567890123", "9" * 16, "1." + "0" * 39, "4,10", "1e2"), False),
    **dict.fromkeys(("", "NaN", "1." + "0" * 12 + "1"), False),
}


def json(**changes: Any) -> Document:
    return from_json(msgspec.json.encode({**DOCUMENT, **changes}))


def taken(reading: Any, *refusals: type[Exception]) -> bool:
    try:
        reading()
    except refusals:
        return False
    return True


@pytest.mark.parametrize(("number", "good"), NUMBERS.items())
def test_a_price_is_as_fine_in_json_as_in_ubl(number: str, good: bool) -> None:
    ubl = UBL.replace(b">4.10</cbc:PriceAmount>", f">{number}</cbc:PriceAmount>".encode())
    assert ubl != UBL or number == "4.10"
    assert taken(lambda: read(ubl), Unreadable) is good
    assert taken(lambda: json(lines=[{**LINE, "price": {"amount": number}}]), Problem) is good
    if good:
        assert f"{json(lines=[{**LINE, 'price': {'amount': number}}]).lines[0].price.amount:f}" == number


@pytest.mark.parametrize("number", [".5", "-.5", "." + "0" * 37, "-." + "0" * 37])
def test_what_ubl_writes_shorter_can_be_said_in_json(number: str) -> None:
    """The API tells it in the shape that it takes."""
    ubl = UBL.replace(b">4.10</cbc:PriceAmount>", f">{number}</cbc:PriceAmount>".encode())
    said = f"{read(ubl).lines[0].price.amount:f}"
    assert json(lines=[{**LINE, "price": {"amount": said}}]).lines[0].price == read(ubl).lines[0].price


def test_no_number_of_ubl_is_longer_than_json_can_say() -> None:
    for number in ("." + "0" * 38, "-." + "0" * 38):
        with pytest.raises(Unreadable, match="is no number"):
            read(UBL.replace(b">4.10</cbc:PriceAmount>", f">{number}</cbc:PriceAmount>".encode()))


PRICE = LINE["price"]
SUBLINE = {"id": "1.1", "net": "1", "item": {"name": "Part"}}
THIRD = [{"amount": "10.00"}]
UNSAYABLE: dict[str, tuple[dict[str, Any], str, str]] = {
    "third parties are paid with invoices only": (
        {"kind": "credit-note", "type_code": "381", "third_party_payments": THIRD},
        "/third_party_payments",
        "not-on-credit-notes",
    ),
    "the VAT is in a tax currency that is not named": (
        {"totals": {**DOCUMENT["totals"], "vat_in_tax_currency": "40.00"}},
        "/tax_currency",
        "missing",
    ),
    "the VAT is said twice in one currency": (
        {"totals": {**DOCUMENT["totals"], "vat_in_tax_currency": "46.74"}, "tax_currency": "EUR"},
        "/totals/vat_in_tax_currency",
        "repeated",
    ),
    "parts of a VAT that is not stated": (
        {"totals": {name: n for name, n in DOCUMENT["totals"].items() if name != "vat"}},
        "/totals/vat",
        "missing",
    ),
    "a price for nothing": (
        {"lines": [LINE, {**LINE, "price": {**PRICE, "base_quantity": "0.000"}}]},
        "/lines/1/price/base_quantity",
        "not-above-zero",
    ),
    "a price for less than nothing": (
        {"lines": [{**LINE, "price": {**PRICE, "base_quantity": "-1"}}]},
        "/lines/0/price/base_quantity",
        "not-above-zero",
    ),
    "the same, further down": (
        {"lines": [{**LINE, "sublines": [{**SUBLINE, "price": {**PRICE, "base_quantity": "0"}}]}]},
        "/lines/0/sublines/0/price/base_quantity",
        "not-above-zero",
    ),
    "a unit without its base quantity": (
        {"lines": [{**LINE, "price": {**PRICE, "base_unit": "MTR"}}]},
        "/lines/0/price/base_quantity",
        "missing",
    ),
    "a unit without its quantity": (
        {"lines": [{**LINE, "sublines": [{**SUBLINE, "unit": "MTR"}]}]},
        "/lines/0/sublines/0/quantity",
        "missing",
    ),
    "a payee with two names": (
        {"payee": {"name": "Bank AG", "trading_name": "Bank"}},
        "/payee/trading_name",
        "not-of-this-party",
    ),
    "the legal form of the tax representative": (
        {"tax_representative": {"name": "Tax AG", "legal_form": "AG"}},
        "/tax_representative/legal_form",
        "not-of-this-party",
    ),
    "a way to pay without its code": (
        {"payment_means": [{"text": "cash"}]},
        "/payment_means/0/code",
        "missing",
    ),
}


@pytest.mark.parametrize(("changes", "pointer", "code"), UNSAYABLE.values(), ids=UNSAYABLE)
def test_json_is_refused_where_ubl_could_not_say_it(changes: dict[str, Any], pointer: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        json(**changes)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [(pointer, code)]
    assert not _comes_back(changes)


def _comes_back(changes: dict[str, Any]) -> bool:
    stated = msgspec.convert({**DOCUMENT, **changes}, InvoiceDocumentBody)
    document = msgspec.convert(stated, Document, from_attributes=True)
    try:
        return read(write(document)) == document
    except Unreadable:
        return False


def test_sublines_go_as_deep_in_json_as_in_ubl() -> None:
    sublines: list[Any] = []
    for levels in range(1, 22):
        sublines = [{**SUBLINE, "sublines": sublines}]
        changes = {"lines": [{**LINE, "sublines": sublines}]}
        good = levels <= 20
        assert taken(lambda: json(**changes), Problem) is _comes_back(changes) is good  # noqa: B023


def test_all_that_ubl_cannot_say_is_told_at_once() -> None:
    changes = {name: value for each, _, _ in UNSAYABLE.values() for name, value in each.items()}
    with pytest.raises(Problem) as refused:
        json(**changes, currency="XYZ")
    assert len({error.pointer for error in refused.value.errors}) == 7


@pytest.mark.parametrize("kind", ["invoice", "credit-note"])
def test_a_full_document_comes_back_from_ubl(kind: str) -> None:
    changes: dict[str, Any] = {
        "kind": kind,
        "tax_currency": "GBP",
        "totals": {**DOCUMENT["totals"], "vat_in_tax_currency": "40.00"},
        "third_party_payments": THIRD if kind == "invoice" else [],
        "lines": [{**LINE, "price": {**PRICE, "base_quantity": "0.5", "base_unit": "MTR"}}],
        "payee": {"name": "Bank AG"},
        "payment_means": [{"code": "30", "text": "transfer"}],
        "breakdown": DOCUMENT["breakdown"],
    }
    document = json(**changes)
    assert read(write(document)) == document


@pytest.mark.parametrize("quantity", ["0", "0.00", "-1"])
def test_no_price_is_for_nothing_in_ubl_either(quantity: str) -> None:
    base = f'</cbc:PriceAmount><cbc:BaseQuantity unitCode="MTR">{quantity}</cbc:BaseQuantity>'.encode()
    with pytest.raises(Unreadable, match="R121") as refused:
        read(UBL.replace(b"</cbc:PriceAmount>", base))
    (fault,) = refused.value.faults
    assert fault.at == "/Invoice/cac:InvoiceLine[1]/cac:Price/cbc:BaseQuantity"
    assert fault.code == "not-above-zero"


def test_a_credit_note_in_ubl_has_no_place_for_third_parties() -> None:
    note = write(json(kind="credit-note", type_code="381"))
    payment = b'<cac:PrepaidPayment><cbc:PaidAmount currencyID="EUR">9</cbc:PaidAmount></cac:PrepaidPayment>'
    with pytest.raises(Unreadable) as refused:
        read(note.replace(b"</CreditNote>", payment + b"</CreditNote>"))
    (fault,) = refused.value.faults
    assert (fault.at, fault.code) == ("/CreditNote/cac:PrepaidPayment", "not-on-credit-notes")


def test_the_parts_of_the_vat_in_ubl_come_with_their_total() -> None:
    other = UBL.replace(
        b'<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">', b'<cac:TaxTotal><cbc:TaxAmount currencyID="GBP">'
    ).replace(
        b"<cac:AccountingSupplierParty>",
        b"<cbc:TaxCurrencyCode>GBP</cbc:TaxCurrencyCode><cac:AccountingSupplierParty>",
    )
    with pytest.raises(Unreadable, match="BT-110"):
        read(other)
