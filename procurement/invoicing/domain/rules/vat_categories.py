"""Families of rules, one for each VAT category: what it asks of rates, of parties and of its breakdown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from procurement.invoicing.domain.amounts import by_tax
from procurement.invoicing.domain.document import Document, Tax, VatSubtotal
from procurement.invoicing.domain.finding import Finding, broken, worth_knowing
from procurement.invoicing.domain.rules.vat import NOT_SUBJECT, TOLERANCE, amount_detail, near, said
from procurement.invoicing.domain.rules.vat_parties import (
    any_seller_registration,
    any_seller_registration_and_buyer,
    no_vat_ids,
    seller_vat_id,
    seller_vat_id_and_buyer,
)
from procurement.invoicing.domain.rules.vat_special import intra_community, not_subject, split_payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    prefix: str
    category: str
    name: str
    parties: Callable[[Document], str | None]
    """What is wrong with the parties' registrations, in words."""
    rate: Callable[[Decimal | None], bool]
    rate_in_words: str
    exempt: bool = True
    """Its breakdown gives the reason why there is no VAT; or must not."""
    taxed: bool = False
    """One breakdown for each rate, and VAT; else one in all, and none."""


def _is_zero(rate: Decimal | None) -> bool:
    return rate == 0


def _is_none(rate: Decimal | None) -> bool:
    return rate is None


def _is_positive(rate: Decimal | None) -> bool:
    return rate is not None and rate > 0


def _is_not_negative(rate: Decimal | None) -> bool:
    return rate is not None and rate >= 0


FAMILIES = (
    Family(
        prefix="BR-S", category="S", name="standard rated", taxed=True, exempt=False,
        parties=any_seller_registration, rate=_is_positive, rate_in_words="above zero",
    ),
    Family(
        prefix="BR-Z", category="Z", name="zero rated", exempt=False,
        parties=any_seller_registration, rate=_is_zero, rate_in_words="zero",
    ),
    Family(
        prefix="BR-E", category="E", name="exempt from VAT",
        parties=any_seller_registration, rate=_is_zero, rate_in_words="zero",
    ),
    Family(
        prefix="BR-AE", category="AE", name="reverse charge",
        parties=any_seller_registration_and_buyer, rate=_is_zero, rate_in_words="zero",
    ),
    Family(
        prefix="BR-IC", category="K", name="intra-community supply",
        parties=seller_vat_id_and_buyer, rate=_is_zero, rate_in_words="zero",
    ),
    Family(
        prefix="BR-G", category="G", name="export outside the EU",
        parties=seller_vat_id, rate=_is_zero, rate_in_words="zero",
    ),
    Family(
        prefix="BR-O", category=NOT_SUBJECT, name="not subject to VAT",
        parties=no_vat_ids, rate=_is_none, rate_in_words="not stated",
    ),
    Family(
        prefix="BR-AF", category="L", name="IGIC", taxed=True, exempt=False,
        parties=any_seller_registration, rate=_is_not_negative, rate_in_words="zero or more",
    ),
    Family(
        prefix="BR-AG", category="M", name="IPSI", taxed=True, exempt=False,
        parties=any_seller_registration, rate=_is_not_negative, rate_in_words="zero or more",
    ),
)  # fmt: skip


def categories(document: Document) -> Iterator[Finding]:
    taxable = by_tax(document)
    used = {tax.category for tax in taxable} | {each.tax.category for each in document.breakdown}
    for family in FAMILIES:
        if family.category in used:
            yield from _family(
                family, document, {t: a for t, a in taxable.items() if t.category == family.category}
            )
    yield from intra_community(document)
    yield from not_subject(document)
    yield from split_payment(document, {tax.category for tax in taxable})


def _family(family: Family, document: Document, taxable: dict[Tax, Decimal]) -> Iterator[Finding]:
    stated = [each for each in document.breakdown if each.tax.category == family.category]
    yield from _counted(family, len(stated), used=bool(taxable))
    yield from _registered(family, document)
    yield from _rated(family, document)
    for each in stated:
        yield from _taxable(family, each, taxable)
        yield from _amount(family, each)
        yield from _exemption(family, each)


