"""What came on one line of the order, and what was wrong with it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

NONE = Decimal(0)


class Quality(StrEnum):
    NOT_INSPECTED = "not-inspected"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What is said to have come, in the unit of the order line."""

    line: int
    received: Decimal
    advised: Decimal | None = None
    """What the delivery note says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What the inspection of a line found."""

    line: int
    rejected: Decimal = NONE
    reason: str | None = None
    quality: Quality = Quality.PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    line: int
    """Number of the order line."""
    name: str
    sku: str | None
    unit: str
    received: Decimal
    enough: Decimal
    """From so much accepted on, the order line was complete when these goods came."""
    advised: Decimal | None = None
    rejected: Decimal = NONE
    reason: str | None = None
    quality: Quality = Quality.NOT_INSPECTED
    returned: Decimal = NONE

    @property
    def sound(self) -> Decimal:
        return self.received - self.rejected

    @property
    def kept(self) -> Decimal:
        return self.sound - self.returned


@dataclass(frozen=True, slots=True)
class Counted:
    """What a receipt line takes up of its order line."""

    pending: Decimal = NONE
    accepted: Decimal = NONE


class Kind(StrEnum):
    QUANTITY_REJECTED = "quantity-rejected"
    QUALITY_FAILED = "quality-failed"
    DELIVERY_NOTE_DIFFERS = "delivery-note-differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    number: int
    line: int
    kind: Kind
    quantity: Decimal
    """By how much; below zero where less came than the delivery note says."""
    detail: str
    owner: str | None = None
    resolution: str | None = None


def discrepancies(lines: tuple[ReceiptLine, ...]) -> tuple[Discrepancy, ...]:
    found = [
        (line, kind, quantity, detail) for line in lines for kind, quantity, detail in _discrepancies(line)
    ]
    return tuple(
        Discrepancy(number=number, line=line.line, kind=kind, quantity=quantity, detail=detail)
        for number, (line, kind, quantity, detail) in enumerate(found, start=1)
    )


def _discrepancies(line: ReceiptLine) -> list[tuple[Kind, Decimal, str]]:
    found = []
    if line.rejected:
        detail = f"{line.rejected} of {line.received} {line.unit} rejected: {line.reason}"
        found.append((Kind.QUANTITY_REJECTED, line.rejected, detail))
    if line.quality is Quality.FAILED:
        found.append((Kind.QUALITY_FAILED, line.received, "the inspection failed"))
    if line.advised is not None and line.advised != line.received:
        detail = f"the delivery note says {line.advised} {line.unit}, {line.received} came"
        found.append((Kind.DELIVERY_NOTE_DIFFERS, line.received - line.advised, detail))
    return found
