"""What is wrong with a document by itself, rule by rule, in the names of EN 16931.

The rules and their tolerances are those of CEN's Schematron for UBL, release 1.3.15
(https://github.com/ConnectingEurope/eInvoicing-EN16931). Where a difference is within its tolerance of one
unit of money it is told all the same, as a warning. What no document can do without (a number, a date,
amounts, quantities) is refused before it comes here.
"""

from decimal import localcontext

from procurement.invoicing.domain.document import Document
from procurement.invoicing.domain.finding import Finding
from procurement.invoicing.domain.rounding import EXACT
from procurement.invoicing.domain.rules import RULES

__all__ = ["Finding", "findings"]


def findings(document: Document) -> tuple[Finding, ...]:
    """In the order of the document: head, parties, payment, totals, VAT, lines."""
    with localcontext(EXACT):
        return tuple(finding for rule in RULES for finding in rule(document))
