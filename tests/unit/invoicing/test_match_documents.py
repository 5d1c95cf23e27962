"""What is compared for the document as a whole, and that the same inputs have the same result."""

from dataclasses import replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.invoicing.domain.document import Identifier, Tax, VatSubtotal
from procurement.invoicing.domain.findings import Finding, findings
from procurement.invoicing.domain.matching import Result
from tests.unit.invoicing.papers import (
    codes,
    corrected,
    credit_note,
    document,
    figures,
    invoiced,
    matched,
    order,
    ordered,
)

LINE = ordered(1, "10", "41.00", accepted="10")


def test_an_unknown_order_is_an_exception_and_nothing_is_compared() -> None:
    found = matched(document(invoiced()), None)
    assert codes(found) == [(None, "REF", "order-unknown")]
    assert found.mismatches[0].detail == "there is no order PO-2026-000001 of this supplier"
    assert found.lines[0].explanation == "10 C62 of 'Item 1': no order to compare it with"
    assert (found.order_status, found.lines[0].order_line) == (None, None)
    unnamed = matched(document(invoiced(), order_number=None), None)
    assert unnamed.mismatches[0].detail == "it names no order: say which one it is for"


@pytest.mark.parametrize("status", ["Draft", "AwaitingApproval", "Approved"])
def test_an_order_that_was_never_issued_pays_nothing(status: str) -> None:
    assert codes(matched(document(invoiced()), order(LINE, status=status))) == [
        (None, "REF", "order-not-issued")
    ]
    assert codes(matched(document(invoiced()), order(status=status))) == [(None, "REF", "order-not-issued")]


def test_a_cancelled_order_pays_nothing_but_takes_credit() -> None:
    cancelled = order(LINE, status="Cancelled")
    assert codes(matched(document(invoiced()), cancelled)) == [(None, "REF", "order-cancelled")]
    note = matched(credit_note(invoiced("1")), cancelled, corrects=corrected({1: "1"}))
    assert note.result is Result.MATCHED


@pytest.mark.parametrize("status", ["Issued", "Acknowledged", "Disputed", "Closed"])
def test_what_came_is_paid_whatever_became_of_the_order(status: str) -> None:
    """A disputed one too: settling the invoice is how its dispute ends."""
    assert matched(document(invoiced()), order(LINE, status=status)).result is Result.MATCHED


@pytest.mark.parametrize("currency", ["USD", "XXX", "EURO"])
def test_another_currency_is_an_exception_and_no_amount_is_compared(currency: str) -> None:
    said = document(invoiced("11", "99999.00"), currency=currency)
    found = matched(said, order(LINE))
    assert codes(found) == [
        (None, "FIN", "currency-differs"),
        ("1", "QTY", "quantity-too-high"),
    ]
    assert found.mismatches[0].detail == (
        f"in {currency}, order PO-2026-000001 is in EUR: no amount was compared"
    )
    assert found.mismatches[1].at_risk == 99999
    assert found.lines[0].expected_net is None


def finding(rule: str, at: str, *, fatal: bool = True) -> Finding:
    stated, computed = Decimal("1.00"), Decimal("2.00")
    return Finding(rule=rule, fatal=fatal, detail=f"{at} is wrong", at=at, stated=stated, computed=computed)


def test_every_broken_rule_is_one_exception_and_a_warning_is_none() -> None:
    told = [
        finding("BR-CO-10", "total BT-106"),
        finding("BR-DEC-23", "line 1"),
        finding("BR-DEC-23", "line 2"),
        finding("BR-CL-23", "line 3", fatal=False),
    ]
    found = matched(document(invoiced()), order(LINE), findings=told)
    assert codes(found) == [(None, "FIN", "BR-CO-10"), (None, "FIN", "BR-DEC-23")]
    assert found.mismatches[1].detail == "line 1 is wrong; line 2 is wrong"
    assert figures(found.mismatches[0].stated, found.mismatches[0].expected) == (1, 2)