def _counted(family: Family, breakdowns: int, *, used: bool) -> Iterator[Finding]:
    rule, name = f"{family.prefix}-01", family.name
    if family.taxed and used and not breakdowns:
        yield broken(rule, f"something is {name}, and no VAT breakdown is", f"VAT {family.category}")
    elif family.taxed and breakdowns and not used:
        yield broken(rule, f"a VAT breakdown is {name}, and nothing else is", f"VAT {family.category}")
    elif not family.taxed and breakdowns != 1:
        yield broken(
            rule, f"{breakdowns} VAT breakdowns are {name}: exactly one must be", f"VAT {family.category}"
        )


def _registered(family: Family, document: Document) -> Iterator[Finding]:
    fault = family.parties(document)
    if fault is None:
        return
    if any(_is_of(family, line.item.tax) for line in document.lines):
        yield broken(f"{family.prefix}-02", f"a line is {family.name}, and {fault}")
    for number, what, charge in (("03", "an allowance", False), ("04", "a charge", True)):
        if any(each.charge is charge and _is_of(family, each.tax) for each in document.adjustments):
            yield broken(f"{family.prefix}-{number}", f"{what} is {family.name}, and {fault}")


def _is_of(family: Family, tax: Tax | None) -> bool:
    return tax is not None and tax.category == family.category


def _rated(family: Family, document: Document) -> Iterator[Finding]:
    for line in document.lines:
        if (
            (tax := line.item.tax) is not None
            and tax.category == family.category
            and not family.rate(tax.rate)
        ):
            yield _badly_rated(f"{family.prefix}-05", family, tax, f"line {line.id}")
    for number, each in enumerate(document.adjustments, start=1):
        if (tax := each.tax) is not None and tax.category == family.category and not family.rate(tax.rate):
            rule = f"{family.prefix}-{'07' if each.charge else '06'}"
            yield _badly_rated(rule, family, tax, f"{'charge' if each.charge else 'allowance'} {number}")


def _badly_rated(rule: str, family: Family, tax: Tax, at: str) -> Finding:
    stated = "no rate is" if tax.rate is None else f"{tax.rate:f} is"
    return broken(
        rule, f"the rate of what is {family.name} is {family.rate_in_words}, and {stated} stated", at
    )


def _taxable(family: Family, each: VatSubtotal, taxable: dict[Tax, Decimal]) -> Iterator[Finding]:
    if family.taxed and each.tax.rate is None:
        return  # BR-48 says so
    there = not family.taxed or each.tax in taxable
    computed = taxable.get(each.tax, Decimal(0)) if family.taxed else sum(taxable.values(), Decimal(0))
    if there and each.taxable == computed:
        return
    near_enough = family.taxed and there and abs(each.taxable - computed) < TOLERANCE
    tell = worth_knowing if near_enough else broken
    detail = f"lines, charges and allowances make {computed:f}, and {each.taxable:f} is stated"
    yield tell(f"{family.prefix}-08", detail, said(each.tax), stated=each.taxable, computed=computed)


def _amount(family: Family, each: VatSubtotal) -> Iterator[Finding]:
    """Smaller differences are told by BR-CO-17."""
    rule, at = f"{family.prefix}-09", said(each.tax)
    if not family.taxed and each.amount != 0:
        detail = f"there is no VAT on what is {family.name}, and {each.amount:f} is stated"
        yield broken(rule, detail, at, stated=each.amount, computed=Decimal(0))
    elif family.taxed and (each.tax.rate is None or not near(each)):
        yield broken(rule, amount_detail(each), at, stated=each.amount)


def _exemption(family: Family, each: VatSubtotal) -> Iterator[Finding]:
    there = bool(each.exemption_reason or each.exemption_code)
    if family.exempt and not there:
        detail = f"it is {family.name}, and gives no reason (BT-120 or BT-121)"
        yield broken(f"{family.prefix}-10", detail, said(each.tax))
    elif there and not family.exempt:
        yield broken(
            f"{family.prefix}-10", f"it is {family.name}, and gives a reason for no VAT", said(each.tax)
        )
