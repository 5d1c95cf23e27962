"""What is no invoice is refused, and all that is wrong with it is told at once, with its place."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from procurement.invoicing.adapters.inbound.ubl import LARGEST, Fault, Unreadable, read
from procurement.invoicing.adapters.inbound.ubl.documents import MOST_LINES
from procurement.invoicing.adapters.inbound.ubl.node import LONGEST_TEXT, MOST_FAULTS
from procurement.invoicing.adapters.inbound.ubl.xml import MOST_MARKS
from procurement.invoicing.adapters.outbound.ubl import write
from procurement.invoicing.domain.document import Identifier
from tests.unit.invoicing.en16931.good import allowance, credit_note, d, invoice, line

GOOD = write(
    invoice(
        lines=(line(adjustments=(allowance("1.00", None),)), line("2")),
        tax_currency="GBP",
        stating={"vat_in_tax_currency": d("16.40")},
    )
).decode()
LINE = re.search("<cac:InvoiceLine>.*?</cac:InvoiceLine>", GOOD, re.DOTALL)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def changed(old: str, new: str, content: str = GOOD) -> bytes:
    assert old in content, old
    return content.replace(old, new, 1).encode()


def faults(content: bytes) -> tuple[Fault, ...]:
    with pytest.raises(Unreadable) as refused:
        read(content)
    return refused.value.faults


def codes(content: bytes) -> list[str]:
    return [fault.code for fault in faults(content)]


def with_type(declaration: str, name: str = "&x;") -> bytes:
    return GOOD.replace("?>", f"?><!DOCTYPE Invoice {declaration}>", 1).replace("Paper<", f"{name}<").encode()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-xml"),
        (b"<Invoice>", "not-xml"),
        (b"%PDF-1.7", "not-xml"),
        (b"\x00\x01\x02", "not-xml"),
        (b'{"number": "1"}', "not-xml"),
        (b"<html/>", "not-ubl"),
        (b"<Invoice/>", "not-ubl"),
        (b'<x:CrossIndustryInvoice xmlns:x="urn:cii"/>', "not-ubl"),
        (GOOD.replace(":Invoice-2", ":Invoice-3").encode(), "not-ubl"),
        (GOOD.replace(":Invoice-2", ":Order-2").encode(), "not-ubl"),
        (GOOD.replace("UTF-8", "UTF-99").encode(), "not-xml"),
        (GOOD.replace("Paper<", "Papiergroße<").encode("latin-1"), "not-xml"),
        (b" " * (LARGEST + 1), "too-large"),
        (b"<a>" + b"<b/>" * MOST_MARKS + b"</a>", "too-large"),
        (b"<a " + b"".join(b'a%d="" ' % n for n in range(MOST_MARKS)) + b"/>", "too-large"),
        (changed("Paper<", "<a>" * 5000 + "</a>" * 5000 + "<"), "not-xml"),
        (with_type(f'[<!ENTITY l0 "ha">{LAUGHS}]', "&l9;"), "not-xml"),
        (with_type('[<!ENTITY x "Paper">]'), "document-type"),
        (with_type('[<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;]', "Paper"), "document-type"),
        (with_type('SYSTEM "http://127.0.0.1:9/x.dtd"', "Paper"), "document-type"),
        (changed("Paper<", "&unknown;<"), "not-xml"),
    ],
)
def test_what_is_no_ubl_document_is_refused(content: bytes, code: str) -> None:
    assert codes(content) == [code]


def test_a_bomb_in_an_attribute_does_not_go_off() -> None:
    bomb = with_type(f'[<!ENTITY l0 "ha">{LAUGHS}]', "Paper").replace(b'"C62"', b'"&l9;"')
    assert codes(bomb) in (["not-xml"], ["document-type"])


def test_nothing_outside_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    (fault,) = faults(with_type(f'[<!ENTITY x SYSTEM "{secret.as_uri()}">]'))
    assert fault.code == "document-type"
    assert "hunter2" not in str(fault)


def test_elements_of_another_namespace_are_not_ours() -> None:
    assert "missing" in codes(changed("CommonBasicComponents-2", "CommonBasicComponents-3"))


@pytest.mark.parametrize("number", ["-19", "0", "0.061232", "+5", ".5", "5.", "007", "804878.94", " 7 "])
def test_numbers_are_what_xml_schema_calls_decimal(number: str) -> None:
    first, _ = read(changed(">2</cbc:InvoicedQuantity>", f">{number}</cbc:InvoicedQuantity>")).lines
    assert first.quantity == Decimal(number)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        *((number, "not-a-number") for number in ("1e3", "1e999", "NaN", "INF", "-Infinity", "1,5", "1 000")),
        *((number, "not-a-number") for number in ("٣", "0x1F", "--1", "9" * 41)),
        ("9" * 16, "out-of-range"),
        ("-1000000000000000", "out-of-range"),
        ("0.0000001", "too-many-decimals"),
        ("", "missing"),
    ],
)
def test_anything_else_is_no_quantity(number: str, code: str) -> None:
    (fault,) = faults(changed(">2</cbc:InvoicedQuantity>", f">{number}</cbc:InvoicedQuantity>"))
    assert (fault.code, fault.at) == (code, "/Invoice/cac:InvoiceLine[1]/cbc:InvoicedQuantity")


@pytest.mark.parametrize("price", ["0.01110515964", "0.0000000000010"])
def test_prices_are_finer_than_money(price: str) -> None:
    assert f"{read(changed('>50.00<', f'>{price}<')).lines[0].price.amount:f}" == price


def test_a_price_is_not_endlessly_fine() -> None:
    assert codes(changed(">50.00<", ">0.0000000000001<")) == ["too-many-decimals"]


@pytest.mark.parametrize("day", ["2026-11-02", "2026-11-02Z", "2026-11-02+01:00"])
def test_days_are_what_xml_schema_calls_date(day: str) -> None:
    assert read(changed(">2026-11-02<", f">{day}<")).issued == date(2026, 11, 2)


@pytest.mark.parametrize(
    "day", ["20261102", "2026-W45-1", "2026-02-30", "02.11.2026", "٢٠٢٦-11-02", "0000-01-01"]
)
def test_anything_else_is_no_day(day: str) -> None:
    (fault,) = faults(changed(">2026-11-02<", f">{day}<"))
    assert (fault.code, fault.at) == ("not-a-date", "/Invoice/cbc:IssueDate")


@pytest.mark.parametrize(
    "name",
    ["cbc:LineExtensionAmount", "cbc:PriceAmount", "cbc:Amount", "cbc:TaxableAmount", "cbc:PayableAmount"],
)
def test_all_amounts_are_in_the_documents_currency(name: str) -> None:
    at = {fault.at for fault in faults(changed(f'{name} currencyID="EUR"', f'{name} currencyID="USD"'))}
    assert len(at) == 1
    assert at.pop().endswith(f"{name}/@currencyID")
    assert codes(changed(f'{name} currencyID="EUR"', name)) == ["other-currency"]


def test_only_the_total_of_vat_may_be_in_the_tax_currency() -> None:
    assert read(GOOD.encode()).totals.vat_in_tax_currency == d("16.40")
    (fault,) = faults(changed('TaxAmount currencyID="GBP"', 'TaxAmount currencyID="CHF"'))
    assert (fault.code, fault.at) == ("other-currency", "/Invoice/cac:TaxTotal[2]/cbc:TaxAmount/@currencyID")


@pytest.mark.parametrize("currency", ["EUX", "XXX", "XAU", "eur", "EURO"])
def test_what_cannot_be_paid_in_is_no_currency(currency: str) -> None:
    assert "unknown-currency" in codes(GOOD.replace("EUR", currency).encode())


@pytest.mark.parametrize(
    ("again", "where"),
    [
        ('<cbc:LineExtensionAmount currencyID="EUR">1</cbc:LineExtensionAmount>', "</cac:InvoiceLine>"),
        ('<cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>', "</cac:InvoiceLine>"),
        ('<cbc:PriceAmount currencyID="EUR">1</cbc:PriceAmount>', "</cac:Price>"),
        ("<cac:Price/>", "</cac:InvoiceLine>"),
        ('<cbc:PayableAmount currencyID="EUR">1</cbc:PayableAmount>', "</cac:LegalMonetaryTotal>"),
        ('<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">1</cbc:TaxAmount></cac:TaxTotal>', "</Invoice>"),
        ("<cbc:ID>2</cbc:ID>", "</Invoice>"),
    ],
)
def test_what_is_said_twice_leaves_open_which_counts(again: str, where: str) -> None:
    assert codes(changed(where, again + where)) == ["repeated"]


def test_a_tax_that_is_not_vat_is_refused() -> None:
    content = GOOD.replace(
        "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>", "</cac:TaxCategory>"
    )
    assert codes(content.encode()) == ["not-vat"]


def test_all_that_is_missing_is_told_at_once() -> None:
    root = GOOD[: GOOD.index("<cbc:CustomizationID>")]
    empty = f"{root}<cac:InvoiceLine><cac:Price/></cac:InvoiceLine></Invoice>"
    told = {(fault.at, fault.code) for fault in faults(empty.encode())}
    one = "/Invoice/cac:InvoiceLine[1]"
    assert told == {
        (at, "missing")
        for at in (
            "/Invoice/cbc:DocumentCurrencyCode",
            "/Invoice/cbc:InvoiceTypeCode",
            "/Invoice/cbc:ID",
            "/Invoice/cbc:IssueDate",
            "/Invoice/cac:LegalMonetaryTotal",
            f"{one}/cbc:ID",
            f"{one}/cbc:LineExtensionAmount",
            f"{one}/cac:Item",
            f"{one}/cbc:InvoicedQuantity",
            f"{one}/cac:Price/cbc:PriceAmount",
        )
    }
    assert "BR-02" in str(Unreadable(faults(empty.encode())))


@pytest.mark.parametrize(
    ("element", "rule"),
    [
        ("cbc:IssueDate", "BR-03"),
        ("cbc:LineExtensionAmount", "BR-24"),
        ("cbc:TaxExclusiveAmount", "BR-13"),
        ("cbc:TaxInclusiveAmount", "BR-14"),
        ("cbc:PayableAmount", "BR-15"),
        ("cbc:InvoicedQuantity", "BR-22"),
        ("cbc:PriceAmount", "BR-26"),
        ("cbc:Amount", "BR-41"),
        ("cbc:TaxableAmount", "BR-45"),
    ],
)
def test_what_nothing_can_stand_for_is_refused_by_its_rule(element: str, rule: str) -> None:
    told = faults(re.sub(f"<{element}( [^>]*)?>[^<]*</{element}>", "", GOOD).encode())
    assert any(rule in fault.detail for fault in told)


def test_a_number_inside_of_elements_is_not_guessed() -> None:
    assert "not-text" in codes(changed(">50.00<", ">50<b xmlns=''/>.00<"))


def test_no_text_is_endless() -> None:
    assert codes(changed("Paper<", "x" * (LONGEST_TEXT + 1) + "<")) == ["too-long"]


def test_lines_have_an_end() -> None:
    assert LINE is not None
    one = re.sub("<cac:AllowanceCharge>.*?</cac:AllowanceCharge>", "", LINE[0])
    assert codes(changed("</Invoice>", one * (MOST_LINES - 1) + "</Invoice>")) == ["too-many-lines"]


def test_sublines_have_an_end() -> None:
    assert LINE is not None
    nested = ""
    for _ in range(22):
        nested = (
            LINE[0]
            .replace("</cac:InvoiceLine>", f"{nested}</cac:InvoiceLine>")
            .replace("cac:InvoiceLine>", "cac:SubInvoiceLine>")
        )
    assert codes(changed("</cac:InvoiceLine>", f"{nested}</cac:InvoiceLine>")) == ["too-deep"]


def test_faults_have_an_end() -> None:
    assert LINE is not None
    broken = LINE[0].replace(">2<", ">x<")
    told = codes(changed("</Invoice>", broken * (MOST_FAULTS + 10) + "</Invoice>"))
    assert len(told) == MOST_FAULTS + 1
    assert told[-1] == "too-many-faults"


def test_comments_and_cdata_change_no_text() -> None:
    first, _ = read(changed("Paper<", "Pa<!-- x -->p<![CDATA[er]]><?pi?><")).lines
    assert first.item.name == "Paper"


def test_other_encodings_are_read_as_they_say() -> None:
    umlaut = GOOD.replace("Paper<", "Büropapier<")
    assert read(umlaut.replace("UTF-8", "ISO-8859-1").encode("latin-1")).lines[0].item.name == "Büropapier"
    assert read(umlaut.replace("UTF-8", "UTF-16").encode("utf-16")).lines[0].item.name == "Büropapier"
    assert read(umlaut.encode("utf-8-sig")).lines[0].item.name == "Büropapier"


def test_what_is_embedded_is_named_and_not_taken_over() -> None:
    attached = (
        "<cac:AdditionalDocumentReference><cbc:ID>Z-1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject"
        ' mimeCode="application/pdf" filename="times.pdf">JVBERi0=</cbc:EmbeddedDocumentBinaryObject>'
        "</cac:Attachment></cac:AdditionalDocumentReference>"
    )
    (attachment,) = read(
        changed("<cac:AccountingSupplierParty>", f"{attached}<cac:AccountingSupplierParty>")
    ).attachments
    assert (attachment.number, attachment.file_name, attachment.mime) == (
        "Z-1",
        "times.pdf",
        "application/pdf",
    )


def test_a_credit_note_has_its_project_among_its_documents() -> None:
    document = credit_note(project="P-1", invoiced_object=Identifier(value="M-1", scheme="AAB"))
    assert read(write(document)) == document
