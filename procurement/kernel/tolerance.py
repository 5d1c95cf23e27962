"""How much more or less than ordered is as good as ordered."""

from dataclasses import dataclass
from decimal import Decimal

MAX_PERCENTAGE = Decimal(10)


class BadTolerance(ValueError):
    """A tolerance that nobody may grant."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A percentage of what was ordered and, where there is one, an absolute cap; the smaller wins."""

    percentage: Decimal
    cap: Decimal | None = None

    def __post_init__(self) -> None:
        if not (self.percentage.is_finite() and 0 <= self.percentage <= MAX_PERCENTAGE):
            raise BadTolerance(f"a tolerance is 0 to {MAX_PERCENTAGE} %, not {self.percentage} %")
        if self.cap is not None and not (self.cap.is_finite() and self.cap >= 0):
            raise BadTolerance(f"a cap is not below zero, {self.cap} is")

    def of(self, quantity: Decimal) -> Decimal:
        share = quantity * self.percentage / 100
        return share if self.cap is None else min(share, self.cap)

    def __str__(self) -> str:
        return f"{self.percentage} %" + (f", at most {self.cap}" if self.cap is not None else "")
