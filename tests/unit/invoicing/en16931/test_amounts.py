"""What we compute beside what is stated; and where CEN's own tests draw the line."""

import pytest

from procurement.invoicing.domain.amounts import computed
from procurement.invoicing.domain.document import Price, Tax, Totals, VatSubtotal
from procurement.invoicing.domain.findings import findings
from tests.unit.invoicing.en16931.good import (
    allowance,
    charge,
    d,
    invoice,
    line,
    of_category,
    rules_of,
    taxed,
    with_line,
    with_totals,
)


def split(taxable: str, amount: str, rate: str | None) -> VatSubtotal:
    tax = Tax(category="B", rate=None if rate is None else d(rate))
    return VatSubtotal(taxable=d(taxable), amount=d(amount), tax=tax)


def test_everything_is_computed_from_what_is_stated() -> None:
    document = invoice(
        lines=(line("1", "3", "33.33"), line("2", "-1", "5.005"), taxed("Z", "0", "3")),
        adjustments=(allowance("9.99"), charge("4.50")),
        stating={"prepaid": d("20.00"), "rounding": d("0.05")},
    )
    amounts = computed(document)
    assert amounts.line_nets == (d("99.99"), d("-5.01"), d("100.00"))
    assert [(each.tax.category, each.taxable, each.amount) for each in amounts.breakdown] == [
        ("S", d("89.49"), d("17.00")),
        ("Z", d("100.00"), d("0.00")),
    ]
    assert amounts.totals == Totals(
        lines=d("194.98"),
        allowances=d("9.99"),
        charges=d("4.50"),
        without_vat=d("189.49"),
        vat=d("17.00"),
        with_vat=d("206.49"),
        prepaid=d("20.00"),
        rounding=d("0.05"),
        due=d("186.54"),
    )


def test_vat_is_rounded_once_for_each_category_and_rate() -> None:
    """Line by line it would be 0.01 for each of the three."""
    document = invoice(lines=tuple(line(str(n), "1", "0.03") for n in range(3)))
    assert computed(document).totals.vat == d("0.02")


def test_half_a_cent_goes_up() -> None:
    """Half to even would make it 0.00, and 0.02 in the other."""
    assert computed(
        invoice(lines=(line("1", "1", "0.10", tax=Tax(category="S", rate=d("5"))),))
    ).totals.vat == d("0.01")
    assert computed(
        invoice(lines=(line("1", "1", "0.50", tax=Tax(category="S", rate=d("5"))),))
    ).totals.vat == d("0.03")


def test_the_same_rate_written_otherwise_is_the_same() -> None:
    document = invoice(lines=(taxed("S", "19"), taxed("S", "19.00", "2")))
    assert len(document.breakdown) == 1
    assert findings(document) == ()


@pytest.mark.parametrize(("currency", "net"), [("EUR", "1.00"), ("JPY", "1"), ("KWD", "1.000")])
def test_a_line_is_rounded_to_what_its_currency_has(currency: str, net: str) -> None:
    (computed_net,) = computed(invoice(currency=currency, lines=(line("1", "3", "0.3333333"),))).line_nets
    assert str(computed_net) == net


def test_a_price_may_be_for_many() -> None:
    whole = line("1", "31", price="386.52")
    document = invoice(lines=(line("1", "31", net=d("32.74"), price="0"),))
    per_year = with_line(document, price=Price(amount=d("386.52"), base_quantity=d("366")))
    assert computed(per_year).line_nets == (d("32.74"),)
    assert findings(per_year) == ()
    assert whole.net == d("11982.12")


def test_the_largest_figures_that_are_taken_in_can_be_judged() -> None:
    huge = "999999999999999"
    document = invoice(lines=(line("1", huge, f"{huge}.9999999999", net=d("1.00")),))
    assert "PEPPOL-EN16931-R120" in rules_of(document)


# https://github.com/ConnectingEurope/eInvoicing-EN16931/blob/master/test/Invoice-unit-UBL/BR-CO-17.xml
@pytest.mark.parametrize(
    ("taxable", "amount", "rate", "fatal"),
    [
        ("1000", "250", "25", None),
        ("-6491.34", "-1622.84", "25", None),
        ("6491.34", "1622.84", "25", None),
        ("2141.05", "299.75", "14", None),
        ("2141.05", ".00", None, None),
        ("2141.19", "44.96", "2.1", None),
        ("2141.19", "0.0", "0", None),
        ("-2141.19", "-117.77", "5.5", None),
        ("-25.00", "0.00", "0", None),
        ("1000", "251", "25", True),
        ("2141.19", "43.91", "2.1", True),
        # https://github.com/ConnectingEurope/eInvoicing-EN16931/issues/303: half-up, away from zero.
        ("-1710.50", "-325.00", "19.00", None),
        # https://github.com/ConnectingEurope/eInvoicing-EN16931/issues/160: within the tolerance.
        ("19935.66", "2990.34", "15", False),
        # Stricter than CEN, whose rule forgets the sign.
        ("100.00", "-19.00", "19", True),
    ],
)
def test_vat_is_taxable_times_rate(taxable: str, amount: str, rate: str | None, fatal: bool | None) -> None:
    document = of_category("B", breakdown=(split(taxable, amount, rate),))
    found = [finding for finding in findings(document) if finding.rule == "BR-CO-17"]
    assert [finding.fatal for finding in found] == ([] if fatal is None else [fatal])


