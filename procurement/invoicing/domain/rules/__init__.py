"""The rules, one by one. Each is asked about the whole document and tells what breaks it."""

from collections.abc import Callable, Iterator

from procurement.invoicing.domain.document import Document
from procurement.invoicing.domain.finding import Finding
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
