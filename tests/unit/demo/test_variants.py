"""The same document told otherwise: it breaks no rule, and differs in what it is to show."""

from dataclasses import replace
from decimal import Decimal

import pytest

from procurement.entrypoints.demo.command import OWN_DOCUMENTS
from procurement.entrypoints.demo.variants import Variants, variants
from procurement.invoicing.adapters.inbound import ubl
from procurement.invoicing.adapters.outbound.ubl import write
from procurement.invoicing.domain.document import AllowanceCharge, Document, Kind
from procurement.invoicing.domain.findings import findings

SUITABLE = ("heat-and-power", "instruments-in-dollars", "paper-and-pens")


def own(name: str) -> Document:
    return ubl.read((OWN_DOCUMENTS / f"{name}.xml").read_bytes())


def told(name: str) -> Variants:
    found = variants(own(name), "a1")
    assert found is not None
    return found


@pytest.mark.parametrize("name", SUITABLE)
def test_each_breaks_no_rule_and_can_be_written_and_read(name: str) -> None:
    found = told(name)
    for document in (found.dearer, found.whole, found.credit):
        assert findings(document) == ()
        assert ubl.read(write(document)) == document


def test_one_line_is_dearer_and_the_totals_follow() -> None:
    found = told("paper-and-pens").dearer
    assert (found.number, found.lines[0].price.amount, found.lines[0].net) == (
        "MP-2026-1001-a1-PRI", Decimal("5.22"), Decimal("208.80"),
    )  # fmt: skip
    assert found.lines[1:] == own("paper-and-pens").lines[1:]
    assert (found.totals.without_vat, found.totals.with_vat) == (Decimal("309.42"), Decimal("368.21"))


def test_the_credit_note_takes_back_what_is_missing_of_the_whole() -> None:
    found = told("paper-and-pens")
    assert (found.line, found.missing) == (1, Decimal(20))
    assert found.whole == replace(own("paper-and-pens"), number="MP-2026-1001-a1-QTY")
    credit = found.credit
    assert (credit.kind, credit.type_code, credit.preceding[0].number) == (
        Kind.CREDIT_NOTE, "381", "MP-2026-1001-a1-QTY",
    )  # fmt: skip
    assert [(line.quantity, line.net) for line in credit.lines] == [(Decimal(20), Decimal(87))]
    assert credit.totals.with_vat == Decimal("103.53")


def test_a_line_that_cannot_come_in_two_parts_is_passed_over() -> None:
    assert told("instruments-in-dollars").line == 2


def test_a_document_that_takes_back_itself_does_not_suit() -> None:
    assert variants(own("crates-returned"), "a1") is None


def test_a_document_that_adds_to_its_lines_does_not_suit() -> None:
    freight = AllowanceCharge(charge=True, amount=Decimal(5), reason="Freight")
    assert variants(replace(own("paper-and-pens"), adjustments=(freight,)), "a1") is None


def test_a_document_that_breaks_a_rule_by_itself_does_not_suit() -> None:
    paper = own("paper-and-pens")
    wrong = replace(paper.totals, lines=paper.totals.lines + 1)
    assert variants(replace(paper, totals=wrong), "a1") is None