def test_what_is_wrong_in_form_is_told_and_holds_nothing() -> None:
    """Lists of codes, identifiers, references: fatal for the standard, and no reason not to pay."""
    said = replace(
        document(invoiced(classifications=(Identifier(value="M2", scheme="odd"),))), customization=None
    )
    found = [each for each in findings(said) if each.fatal]
    assert {"BR-CL-13", "BR-01"} <= {each.rule for each in found}
    form = [each for each in found if each.computed is None]
    assert matched(said, order(LINE), findings=form).result is Result.MATCHED


STANDARD = Tax(category="S", rate=Decimal(19))
TAXED = invoiced(tax=STANDARD)


@pytest.mark.parametrize(
    "breakdown",
    [
        (),
        (VatSubtotal(taxable=Decimal(400), amount=Decimal(400), tax=Tax(category="Q", rate=Decimal(100))),),
        (VatSubtotal(taxable=Decimal(4000), amount=Decimal(400), tax=Tax(category="B", rate=Decimal(10))),),
    ],
    ids=["none", "of no category", "split payment"],
)
@pytest.mark.parametrize("stated", ["400.00", None])
def test_vat_that_the_lines_do_not_make_holds_the_invoice(
    breakdown: tuple[VatSubtotal, ...], stated: str | None
) -> None:
    """By the rules of the standard alone none of this is about figures."""
    said = replace(document(TAXED, vat="400.00"), lines=(TAXED,), breakdown=breakdown)
    said = replace(said, totals=replace(said.totals, vat=None if stated is None else Decimal(stated)))
    found = matched(said, order(LINE), findings=findings(said))
    assert (None, "FIN", "vat-differs") in codes(found)
    of_vat = next(mismatch for mismatch in found.mismatches if mismatch.code == "vat-differs")
    assert figures(of_vat.stated, of_vat.expected, of_vat.at_risk) == (
        400,
        Decimal("77.90"),
        Decimal("322.10"),
    )
    assert of_vat.detail == "400.00 EUR of VAT, and the lines at their rates make 77.90"


@pytest.mark.parametrize(("vat", "fine"), [("77.90", True), ("78.89", True), ("78.90", False)])
def test_vat_may_be_off_by_less_than_one_for_each_category(vat: str, fine: bool) -> None:
    """As the standard lets it; more is told by its own rules, and once."""
    said = replace(document(TAXED, vat=vat), lines=(TAXED,))
    assert codes(matched(said, order(LINE))) == ([] if fine else [(None, "FIN", "vat-differs")])
    note = replace(credit_note(TAXED, vat="155.80"), lines=(TAXED,))
    note = replace(note, totals=replace(note.totals, with_vat=note.totals.with_vat - Decimal(vat)))
    billed = order(ordered(1, "10", "41.00", accepted="10", billed="10"))
    given_back = matched(note, billed, corrects=corrected({1: "10"}))
    assert codes(given_back) == ([] if fine else [(None, "FIN", "vat-differs")])
    told = matched(said, order(LINE), findings=[finding("BR-S-09", "VAT S 19")])
    assert codes(told) == [(None, "FIN", "BR-S-09")]


def test_a_credit_note_names_an_invoice_that_we_know() -> None:
    line = ordered(1, "10", accepted="10", billed="10")
    found = matched(credit_note(invoiced("3")), order(line))
    assert codes(found) == [(None, "REF", "invoice-unknown")]
    assert found.mismatches[0].detail == "no invoice RE-1 of this supplier is known"
    unnamed = matched(credit_note(invoiced("3"), preceding=()), order(line))
    assert unnamed.mismatches[0].detail == "it names no invoice"


@pytest.mark.parametrize(("credited", "fine"), [("0", True), ("351.60", True), ("351.61", False)])
def test_credit_notes_are_no_larger_than_their_invoice(credited: str, fine: bool) -> None:
    """487.90 invoiced, 136.30 of it credited by this one."""
    note = credit_note(invoiced("3", "123.00"), vat="13.30")
    found = matched(note, order(LINE), corrects=corrected({1: "10"}, "487.90", credited))
    assert codes(found) == ([] if fine else [(None, "FIN", "credit-exceeds-invoice")])
    if not fine:
        assert found.mismatches[0].at_risk == Decimal("0.01")
        assert found.mismatches[0].detail == (
            "136.30 EUR credited, but of its invoice of 487.90 only 136.29 are not credited yet"
        )


