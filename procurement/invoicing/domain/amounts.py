"""What we compute beside what is stated: the same figures from the same document, in its currency.

VAT is rounded half-up once for each category and rate, never per line. Totals build on the line amounts as
they are stated; what each line comes to by its quantity and price stands beside.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from procurement.invoicing.domain.document import AllowanceCharge, Document, Line, Tax, Totals, VatSubtotal
from procurement.invoicing.domain.rounding import EXACT, decimals_of, rounded

_NONE = Decimal(0)
_ONE = Decimal(1)
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    line_nets: tuple[Decimal, ...]
    """Quantity x price / base quantity, plus charges, less allowances; one for each line."""
    breakdown: tuple[VatSubtotal, ...]
    totals: Totals


def computed(document: Document) -> Amounts:
    decimals = decimals_of(document.currency)
    with localcontext(EXACT):
        breakdown = tuple(
            VatSubtotal(taxable=rounded(taxable, decimals), amount=vat(taxable, tax.rate, decimals), tax=tax)
            for tax, taxable in by_tax(document).items()
        )
        return Amounts(
            line_nets=tuple(line_net(line, decimals) for line in document.lines),
            breakdown=breakdown,
            totals=_totals(document, breakdown, decimals),
        )


def _totals(document: Document, breakdown: tuple[VatSubtotal, ...], decimals: int) -> Totals:
    lines = rounded(sum((line.net for line in document.lines), _NONE), decimals)
    allowances = rounded(total_of(document.adjustments, charge=False), decimals)
    charges = rounded(total_of(document.adjustments, charge=True), decimals)
    without_vat = lines - allowances + charges
    tax = rounded(sum((subtotal.amount for subtotal in breakdown), _NONE), decimals)
    stated = document.totals
    return Totals(
        lines=lines,
        allowances=allowances,
        charges=charges,
        without_vat=without_vat,
        vat=tax,
        with_vat=without_vat + tax,
        prepaid=stated.prepaid,
        rounding=stated.rounding,
        due=without_vat + tax - (stated.prepaid or _NONE) + (stated.rounding or _NONE),
    )


def line_net(line: Line, decimals: int) -> Decimal:
    """Each part rounded by itself. The stated one may differ, and counts."""
    base = line.price.base_quantity or _ONE
    gross = rounded(line.quantity * line.price.amount / base, decimals)
    if not line.adjustments:
        return gross
    charges = total_of(line.adjustments, charge=True)
    allowances = total_of(line.adjustments, charge=False)
    return gross + rounded(charges, decimals) - rounded(allowances, decimals)


def vat(taxable: Decimal, rate: Decimal | None, decimals: int) -> Decimal:
    return rounded(taxable * (rate or _NONE) / _HUNDRED, decimals)


def total_of(adjustments: tuple[AllowanceCharge, ...], *, charge: bool) -> Decimal:
    return sum((each.amount for each in adjustments if each.charge is charge), _NONE)


def by_tax(document: Document) -> Mapping[Tax, Decimal]:
    """What is taxed, for each category and rate, from the stated line amounts."""
    taxable: defaultdict[Tax, Decimal] = defaultdict(Decimal)
    for line in document.lines:
        if line.item.tax is not None:
            taxable[line.item.tax] += line.net
    for each in document.adjustments:
        if each.tax is not None:
            taxable[each.tax] += each.amount if each.charge else -each.amount
    return taxable
