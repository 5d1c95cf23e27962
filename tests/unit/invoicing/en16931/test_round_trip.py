"""What came in goes out, and comes in again, the same to the last digit."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from procurement.entrypoints.demo.command import OWN_DOCUMENTS
from procurement.invoicing.adapters.inbound.documents.sayable import unsayable
from procurement.invoicing.adapters.inbound.ubl import read
from procurement.invoicing.adapters.outbound.ubl import write
from procurement.invoicing.domain.document import Document, Kind, PaymentMeans
from procurement.invoicing.domain.findings import findings
from tests.unit.invoicing.en16931.good import credit_note, d, invoice, line, of_category
from tests.unit.invoicing.en16931.strategies import DOCUMENT

SAMPLES = sorted((*OWN_DOCUMENTS.glob("*.xml"), *(Path(__file__).parent / "samples").glob("*.xml")))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=DOCUMENT)
def test_a_document_that_goes_out_comes_in_the_same(document: Document) -> None:
    assert read(write(document)) == document
    assert not list(unsayable(document))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=DOCUMENT)
def test_no_document_is_too_strange_to_be_judged(document: Document) -> None:
    assert all(finding.detail for finding in findings(document))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_our_own_documents_come_out_as_they_came_in(path: Path) -> None:
    document = read(path.read_bytes())
    assert read(write(document)) == document
    assert not [finding for finding in findings(document) if finding.fatal]


@pytest.mark.parametrize("written", ["100.00", "100", "100.0", "0.10", "-0.50", "1234567.89"])
def test_amounts_go_out_digit_for_digit(written: str) -> None:
    """Equal decimals may be written differently; that, too, stays."""
    out = write(invoice(lines=(line(net=d(written)),), stating={"prepaid": d(written)})).decode()
    assert f">{written}</cbc:LineExtensionAmount>" in out
    assert f">{written}</cbc:PrepaidAmount>" in out


def test_a_price_of_many_decimals_keeps_them() -> None:
    out = write(invoice(lines=(line(price="0.0000000010"),)))
    assert b">0.0000000010</cbc:PriceAmount>" in out


def test_a_credit_note_says_when_it_is_due_even_without_means_of_payment() -> None:
    document = credit_note(payment_means=())
    again = read(write(document))
    assert again.due == document.due
    assert again.payment_means == (PaymentMeans(code="1"),)


def test_a_credit_note_is_one() -> None:
    out = write(credit_note())
    assert b"<cbc:CreditNoteTypeCode>381<" in out
    assert b"cbc:CreditedQuantity" in out
    assert read(out).kind is Kind.CREDIT_NOTE


def test_an_exempt_line_keeps_its_reason() -> None:
    (subtotal,) = read(write(of_category("E"))).breakdown
    assert subtotal.exemption_code == "VATEX-EU-132"
