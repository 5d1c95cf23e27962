"""The VAT breakdown: one for each category and rate, whatever the category."""

from collections.abc import Iterator
from decimal import Decimal

from procurement.invoicing.domain.amounts import vat
from procurement.invoicing.domain.codes.money import CATEGORIES, EXEMPTIONS
from procurement.invoicing.domain.document import Document, Tax, VatSubtotal
from procurement.invoicing.domain.finding import Finding, broken, worth_knowing
from procurement.invoicing.domain.rounding import CENTS, decimals_of, rounded
from procurement.invoicing.domain.rules.adjustments import too_fine

NOT_SUBJECT = "O"
TOLERANCE = Decimal(1)
"""CEN's rules let VAT and its base be off by less than one unit of money."""


def breakdown(document: Document) -> Iterator[Finding]:
    if not document.breakdown:
        yield broken("BR-CO-18", "no VAT breakdown")
    if document.tax_currency is not None and _in_tax_currency(document) is None:
        yield broken("BR-53", f"no total of VAT in the tax currency {document.tax_currency}", "total BT-111")
    decimals = max(CENTS, decimals_of(document.currency))
    for each in document.breakdown:
        yield from _subtotal(each, said(each.tax), decimals)


def _in_tax_currency(document: Document) -> Decimal | None:
    same = document.tax_currency == document.currency
    return document.totals.vat if same else document.totals.vat_in_tax_currency


def said(tax: Tax) -> str:
    rate = "" if tax.rate is None else f" {tax.rate.normalize():f}"
    return f"VAT {tax.category}{rate}"


def _subtotal(each: VatSubtotal, at: str, decimals: int) -> Iterator[Finding]:
    tax = each.tax
    if not tax.category:
        yield broken("BR-47", "a VAT breakdown without its category", at)
    elif tax.category not in CATEGORIES:
        yield broken("BR-CL-17", f"VAT category {tax.category!r} is none of UNCL 5305", at)
    if tax.rate is None and tax.category != NOT_SUBJECT:
        yield broken("BR-48", "a VAT breakdown without its rate", at)
    if each.exemption_code is not None and each.exemption_code.upper() not in EXEMPTIONS:
        yield broken("BR-CL-22", f"exemption {each.exemption_code!r} is none of VATEX", at)
    yield from too_fine("BR-DEC-19", each.taxable, at)
    yield from too_fine("BR-DEC-20", each.amount, at)
    yield from _amount(each, at, decimals)


def _amount(each: VatSubtotal, at: str, decimals: int) -> Iterator[Finding]:
    computed = vat(each.taxable, each.tax.rate, decimals)
    if each.amount == computed:
        return
    tell = worth_knowing if within_tolerance(each) else broken
    yield tell("BR-CO-17", amount_detail(each), at, stated=each.amount, computed=computed)


def amount_detail(each: VatSubtotal) -> str:
    rate = "no rate" if each.tax.rate is None else f"{each.tax.rate:f} %"
    computed = vat(each.taxable, each.tax.rate, CENTS)
    return f"{rate} of {each.taxable:f} is {computed:f}, and {each.amount:f} is stated"


def within_tolerance(each: VatSubtotal) -> bool:
    """As CEN has it, but for the sign: there a VAT of -19 on 100 would pass."""
    if rounded(each.tax.rate or Decimal(0), 0) == 0:
        return rounded(each.amount, 0) == 0
    return near(each)


def near(each: VatSubtotal) -> bool:
    computed = vat(abs(each.taxable), each.tax.rate, CENTS)
    same_sign = each.amount * each.taxable >= 0
    return same_sign and abs(abs(each.amount) - computed) < TOLERANCE
