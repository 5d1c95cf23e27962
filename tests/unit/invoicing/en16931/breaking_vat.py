"""The same for VAT: what each category asks for, rule by rule."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from procurement.invoicing.domain.document import (
    Address,
    Delivery,
    Document,
    Line,
    Tax,
    VatSubtotal,
)
from procurement.invoicing.domain.rules.vat_categories import FAMILIES, Family
from tests.unit.invoicing.en16931.good import (
    BUYER,
    PARTIES,
    SELLER,
    STANDARD,
    allowance,
    charge,
    d,
    invoice,
    line,
    of_category,
    taxed,
    with_subtotal,
)

NOTHING = Decimal(0)
SPLIT = Tax(category="B", rate=d("22"))
UNREGISTERED = replace(SELLER, vat_id=None)
WITHOUT: Mapping[str, Mapping[str, Any]] = {
    **{category: {"seller": UNREGISTERED} for category in "SZELMG"},
    "AE": {"buyer": replace(BUYER, legal_id=None)},
    "K": {"buyer": BUYER},
    "O": {"seller": SELLER},
}
"""Parties whose registrations are not what the category asks for."""
WRONG_RATE: Mapping[str, Decimal | None] = {"S": NOTHING, "L": None, "M": None, "O": NOTHING}
"""For the others: more than nothing."""


def restated(document: Document, *breakdown: VatSubtotal) -> Document:
    """Another breakdown, and totals that add up to it."""
    tax = sum((each.amount for each in breakdown), NOTHING)
    with_vat = document.totals.without_vat + tax
    totals = replace(document.totals, vat=tax, with_vat=with_vat, due=with_vat)
    return replace(document, breakdown=breakdown, totals=totals)


def _miscounted(family: Family) -> Document:
    if not family.taxed:
        good = of_category(family.category)
        return replace(good, breakdown=good.breakdown * 2)
    rate = "7" if family.category != "S" else "19"
    lines = (taxed(family.category, rate), taxed("Z", "0", "2"))
    mixed = invoice(lines=lines)
    return restated(mixed, *(each for each in mixed.breakdown if each.tax.category == "Z"))


def _unregistered(*adjustments: Any) -> Callable[[Family], Document]:
    def document(family: Family) -> Document:
        tax = of_category(family.category).breakdown[0].tax
        taxed_so = tuple(replace(each, tax=tax) for each in adjustments)
        return of_category(family.category, adjustments=taxed_so, **WITHOUT[family.category])

    return document


def _wrong(family: Family) -> Tax:
    return Tax(category=family.category, rate=WRONG_RATE.get(family.category, d("5")))


def _line_of(tax: Tax | None) -> Line:
    return line("2", price="0.00", tax=tax)


def _badly_rated_line(family: Family) -> Document:
    good = of_category(family.category)
    return replace(good, lines=(*good.lines, _line_of(_wrong(family))))


def _badly_rated(adjustment: Any) -> Callable[[Family], Document]:
    def document(family: Family) -> Document:
        good = of_category(family.category)
        return replace(good, adjustments=(*good.adjustments, replace(adjustment, tax=_wrong(family))))

    return document


def _mistaxed(family: Family) -> Document:
    good = of_category(family.category)
    (stated,) = good.breakdown
    off = d("2.00")
    more = (off * (stated.tax.rate or NOTHING) / 100).quantize(d("0.01")) if family.taxed else NOTHING
    return restated(good, replace(stated, taxable=stated.taxable + off, amount=stated.amount + more))


def _wrong_amount(family: Family) -> Document:
    good = of_category(family.category)
    (stated,) = good.breakdown
    return restated(good, replace(stated, amount=stated.amount + (d("2.00") if family.taxed else d("0.40"))))


def _exemption(family: Family) -> Document:
    reason = None if family.exempt else "Because"
    return with_subtotal(of_category(family.category), exemption_reason=reason, exemption_code=None)


MAKERS: Mapping[str, Callable[[Family], Document]] = {
    "01": _miscounted,
    "02": _unregistered(),
    "03": _unregistered(allowance()),
    "04": _unregistered(charge()),
    "05": _badly_rated_line,
    "06": _badly_rated(allowance("0.00")),
    "07": _badly_rated(charge("0.00")),
    "08": _mistaxed,
    "09": _wrong_amount,
    "10": _exemption,
}
FAMILY_RULES: dict[str, Document] = {
    f"{family.prefix}-{number}": make(family) for family in FAMILIES for number, make in MAKERS.items()
}

_ITALIAN = PARTIES["B"]
_SPLIT = of_category("B", lines=(line(tax=SPLIT),), adjustments=())
_NO_VAT = of_category("O")
_NOTHING_OF = VatSubtotal(taxable=NOTHING, amount=NOTHING, tax=STANDARD)
_ABROAD = {"seller": replace(UNREGISTERED, address=Address(country="IT")), "buyer": _ITALIAN["buyer"]}


def _besides(document: Document, tax: Tax) -> Document:
    return replace(document, breakdown=(*document.breakdown, replace(_NOTHING_OF, tax=tax)))


SPECIAL: dict[str, Document] = {
    "BR-16": restated(replace(invoice(lines=(), breakdown=()), **_ITALIAN), replace(_NOTHING_OF, tax=SPLIT)),
    "BR-47": _besides(invoice(), Tax(category="", rate=NOTHING)),
    "BR-48": _besides(_SPLIT, Tax(category="B")),
    "BR-CL-17": _besides(invoice(), Tax(category="X", rate=NOTHING)),
    "BR-CL-18": invoice(
        lines=(line(), _line_of(Tax(category="X", rate=NOTHING))), breakdown=invoice().breakdown
    ),
    "BR-CL-22": with_subtotal(of_category("E"), exemption_code="VATEX-NONE"),
    "BR-CO-04": invoice(lines=(line(), _line_of(None))),
    "BR-CO-17": restated(_SPLIT, replace(_SPLIT.breakdown[0], amount=d("24.00"))),
    "BR-CO-18": restated(_SPLIT),
    "BR-B-01": of_category("B", lines=(line(tax=SPLIT),), adjustments=(), buyer=BUYER),
    "BR-B-02": of_category("B", lines=(line(tax=SPLIT), line("2")), adjustments=()),
    "BR-IC-11": of_category("K", delivery=Delivery(address=Address(country="AT"))),
    "BR-IC-12": of_category("K", delivery=Delivery(delivered=invoice().issued)),
    "BR-O-11": _besides(_NO_VAT, Tax(category="Z", rate=NOTHING)),
    "BR-O-12": replace(_NO_VAT, lines=(*_NO_VAT.lines, _line_of(SPLIT)), **_ABROAD),
    "BR-O-13": replace(_NO_VAT, adjustments=(*_NO_VAT.adjustments, allowance("0.00", SPLIT)), **_ABROAD),
    "BR-O-14": replace(_NO_VAT, adjustments=(*_NO_VAT.adjustments, charge("0.00", SPLIT)), **_ABROAD),
}
