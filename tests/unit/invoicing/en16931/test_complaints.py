"""What users complained about elsewhere, with their figures."""

from dataclasses import replace

import pytest

from procurement.invoicing.adapters.inbound.ubl import read
from procurement.invoicing.adapters.outbound.ubl import write
from procurement.invoicing.domain.amounts import computed
from procurement.invoicing.domain.document import Document, Identifier, Price, Tax, ThirdPartyPayment
from procurement.invoicing.domain.findings import findings
from tests.unit.invoicing.en16931.good import (
    allowance,
    d,
    invoice,
    line,
    of_category,
    rules_of,
    taxed,
    with_item,
    with_line,
    with_subtotal,
    with_totals,
)

R120 = "PEPPOL-EN16931-R120"


def told(document: Document, rule: str) -> tuple[str, str, bool]:
    (found,) = [finding for finding in findings(document) if finding.rule == rule]
    return f"{found.stated:f}", f"{found.computed:f}", found.fatal


def test_one_line_comes_to_the_same_however_one_rounds() -> None:
    """https://github.com/odoo/odoo/issues/37896: 6527.80 or 6527.81."""
    discount = allowance("222.94", None, base=d("5573.60"), percentage=d("4"))
    document = invoice(
        lines=(line("1", "16", "348.35", tax=Tax(category="S", rate=d("22")), adjustments=(discount,)),)
    )
    assert computed(document).totals.with_vat == d("6527.81")
    assert findings(document) == ()


def test_a_cent_is_not_lost_between_two_lines() -> None:
    """https://github.com/odoo/odoo/issues/14054: 920.35 to be paid instead of 920.36."""
    document = invoice(lines=(line("1", "1", "707.02"), line("2", "1", "66.39")))
    assert computed(document).totals.due == d("920.36")
    assert (
        told(with_totals(document, vat="146.94", with_vat="920.35", due="920.35"), "BR-CO-14")[1] == "146.95"
    )


def test_yen_lines_are_rounded_one_by_one() -> None:
    """https://github.com/odoo/odoo/issues/265433: 100.5 twice is 202, and 201 was shown."""
    document = invoice(currency="JPY", lines=tuple(line(n, "1", "100.5", net=d("101")) for n in "12"))
    assert computed(document).line_nets == (d("101"), d("101"))
    assert document.totals.lines == d("202")
    assert told(with_totals(document, lines="201"), "BR-CO-10") == ("201", "202.00", True)


def test_a_total_that_was_rounded_otherwise_than_its_lines_is_found() -> None:
    """https://github.com/odoo/odoo/pull/275093: three lines of 8.70, and 26.09 without VAT."""
    lines = tuple(line(str(n), "1", "8.70", tax=Tax(category="S", rate=d("15"))) for n in range(3))
    stated = with_totals(invoice(lines=lines), without_vat="26.09")
    assert told(stated, "BR-CO-13") == ("26.09", "26.10", True)


def test_a_cent_that_was_put_on_another_line_is_found() -> None:
    """https://github.com/odoo/odoo/pull/253625: 1 at 90.30 makes 90.31."""
    exempt = replace(taxed("E", "0", price="90.30"), quantity=d("1"), net=d("90.30"))
    six = Tax(category="S", rate=d("6"))
    document = invoice(lines=(exempt, line("2", "0.45", "2.54", tax=six), line("3", "0.28", "6.87", tax=six)))
    assert computed(document).line_nets == (d("90.30"), d("1.14"), d("1.92"))
    shifted = with_line(document, net=d("90.31"))
    assert told(shifted, "BR-E-08") == ("90.30", "90.31", True)
    assert told(shifted, R120) == ("90.31", "90.30", False)


def test_a_price_of_eleven_decimals_is_not_cut() -> None:
    """https://github.com/odoo/odoo/pull/255358: cut to six decimals it no longer makes the line."""
    document = invoice(lines=(line("1", "278362.5", "0.01110515964"),))
    assert document.lines[0].net == d("3091.26")
    assert findings(read(write(document))) == ()
    cut = with_line(document, price=Price(amount=d("0.011105")))
    assert told(cut, R120) == ("3091.26", "3091.22", False)


def test_lines_of_half_cents_add_up_to_what_they_show() -> None:
    """https://github.com/EvanTenenbaum/terp-operator/issues/232: 0.06 and 0.06, and 0.11 in all."""
    document = invoice(lines=(line("1", "1.100", "0.05"), line("2", "1.100", "0.05")))
    assert computed(document).totals.lines == d("0.12")
    assert told(with_totals(document, lines="0.11"), "BR-CO-10") == ("0.11", "0.12", True)


