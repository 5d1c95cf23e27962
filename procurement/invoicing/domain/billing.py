"""What a matched invoice takes up of its order lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from procurement.invoicing.domain.exceptions import InvoiceException
from procurement.invoicing.domain.matching import Match, Reason, ceilings


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """Below zero for a credit note."""

    quantity: Decimal
    net: Decimal


_OF_QUANTITY = frozenset({Reason.QUANTITY, Reason.DELIVERY})

NOTHING = Billed(quantity=Decimal(0), net=Decimal(0))


def billed(match: Match) -> dict[int, Billed]:
    """Per order line, over all lines of the document that were found on it."""
    sums: dict[int, Billed] = {}
    for line in match.lines:
        if line.order_line is not None:
            before = sums.get(line.order_line, NOTHING)
            sums[line.order_line] = Billed(
                quantity=before.quantity + line.quantity, net=before.net + line.net
            )
    return sums


def limits(match: Match, exceptions: Sequence[InvoiceException]) -> Mapping[int, Decimal | None]:
    """Up to where each order line may be billed, all documents together; None where somebody let it pass."""
    released = {
        exception.mismatch.line
        for exception in exceptions
        if not exception.is_open and exception.mismatch.reason in _OF_QUANTITY
    }
    passed = {line.order_line for line in match.lines if line.line in released}
    return {line: None if line in passed else most for line, most in ceilings(match).items()}
