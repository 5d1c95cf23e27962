"""A line of a document as the match reads it: credited below zero, under a name of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from procurement.invoicing.domain.document import Document, Kind, Line


@dataclass(frozen=True, slots=True)
class Said:
    label: str
    """The line's id; what a document uses twice is told apart."""
    line: Line
    credit: bool

    @property
    def quantity(self) -> Decimal:
        return -self.line.quantity if self.credit else self.line.quantity

    @property
    def net(self) -> Decimal:
        return -self.line.net if self.credit else self.line.net

    @property
    def stated_price(self) -> Decimal:
        """Of one unit."""
        price = self.line.price
        return price.amount / (price.base_quantity or 1)

    def as_stated(self, value: Decimal) -> Decimal:
        """With the sign that the supplier gives it."""
        return -value if self.credit else value


def lines_of(document: Document) -> Iterator[Said]:
    credit, times = document.kind is Kind.CREDIT_NOTE, dict[str, int]()
    for line in document.lines:
        times[line.id] = seen = times.get(line.id, 0) + 1
        yield Said(line.id if seen == 1 else f"{line.id} ({seen})", line, credit)