def test_a_price_that_was_rounded_too_soon_is_told() -> None:
    """https://github.com/josemmo/einvoicing/issues/78: 10 at 3.58 less 7.17 is not 28.68."""
    twenty = allowance("7.17", None, base=d("35.85"), percentage=d("20"))
    stated = line(
        "1", "10", "3.58", tax=Tax(category="S", rate=d("6")), adjustments=(twenty,), net=d("28.68")
    )
    document = invoice(lines=(stated,))
    assert told(document, R120) == ("28.68", "28.63", False)
    assert computed(document).totals.with_vat == d("30.40")


@pytest.mark.parametrize(
    ("quantity", "price", "stated", "rebuilt"),
    [("1951593", "0.000005", "10.69", "9.76"), ("0.5999", "50005.000000", "300.00", "29998.00")],
)
def test_a_line_is_worth_what_it_states(quantity: str, price: str, stated: str, rebuilt: str) -> None:
    """https://github.com/Dolibarr/dolibarr-community-modules/pull/848: 9.76 was booked for 10.69, and
    50 005.00 for 300.00."""
    document = invoice(lines=(line("1", quantity, price, net=d(stated)),))
    again = read(write(document))
    assert again.lines[0].net == again.totals.lines == d(stated)
    assert told(again, R120) == (stated, rebuilt, False)
    assert rules_of(again) == {R120}


def test_what_is_due_may_be_rounded() -> None:
    """https://github.com/Dolibarr/dolibarr-community-modules/pull/1000: 25.48 was booked, 25.47 is due."""
    document = invoice(
        lines=(line("1", "1", "21.23", tax=Tax(category="S", rate=d("20"))),),
        stating={"rounding": d("-0.01")},
    )
    stated = with_totals(document, vat="4.25", with_vat="25.48", due="25.47")
    assert findings(read(write(stated))) == ()
    assert stated.totals.due == d("25.47")
    assert told(with_totals(stated, due="25.48"), "BR-CO-16") == ("25.48", "25.47", True)


def test_two_lines_that_were_rounded_together_stay_as_they_are() -> None:
    """https://github.com/odoo/odoo/pull/279740: 769.24 and 615.38 make 1384.62, as the invoice
    says; each line by itself would be 769.23 and 615.38."""
    thirty = Tax(category="S", rate=d("30"))
    document = invoice(
        lines=(line("1", "1", "769.23", tax=thirty, net=d("769.24")), line("2", "1", "615.38", tax=thirty))
    )
    assert document.totals.lines == d("1384.62")
    assert told(document, R120) == ("769.24", "769.23", False)
    assert rules_of(document) == {R120}


def test_vat_that_was_rounded_line_by_line_is_told() -> None:
    """https://github.com/ConnectingEurope/eInvoicing-EN16931/issues/143: two lines of 696.22 at 25 % make
    348.11, and not 174.06 twice."""
    quarter = Tax(category="S", rate=d("25"))
    document = invoice(lines=(line("1", "2", "348.11", tax=quarter), line("2", "2", "348.11", tax=quarter)))
    assert computed(document).totals.vat == d("348.11")
    by_line = with_totals(
        with_subtotal(document, amount=d("348.12")), vat="348.12", with_vat="1740.56", due="1740.56"
    )
    assert told(by_line, "BR-CO-17") == ("348.12", "348.11", False)


def test_what_third_parties_are_to_get_explains_what_is_due() -> None:
    """An extension of XRechnung: by the core of the standard it is a difference, and it is named."""
    document = with_totals(
        invoice(
            third_party_payments=(ThirdPartyPayment(amount=d("19.96")), ThirdPartyPayment(amount=d("10.00")))
        ),
        due="148.96",
    )
    assert told(document, "BR-CO-16") == ("148.96", "119.00", False)
    assert told(with_totals(document, due="148.97"), "BR-CO-16") == ("148.97", "119.00", True)


def test_a_profile_may_have_a_list_of_its_own() -> None:
    """XRechnung for clean vehicles: CVD is not in UNCL 7143 (nor in CEN's rules up to 1.3.16), and KoSIT lets
    it pass there, https://github.com/itplr-kosit/validator-configuration-xrechnung."""
    clean_vehicles = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9"
    document = with_item(classifications=(Identifier(value="M2", scheme="CVD"),))
    (elsewhere,) = findings(document)
    (there,) = findings(replace(document, customization=clean_vehicles))
    assert (elsewhere.rule, elsewhere.fatal) == ("BR-CL-13", True)
    assert (there.rule, there.fatal) == ("BR-CL-13", False)
    other = with_item(document, classifications=(Identifier(value="M2", scheme="odd"),))
    assert [each.fatal for each in findings(replace(other, customization=clean_vehicles))] == [True]


def test_a_negative_line_and_split_payment_are_no_fault() -> None:
    document = invoice(lines=(line("1", "3"), line("2", "-1")))
    assert computed(document).line_nets == (d("150.00"), d("-50.00"))
    assert findings(document) == ()
    assert findings(of_category("B")) == ()
