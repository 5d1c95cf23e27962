"""What is read from a UBL invoice, and what is not one."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from procurement.entrypoints.demo.command import OWN_DOCUMENTS
from procurement.entrypoints.demo.ubl import Named, Unreadable, parse, read
from procurement.invoicing.adapters.inbound.ubl import LARGEST
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


def test_all_that_is_wrong_is_told_at_once() -> None:
    said = refused(document(head="", lines=LINE.replace(">31<", ">NaN<")))
    assert "cbc:ID is missing" in said
    assert "/Invoice/cac:InvoiceLine[1]/cbc:InvoicedQuantity: 'NaN' is no number" in said


def test_what_is_wrong_with_all_of_it_is_told_without_a_place() -> None:
    assert refused(b"<Invoice>").startswith("not XML: ")


def test_without_a_name_of_the_seller_nobody_could_be_ordered_from() -> None:
    assert refused(document(party="")) == "it lacks the name of the seller"


def test_a_credit_note_is_no_shopping_list() -> None:
    credit = document(spaces=SPACES.replace("Invoice-2", "CreditNote-2")).decode()
    for name in ("<Invoice ", "</Invoice>", "InvoiceLine>", "InvoiceTypeCode>"):
        credit = credit.replace(name, name.replace("Invoice", "CreditNote"))
    assert "a credit note" in refused(credit.replace("InvoicedQuantity", "CreditedQuantity").encode())


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
