"""What is wrong with a document by itself, rule by rule, in the names of EN 16931.

The rules and their tolerances are those of CEN's Schematron for UBL, release 1.3.15
(https://github.com/ConnectingEurope/eInvoicing-EN16931). Where a difference is within its tolerance of one
unit of money it is told all the same, as a warning. What no document can do without (a number, a date,
amounts, quantities) is refused before it comes here.
"""

from collections.abc import Callable, Iterator
from decimal import localcontext

from procurement.invoicing.domain.document import Document
from procurement.invoicing.domain.findings import Finding
from procurement.invoicing.domain.rounding import EXACT
from procurement.invoicing.domain.rules.adjustments import of_document
from procurement.invoicing.domain.rules.head import head, papers
from procurement.invoicing.domain.rules.lines import lines
from procurement.invoicing.domain.rules.parties import parties
from procurement.invoicing.domain.rules.payment import payment
from procurement.invoicing.domain.rules.totals import totals
from procurement.invoicing.domain.rules.vat import breakdown
from procurement.invoicing.domain.rules.vat_categories import categories

RULES: tuple[Callable[[Document], Iterator[Finding]], ...] = (
    head,
    papers,
    parties,
    payment,
    of_document,
    totals,
    breakdown,
    categories,
    lines,
)


def findings(document: Document) -> tuple[Finding, ...]:
    """In the order of the document: head, parties, payment, totals, VAT, lines."""
    with localcontext(EXACT):
        return tuple(finding for rule in RULES for finding in rule(document))
