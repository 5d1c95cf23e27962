"""The same document, told otherwise: dearer, under another number, taken back in part."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from procurement.entrypoints.demo.goods import halved
from procurement.invoicing.domain.amounts import computed, line_net
from procurement.invoicing.domain.document import Document, Kind, Line, Reference
from procurement.invoicing.domain.findings import findings
from procurement.invoicing.domain.rounding import decimals_of
from procurement.kernel.money import PRICE_DECIMALS

RAISED = Decimal("1.2")
"""Beyond every tolerance that a policy may have."""
CREDIT_NOTE = "381"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variants:
    dearer: Document
    """One line's price is raised."""
    whole: Document
    """Bills all that was ordered, under a number of its own."""
    line: int
    """Of the order: what comes of it is its first half only, and the rest is given up."""
    missing: Decimal
    """That rest."""
    credit: Document
    """Takes the rest back from the whole."""


def variants(document: Document, mark: str) -> Variants | None:
    """None where they could not be told apart from what else such a document says: it adds to its lines, or
    takes back itself, or no line can come in two parts."""
    at = next((at for at, line in enumerate(document.lines) if _is_plain(line)), None)
    if at is None or not _only_lines(document):
        return None
    line, number = document.lines[at], document.number
    missing = line.quantity - halved(line.quantity)
    whole = replace(document, number=f"{number}-{mark}-QTY")
    found = Variants(
        dearer=_totalled(
            replace(document, number=f"{number}-{mark}-PRI"), _with(document.lines, at, _dearer(line))
        ),
        whole=whole,
        line=at + 1,
        missing=missing,
        credit=_credit(whole, replace(line, quantity=missing), f"{number}-{mark}-CN"),
    )
    return None if any(map(findings, (found.dearer, whole, found.credit))) else found


def _is_plain(line: Line) -> bool:
    """Its amount is quantity times price, and a part of it can be taken back."""
    return line.price.amount > 0 and halved(line.quantity) > 0 and not (line.adjustments or line.sublines)


def _only_lines(document: Document) -> bool:
    totals = document.totals
    return (
        document.kind is Kind.INVOICE
        and document.tax_currency in {None, document.currency}
        and all(line.quantity > 0 for line in document.lines)
        and not (document.adjustments or totals.prepaid or totals.rounding or document.third_party_payments)
    )


def _with(lines: tuple[Line, ...], at: int, line: Line) -> tuple[Line, ...]:
    return (*lines[:at], line, *lines[at + 1 :])


def _dearer(line: Line) -> Line:
    price = round(line.price.amount * RAISED, PRICE_DECIMALS).normalize()
    return replace(line, price=replace(line.price, amount=price, gross=None, discount=None))


def _credit(invoice: Document, line: Line, number: str) -> Document:
    """A credit note has no day on which it is due: it is set off."""
    note = replace(
        invoice,
        kind=Kind.CREDIT_NOTE,
        type_code=CREDIT_NOTE,
        number=number,
        preceding=(Reference(number=invoice.number, issued=invoice.issued),),
        due=None,
        payment_terms=f"Set off against {invoice.number}",
    )
    return _totalled(note, (line,))


def _totalled(document: Document, lines: Iterable[Line]) -> Document:
    """With the amounts that these lines make."""
    decimals = decimals_of(document.currency)
    priced = replace(document, lines=tuple(replace(line, net=line_net(line, decimals)) for line in lines))
    made = computed(priced)
    exempt = {stated.tax: stated for stated in document.breakdown}
    return replace(
        priced,
        breakdown=tuple(
            replace(exempt.get(each.tax, each), taxable=each.taxable, amount=each.amount)
            for each in made.breakdown
        ),
        totals=replace(made.totals, allowances=None, charges=None),
    )
