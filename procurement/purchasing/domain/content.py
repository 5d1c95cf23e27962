"""The content of an order: what the buyer writes, and what a revision replaces as a whole."""

from dataclasses import dataclass, field
from decimal import Decimal

from procurement.kernel.errors import Blocker, Concern
from procurement.kernel.money import BadMoney, Money
from procurement.purchasing.domain.line import Line

MAX_LINES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    currency: str
    lines: tuple[Line, ...]
    note: str | None = None
    buyer_reference: str | None = None
    _total: Money | None = field(init=False, repr=False, compare=False)
    """None where it cannot be told; blockers() says why."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_total", self._summed())

    def _summed(self) -> Money | None:
        if any(line.price.currency != self.currency for line in self.lines):
            return None
        try:
            return Money(sum((line.total.amount for line in self.lines), Decimal(0)), self.currency)
        except BadMoney:
            return None

    @property
    def total(self) -> Money:
        """Of content that has no blockers."""
        assert self._total is not None, "only content without blockers has a total"  # noqa: S101 - our own mistake
        return self._total

    def blockers(self) -> tuple[Blocker, ...]:
        """Why this cannot be ordered, whoever asks."""
        found = []
        if not 1 <= len(self.lines) <= MAX_LINES:
            found.append(content_blocker("line-count", f"an order has 1 to {MAX_LINES} lines", "/lines"))
        found += [
            content_blocker(
                "currency-mixed",
                f"the order is in {self.currency}, this price in {line.price.currency}",
                f"/lines/{line.number - 1}/price/currency",
            )
            for line in self.lines
            if line.price.currency != self.currency
        ]
        return tuple(found) or self._total_blockers()

    def _total_blockers(self) -> tuple[Blocker, ...]:
        if self._total is None:
            return (content_blocker("total-too-large", "the total is out of range", "/lines"),)
        if self._total.amount < 0:
            detail = f"the total is {self._total}: more goes back than comes"
            return (content_blocker("total-negative", detail, "/lines"),)
        return ()


def content_blocker(code: str, detail: str, pointer: str) -> Blocker:
    return Blocker(code, Concern.CONTENT, detail, pointer)
