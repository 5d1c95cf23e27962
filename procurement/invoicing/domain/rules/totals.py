"""What it all comes to. Each total is held against what it is made of as stated, so one slip is told once."""

from collections.abc import Iterator
from decimal import Decimal

from procurement.invoicing.domain.amounts import total_of
from procurement.invoicing.domain.document import Document, Totals
from procurement.invoicing.domain.finding import Finding, broken, worth_knowing
from procurement.invoicing.domain.rounding import CENTS, decimals_of, rounded
from procurement.invoicing.domain.rules.adjustments import too_fine

_NONE = Decimal(0)


def totals(document: Document) -> Iterator[Finding]:
    yield from _sums(document)
    yield from _made_of(document)
    yield from _due(document)
    yield from _decimals(document.totals)


def _to_cents(document: Document, amount: Decimal) -> Decimal:
    """To two decimals, as the standard does; to more where the currency has more."""
    return rounded(amount, max(CENTS, decimals_of(document.currency)))


def _sums(document: Document) -> Iterator[Finding]:
    stated = document.totals
    lines = _to_cents(document, sum((line.net for line in document.lines), _NONE))
    if stated.lines != lines:
        yield _differs("BR-CO-10", "BT-106", "the line amounts add up to", stated.lines, lines)
    for rule, term, what, total, charge in (
        ("BR-CO-11", "BT-107", "the allowances", stated.allowances, False),
        ("BR-CO-12", "BT-108", "the charges", stated.charges, True),
    ):
        there = any(each.charge is charge for each in document.adjustments)
        computed = _to_cents(document, total_of(document.adjustments, charge=charge))
        if total is None and there:
            yield broken(rule, f"{what} add up to {computed:f}, and no total is stated", f"total {term}")
        elif total is not None and total != computed:
            yield _differs(rule, term, f"{what} add up to", total, computed)


def _made_of(document: Document) -> Iterator[Finding]:
    stated = document.totals
    made_of = stated.lines - (stated.allowances or _NONE) + (stated.charges or _NONE)
    without_vat = _to_cents(document, made_of)
    if stated.without_vat != without_vat:
        made = "lines less allowances plus charges, as stated, are"
        yield _differs("BR-CO-13", "BT-109", made, stated.without_vat, without_vat)
    if stated.vat is None:
        yield broken("BR-CO-15", "no total of VAT is stated in the document's currency", "total BT-110")
        return
    with_vat = _to_cents(document, stated.without_vat + stated.vat)
    if stated.with_vat != with_vat:
        made = "the amount without VAT and the VAT, as stated, add up to"
        yield _differs("BR-CO-15", "BT-112", made, stated.with_vat, with_vat)
    parts = _to_cents(document, sum((each.amount for each in document.breakdown), _NONE))
    if document.breakdown and stated.vat != parts:
        made = "the VAT of the categories adds up to"
        yield _differs("BR-CO-14", "BT-110", made, stated.vat, parts)


def _due(document: Document) -> Iterator[Finding]:
    """What third parties are to get besides belongs to an extension of the standard: there it is right."""
    stated = document.totals
    due = _to_cents(document, stated.with_vat - (stated.prepaid or _NONE) + (stated.rounding or _NONE))
    if stated.due == due:
        return
    made = "the amount with VAT, less what was paid, plus rounding, as stated, is"
    others = sum((payment.amount for payment in document.third_party_payments), _NONE)
    finding = _differs("BR-CO-16", "BT-115", made, stated.due, due)
    if others and stated.due == due + others:
        detail = f"{finding.detail}: {others:f} more, which third parties are to get (extension of XRechnung)"
        finding = worth_knowing("BR-CO-16", detail, finding.at, stated=stated.due, computed=due)
    yield finding


def _differs(rule: str, term: str, what: str, stated: Decimal, computed: Decimal) -> Finding:
    detail = f"{what} {computed:f}, and {stated:f} is stated"
    return broken(rule, detail, f"total {term}", stated=stated, computed=computed)


def _decimals(stated: Totals) -> Iterator[Finding]:
    for rule, term, amount in (
        ("BR-DEC-09", "BT-106", stated.lines),
        ("BR-DEC-10", "BT-107", stated.allowances),
        ("BR-DEC-11", "BT-108", stated.charges),
        ("BR-DEC-12", "BT-109", stated.without_vat),
        ("BR-DEC-13", "BT-110", stated.vat),
        ("BR-DEC-14", "BT-112", stated.with_vat),
        ("BR-DEC-15", "BT-111", stated.vat_in_tax_currency),
        ("BR-DEC-16", "BT-113", stated.prepaid),
        ("BR-DEC-17", "BT-114", stated.rounding),
        ("BR-DEC-18", "BT-115", stated.due),
    ):
        yield from too_fine(rule, amount, f"total {term}")