# https://github.com/ConnectingEurope/eInvoicing-EN16931/blob/master/test/Invoice-unit-UBL/BR-S-09.xml
@pytest.mark.parametrize(
    ("taxable", "amount", "rate", "right"),
    [
        ("1200", "180", "15", True),
        ("12342.61", "592.45", "4.8", True),
        ("-12342.61", "-592.45", "4.8", True),
        ("-6170.72", "-1234.14", "20", True),
        ("979.15", "47", "4.8", True),
        ("1100", "180", "15", False),
    ],
)
def test_what_is_standard_rated_is_taxed(taxable: str, amount: str, rate: str, right: bool) -> None:
    stated = VatSubtotal(taxable=d(taxable), amount=d(amount), tax=Tax(category="S", rate=d(rate)))
    assert ("BR-S-09" not in rules_of(invoice(breakdown=(stated,)))) is right


# https://github.com/ConnectingEurope/eInvoicing-EN16931/blob/master/test/Invoice-unit-UBL/BR-CO-10.xml
@pytest.mark.parametrize(
    ("nets", "total", "right"),
    [
        (("100.00",), "100", True),
        (("0.00",), "0", True),
        (("110.00", "90.00"), "200", True),
        (("110.00", "-90.00"), "20", True),
        (("-110.00", "90.00"), "-20", True),
        (("-100.00",), "-100", True),
        (("110.00", "90.00"), "200.01", False),
        (("-90.00",), "-91", False),
    ],
)
def test_line_amounts_add_up(nets: tuple[str, ...], total: str, right: bool) -> None:
    document = invoice(lines=tuple(line(str(n), net=d(net)) for n, net in enumerate(nets)))
    assert ("BR-CO-10" not in rules_of(with_totals(document, lines=total))) is right


# https://github.com/ConnectingEurope/eInvoicing-EN16931/blob/master/test/Invoice-unit-UBL/BR-CO-13.xml
@pytest.mark.parametrize(
    ("lines", "without_vat", "allowances", "charges", "right"),
    [
        ("1000", "1000", "100", "100", True),
        ("1000", "900", "100", None, True),
        ("1000", "1100", None, "100", True),
        ("1000", "1000", None, None, True),
        ("-100", "00", None, "100", True),
        ("-1000", "-1000", "100", "100", True),
        ("0", "-100", "100", None, True),
        ("1000", "1000", "0.0", "0.00", True),
        ("1000", "1000", "100", "200", False),
        ("-100", "100", "100", "200", False),
        ("1100", "1000.01", "100", None, False),
        ("1000", "1001", "0", "0", False),
        ("-1000", "-1000", "100", None, False),
    ],
)
def test_allowances_and_charges_count(
    lines: str, without_vat: str, allowances: str | None, charges: str | None, right: bool
) -> None:
    stated = with_totals(lines=lines, without_vat=without_vat, allowances=allowances, charges=charges)
    assert ("BR-CO-13" not in rules_of(stated)) is right


# https://github.com/ConnectingEurope/eInvoicing-EN16931/blob/master/test/Invoice-unit-UBL/BR-CO-14.xml
@pytest.mark.parametrize(
    ("total", "parts", "right"),
    [
        ("250", ("250",), True),
        ("400", ("250", "150"), True),
        ("250.0", ("250", "0.00"), True),
        ("00", ("0", "0.00"), True),
        ("300", ("250",), False),
        ("300", ("250", "150.00"), False),
        ("1", ("0", "0.00"), False),
    ],
)
def test_vat_of_the_categories_adds_up(total: str, parts: tuple[str, ...], right: bool) -> None:
    document = invoice(breakdown=tuple(split("1000", part, "25") for part in parts))
    assert ("BR-CO-14" not in rules_of(with_totals(document, vat=total))) is right


# https://github.com/ConnectingEurope/eInvoicing-EN16931/blob/master/test/CreditNote-unit-UBL/BR-CO-15-2.xml
@pytest.mark.parametrize(
    ("without_vat", "vat", "with_vat", "right"),
    [
        ("4000.00", "675.00", "4675.00", True),
        ("5000.00", "700.00", "5700.00", True),
        ("5000.00", "715", "5700.00", False),
        ("5000.00", None, "5700.00", False),
    ],
)
def test_vat_is_added_in_the_documents_currency(
    without_vat: str, vat: str | None, with_vat: str, right: bool
) -> None:
    stated = with_totals(without_vat=without_vat, vat=vat, with_vat=with_vat, vat_in_tax_currency="628.62")
    assert ("BR-CO-15" not in rules_of(stated)) is right


# https://github.com/ConnectingEurope/eInvoicing-EN16931/blob/master/test/Invoice-unit-UBL/BR-CO-16.xml
@pytest.mark.parametrize(
    ("with_vat", "prepaid", "rounding", "due", "right"),
    [
        ("1200", "1000", None, "200.00", True),
        ("8250.00", None, None, "8250.0", True),
        ("1200.00", "0", None, "1200.00", True),
        ("1200.00", "1200", None, "0.0", True),
        ("1200.78", "1000.0", "0.22", "201", True),
        ("1200.78", None, "0.22", "1201", True),
        ("1200.22", None, "-0.22", "1200.0", True),
        ("12829.69", "12829.69", "0", "0", True),
        ("1200.00", "100", None, "1200.00", False),
        ("1200.78", "100", "0.22", "1100.78", False),
        ("1200.00", None, None, "1100.00", False),
    ],
)
def test_what_was_paid_is_not_due(
    with_vat: str, prepaid: str | None, rounding: str | None, due: str, right: bool
) -> None:
    stated = with_totals(with_vat=with_vat, prepaid=prepaid, rounding=rounding, due=due)
    assert ("BR-CO-16" not in rules_of(stated)) is right