numbers = st.decimals(-20, 20, places=2)
lines = st.lists(
    st.builds(
        lambda q, net, ref, name, unit: (q, net, ref, name, unit),
        numbers,
        numbers,
        st.sampled_from([None, "1", "2", "3"]),
        st.sampled_from(["Item 1", "Item 2", "Cable", "Gold"]),
        st.sampled_from(["C62", "C62", "KGM"]),
    ),
    max_size=6,
)
ordered_lines = st.lists(
    st.tuples(numbers.filter(bool), numbers, numbers, st.sampled_from(["Cable", "Item 1"])),
    min_size=1,
    max_size=5,
)


@given(lines, ordered_lines, st.randoms(), st.booleans())
def test_the_same_inputs_have_the_same_result_in_whatever_order_the_order_lines_are_kept(
    said: list[tuple[Decimal, Decimal, str | None, str, str]],
    told: list[tuple[Decimal, Decimal, Decimal, str]],
    shuffled: st.DataObject,
    credit: bool,
) -> None:
    written = [
        invoiced(str(q), str(net), id=str(n), order_line=ref, name=name, unit=unit)
        for n, (q, net, ref, name, unit) in enumerate(said)
    ]
    known = [
        ordered(n, str(q), "1.00", accepted=str(accepted), billed=str(billed), name=name)
        for n, (q, accepted, billed, name) in enumerate(told, start=1)
    ]
    paper = (credit_note if credit else document)(*written)
    first = matched(paper, order(*known))
    shuffled.shuffle(known)  # type: ignore[attr-defined]
    with localcontext(prec=5):
        assert matched(paper, order(*known)) == first
    assert [line.line for line in first.lines] == [line.id for line in written]
    waits = all(mismatch.waits for mismatch in first.mismatches)
    undisputed = Result.WAITING if first.mismatches else Result.MATCHED
    assert first.result is (undisputed if waits else Result.DISPUTED)


@pytest.mark.parametrize(
    ("totals", "more"),
    [
        ({"prepaid": "-100.00", "due": "510.00"}, "100.00"),
        ({"rounding": "5000.00", "due": "5410.00"}, "5000.00"),
        ({"due": "439.96"}, "29.96"),  # for third parties
    ],
)
def test_more_to_pay_than_is_charged_holds_the_invoice(totals: dict[str, str], more: str) -> None:
    said = document(invoiced())
    said = replace(
        said, totals=replace(said.totals, **{name: Decimal(figure) for name, figure in totals.items()})
    )
    found = matched(said, order(LINE))
    assert codes(found) == [(None, "FIN", "due-differs")]
    (of_due,) = found.mismatches
    assert figures(of_due.stated, of_due.expected, of_due.at_risk) == (
        Decimal(totals["due"]), Decimal(410), Decimal(more),
    )  # fmt: skip
    assert of_due.detail == (
        f"{totals['due']} EUR are to be paid, and all that is charged is 410.00 with VAT: {more} more"
    )


@pytest.mark.parametrize(
    "totals", [{"rounding": "0.40", "due": "410.40"}, {"prepaid": "400.00", "due": "10.00"}]
)
def test_less_to_pay_or_a_little_more_holds_nothing(totals: dict[str, str]) -> None:
    figures_said = {name: Decimal(figure) for name, figure in totals.items()}
    said = document(invoiced())
    assert codes(matched(replace(said, totals=replace(said.totals, **figures_said)), order(LINE))) == []


def test_a_credit_note_that_gives_back_less_than_it_credits_is_held_unless_that_was_paid() -> None:
    billed = order(ordered(1, "10", "41.00", accepted="10", billed="10"))
    note = credit_note(invoiced())
    less = replace(note, totals=replace(note.totals, due=Decimal(10)))
    assert (None, "FIN", "due-differs") in codes(matched(less, billed, corrects=corrected({1: "10"})))
    paid = replace(note, totals=replace(note.totals, due=Decimal(10), prepaid=note.totals.with_vat - 10))
    assert codes(matched(paid, billed, corrects=corrected({1: "10"}))) == []
