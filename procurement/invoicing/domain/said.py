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
    credit = document.kind is Kind.CREDIT_NOTE
    for line, label in zip(document.lines, labels_of(document), strict=True):
        yield Said(label, line, credit)


def labels_of(document: Document) -> Iterator[str]:
    """What the lines are called, here and by a clerk: their ids, and from its second use on an id with a
    number that makes it no other line's."""
    own, times = {line.id for line in document.lines}, dict[str, int]()
    for line in document.lines:
        seen = times.get(line.id, 0) + 1
        while seen > 1 and f"{line.id} ({seen})" in own:
            seen += 1
        times[line.id] = seen
        yield line.id if seen == 1 else f"{line.id} ({seen})"
