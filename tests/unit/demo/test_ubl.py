"""What is read from a UBL invoice, and what is not one."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from procurement.entrypoints.demo.command import OWN_DOCUMENTS
from procurement.entrypoints.demo.ubl import LARGEST, Named, Unreadable, parse, read
from tests.unit.demo.documents import LINE, SPACES, changed, document

OWN = sorted(OWN_DOCUMENTS.glob("*.xml"))


def refused(content: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        parse(content)
    return str(caught.value)


def test_a_line_is_read_figure_for_figure() -> None:
    (line,) = parse(document()).lines
    assert (line.name, line.sku, line.supplier_item_id, line.gtin) == (
        "Metering", "METER", "M-1", "4006381333931",
    )  # fmt: skip
    assert f"{line.quantity:f} {line.unit}" == "31 DAY"
    assert f"{line.price:f} {line.currency} / {line.base_quantity:f}" == "386.520000000 EUR / 366"
    assert line.stated_net == Decimal("32.74")


def test_the_head_is_read() -> None:
    invoice = parse(document())
    assert (invoice.number, invoice.currency) == ("2026-1", "EUR")
    assert invoice.buyer_reference == "04011000-12345-34"


def test_a_seller_is_read_with_everything_he_calls_himself() -> None:
    seller = parse(document()).seller
    assert seller.name == "Seller GmbH"
    assert seller.identifiers == (
        Named("EM", "sales@seller.example"),
        Named(None, "4711"),
        Named("0088", "4000001000006"),
        Named("VAT", "DE 136695976"),
    )


def test_without_a_registered_name_the_trading_name_counts() -> None:
    without = changed("<cbc:RegistrationName>Seller\n      GmbH</cbc:RegistrationName>", "")
    assert parse(without).seller.name == "Seller"


@pytest.mark.parametrize("number", ["-19", "0", "0.061232374", "+5", ".5", "5.", "007", "804878.94"])
def test_numbers_are_what_xml_schema_calls_decimal(number: str) -> None:
    (line,) = parse(changed(">31<", f">{number}<")).lines
    assert line.quantity == Decimal(number)


@pytest.mark.parametrize("number", ["1e3", "NaN", "INF", "1,5", "1 000", "٣", "0x1F", "9" * 41])
def test_anything_else_is_no_number(number: str) -> None:
    assert refused(changed(">31<", f">{number}<")).startswith("line 1: the quantity is ")


def test_without_a_base_quantity_the_price_is_for_one() -> None:
    (line,) = parse(changed('<cbc:BaseQuantity unitCode="DAY">366</cbc:BaseQuantity>', "")).lines
    assert line.base_quantity == 1


def test_a_price_per_another_unit_cannot_be_ordered() -> None:
    said = refused(changed('BaseQuantity unitCode="DAY"', 'BaseQuantity unitCode="MON"'))
    assert said == "line 1: the quantity is in DAY, the price is per MON"


@pytest.mark.parametrize(
    ("old", "new"),
    [("4006381333931", "4006381333932"), ("0160", "0088"), ("4006381333931", "٤٠٠٦٣٨١٣٣٣٩٣١")],
)
def test_what_is_no_gtin_is_left_out_and_told(old: str, new: str) -> None:
    invoice = parse(changed(old, new))
    assert invoice.lines[0].gtin is None
    (told,) = invoice.left_out
    assert "line 1" in told
    assert "not a GTIN" in told


def test_sub_lines_explain_a_line_and_are_not_ordered_again() -> None:
    sub = LINE.replace("InvoiceLine>", "SubInvoiceLine>")
    invoice = parse(document(lines=LINE.replace("</cac:InvoiceLine>", f"{sub}{sub}</cac:InvoiceLine>")))
    assert len(invoice.lines) == 1
    assert invoice.left_out[0].startswith("2 sub-lines")


def test_comments_and_cdata_change_no_text() -> None:
    assert parse(changed("Metering", "Me<!-- x -->te<![CDATA[r]]>ing")).lines[0].name == "Metering"


def test_all_that_is_missing_is_told_at_once() -> None:
    lines = '<cac:InvoiceLine><cac:Price><cbc:PriceAmount currencyID="EUR"/></cac:Price></cac:InvoiceLine>'
    assert refused(document(head="", party="", lines=lines)).split("; ") == [
        "it lacks its number (cbc:ID)",
        "it lacks its currency",
        "no seller (cac:AccountingSupplierParty)",
        "line 1: no unit of the quantity",
        "line 1: no name of the item",
        "line 1: the quantity is missing",
        "line 1: the price is missing",
    ]


def test_an_invoice_without_lines_is_no_shopping_list() -> None:
    assert refused(document(lines="")) == "it has no InvoiceLine"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not XML"),
        (b"<Invoice>", "not XML"),
        (b"%PDF-1.7", "not XML"),
        (b"<html/>", "a html and not a UBL 2 Invoice"),
        (b"<Invoice/>", "a Invoice and not a UBL 2 Invoice"),
        (document(spaces=SPACES.replace("Invoice-2", "CreditNote-2")), "CreditNote-2}Invoice and not"),
        (b'<x:CrossIndustryInvoice xmlns:x="urn:cii"/>', "not a UBL 2 Invoice"),
    ],
)
def test_what_is_no_invoice_is_told(content: bytes, said: str) -> None:
    assert said in refused(content)


def with_type(declaration: str, name: str) -> bytes:
    return declaration.encode() + changed("Metering", name)


def test_an_entity_bomb_does_not_go_off() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE Invoice [<!ENTITY l0 "ha">{laughs}]>'
    refused(with_type(bomb, "&l9;"))
    refused(with_type(bomb, "&l1;"))


def test_a_bomb_in_an_attribute_does_not_go_off() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE Invoice [<!ENTITY l0 "ha">{laughs}]>'
    refused(bomb.encode() + changed('unitCode="DAY"', 'unitCode="&l9;"'))


def test_nothing_outside_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    said = refused(with_type(f'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "{secret.as_uri()}">]>', "&x;"))
    assert "document type" in said
    assert "hunter2" not in said


def test_a_foreign_document_type_is_not_fetched() -> None:
    said = refused(with_type('<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/x.dtd">', "x"))
    assert "document type" in said


def test_deep_nesting_is_refused() -> None:
    assert "not XML" in refused(changed("Metering", "<a>" * 5000 + "</a>" * 5000))


def test_a_huge_file_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "huge.xml"
    path.touch()
    os.truncate(path, LARGEST + 1)
    with pytest.raises(Unreadable, match="larger than 20 MiB"):
        read(path)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        read(tmp_path / "gone.xml")


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_our_own_documents_are_right_to_the_cent(path: Path) -> None:
    invoice = read(path)
    cent = Decimal("0.01")
    for line in invoice.lines:
        exact = line.quantity * line.price / line.base_quantity
        assert line.stated_net is not None
        assert abs(line.stated_net - exact) <= cent / 2
    assert any(line.quantity < 0 for each in OWN for line in read(each).lines)
