"""Allowances and charges, of the document and of lines. They are held to the same, under other names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from procurement.invoicing.domain.codes.money import ALLOWANCE_REASONS, CATEGORIES, CHARGE_REASONS
from procurement.invoicing.domain.document import AllowanceCharge, Document
from procurement.invoicing.domain.finding import Finding, broken, worth_knowing
from procurement.invoicing.domain.rounding import CENTS, decimals_in, rounded

_HUNDRED = Decimal(100)
_SLACK = Decimal("0.02")
"""What Peppol lets pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    what: str
    reason: tuple[str, str]
    amount: str
    base: str
    tax: str | None = None


_OF_DOCUMENT: Mapping[bool, _Names] = {
    False: _Names(
        what="allowance", reason=("BR-33", "BR-CO-21"), amount="BR-DEC-01", base="BR-DEC-02", tax="BR-32"
    ),
    True: _Names(
        what="charge", reason=("BR-38", "BR-CO-22"), amount="BR-DEC-05", base="BR-DEC-06", tax="BR-37"
    ),
}
_OF_LINE: Mapping[bool, _Names] = {
    False: _Names(what="allowance", reason=("BR-42", "BR-CO-23"), amount="BR-DEC-24", base="BR-DEC-25"),
    True: _Names(what="charge", reason=("BR-44", "BR-CO-24"), amount="BR-DEC-27", base="BR-DEC-28"),
}


def of_document(document: Document) -> Iterator[Finding]:
    for number, each in enumerate(document.adjustments, start=1):
        names = _OF_DOCUMENT[each.charge]
        at = f"{names.what} {number}"
        if names.tax is not None and (each.tax is None or not each.tax.category):
            yield broken(names.tax, f"the {names.what} has no VAT category", at)
        elif each.tax is not None and each.tax.category not in CATEGORIES:
            yield broken("BR-CL-17", f"VAT category {each.tax.category!r} is none of UNCL 5305", at)
        yield from _adjustment(each, names, at)


def of_line(adjustments: tuple[AllowanceCharge, ...], line: str) -> Iterator[Finding]:
    for number, each in enumerate(adjustments, start=1):
        names = _OF_LINE[each.charge]
        yield from _adjustment(each, names, f"{line} {names.what} {number}")


def _adjustment(each: AllowanceCharge, names: _Names, at: str) -> Iterator[Finding]:
    if not each.reason and not each.reason_code:
        for rule in names.reason:
            yield broken(rule, f"the {names.what} gives no reason", at)
    if each.reason_code:
        yield from _reason_code(each, at)
    yield from too_fine(names.amount, each.amount, at)
    yield from too_fine(names.base, each.base, at)
    yield from _percentage(each, at)


def _reason_code(each: AllowanceCharge, at: str) -> Iterator[Finding]:
    if each.charge and each.reason_code not in CHARGE_REASONS:
        yield broken("BR-CL-20", f"reason {each.reason_code!r} is none of UNCL 7161", at)
    if not each.charge and each.reason_code not in ALLOWANCE_REASONS:
        yield broken("BR-CL-19", f"reason {each.reason_code!r} is none of UNCL 5189", at)


def too_fine(rule: str, amount: Decimal | None, at: str) -> Iterator[Finding]:
    """Zeros count: the standard counts what is written."""
    if amount is not None and decimals_in(amount) > CENTS:
        yield broken(rule, f"{amount:f} has more than {CENTS} decimals", at, stated=amount)


def _percentage(each: AllowanceCharge, at: str) -> Iterator[Finding]:
    if each.base is None or each.percentage is None:
        return
    computed = rounded(each.base * each.percentage / _HUNDRED, CENTS)
    if abs(each.amount - computed) > _SLACK:
        detail = f"{each.percentage:f} % of {each.base:f} is {computed:f}, and {each.amount:f} is stated"
        yield worth_knowing("PEPPOL-EN16931-R040", detail, at, stated=each.amount, computed=computed)
