"""Where an order line stands while the lines of a document are gone through, and how much room it has."""

from collections.abc import Mapping
from decimal import Decimal

from procurement.invoicing.domain.ordered import NONE, BillableLine, BillableOrder
from procurement.invoicing.domain.policy import InvoicingPolicy

_OVER = frozenset({"Closed", "Cancelled"})
"""Nothing more comes. A disputed order may go on; what came of it before is owed all the same."""


class Standing:
    """In the direction of the order line: what was ordered below zero is billed below zero."""

    __slots__ = ("_gave_back", "_invoiced", "billed", "ever", "line", "now")

    def __init__(
        self, line: BillableLine, policy: InvoicingPolicy, status: str, invoiced: Decimal | None
    ) -> None:
        self.line = line
        self.billed = line.billed
        """By others, and by the lines of this document so far."""
        self.now, self.ever = _limits(line, policy, more_comes=status not in _OVER)
        self._invoiced = invoiced
        """By the invoice that is corrected, where that is what the document takes back from."""
        self._gave_back = NONE

    @property
    def negative(self) -> bool:
        return self.line.ordered.quantity < 0

    def bills(self, quantity: Decimal) -> bool:
        """Or takes back."""
        return (quantity < 0) == self.negative

    @property
    def left_to_take_back(self) -> Decimal:
        left = self.billed if self._invoiced is None else self._invoiced - self._gave_back
        return max(-left if self.negative else left, NONE)

    @property
    def floor(self) -> Decimal | None:
        """Nobody takes back more than was billed; a credit note answers to its invoice instead, so that it
        may come before the invoice agrees."""
        return NONE if self._invoiced is None else None

    @property
    def rooms(self) -> tuple[Decimal, Decimal, Decimal]:
        """Now, ever, and for taking back; none is below zero but what is overdrawn."""
        sign = -1 if self.negative else 1
        return sign * (self.now - self.billed), sign * (self.ever - self.billed), self.left_to_take_back

    def book(self, quantity: Decimal) -> None:
        self.billed += quantity
        if not self.bills(quantity):
            self._gave_back -= quantity


def standings(
    order: BillableOrder, policy: InvoicingPolicy, invoiced: Mapping[int, Decimal] | None
) -> dict[int, Standing]:
    """By number. `invoiced` by the invoice that is corrected."""
    return {
        number: Standing(
            order.lines[number],
            policy,
            order.status,
            None if invoiced is None else invoiced.get(number, NONE),
        )
        for number in sorted(order.lines)
    }


def _limits(line: BillableLine, policy: InvoicingPolicy, *, more_comes: bool) -> tuple[Decimal, Decimal]:
    """Up to where it may be billed now, and once all that is due has come."""
    if line.ordered.quantity < 0:
        return line.due, line.due  # what goes back needs no receipt
    ordered, accepted = _tolerated(line.due, policy), _tolerated(line.accepted, policy)
    if not policy.three_way:
        return ordered, ordered
    return accepted, max(accepted, ordered) if more_comes and line.accepted < line.due else accepted


def _tolerated(quantity: Decimal, policy: InvoicingPolicy) -> Decimal:
    return quantity + policy.quantity.of(max(quantity, NONE))
