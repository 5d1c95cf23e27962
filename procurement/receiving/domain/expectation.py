"""What receiving knows of orders, learned from purchasing's events: what may come, and how much of it did."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from procurement.kernel.errors import NotYet
from procurement.kernel.ids import InvoiceId, OrderId, SupplierId
from procurement.kernel.tolerance import Tolerance
from procurement.receiving.domain.policy import ReceivingPolicy

NONE = Decimal(0)


class OrderUnknown(NotYet):
    """Not heard of yet: either there is no such order, or the news of it is still on its way."""

    code = "order-unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedLine:
    """A line as it was issued."""

    number: int
    name: str
    sku: str | None
    supplier_item_id: str | None
    gtin: str | None
    quantity: Decimal
    unit: str
    over: Tolerance | None = None
    """Agreed for this line; the tenant's policy where nothing was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedLine:
    ordered: OrderedLine
    released: Decimal = NONE
    """Given up by closing short."""
    pending: Decimal = NONE
    """Received and not verified yet: it takes up room."""
    accepted: Decimal = NONE
    """Verified, less what was returned and reversed."""
    billed: Decimal = NONE
    """Invoiced, less what was credited."""

    @property
    def due(self) -> Decimal:
        return self.ordered.quantity - self.released

    def over(self, policy: ReceivingPolicy) -> Tolerance:
        return self.ordered.over or policy.over

    def most(self, policy: ReceivingPolicy) -> Decimal:
        """No more than that may ever be accepted."""
        return self.due + self.over(policy).of(self.due)

    def enough(self, policy: ReceivingPolicy) -> Decimal:
        """From there on the line is complete."""
        return self.due - policy.under.of(self.due)

    def room(self, policy: ReceivingPolicy) -> Decimal:
        return max(self.most(policy) - self.pending - self.accepted, NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedOrder:
    order: OrderId
    number: str
    supplier: SupplierId
    status: str
    """In purchasing's words: Issued and Acknowledged may be received."""
    requesters: frozenset[str]
    approvers: frozenset[str]
    lines: Mapping[int, ExpectedLine]
    """Those that were asked for and exist."""

    @property
    def is_open(self) -> bool:
        return self.status in {"Issued", "Acknowledged"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNews:
    """One event of purchasing. Status goes by version; everything else adds up in whatever order it comes."""

    order: OrderId
    version: int
    number: str
    supplier: SupplierId
    status: str
    requesters: frozenset[str]
    approvers: frozenset[str] = frozenset()
    lines: tuple[OrderedLine, ...] = ()
    released: tuple[tuple[int, Decimal], ...] = ()
    """By this event: line and quantity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingNews:
    """What an invoice or a credit note counts for, at one of its versions; the latest one says it all."""

    order: OrderId
    invoice: InvoiceId
    version: int
    billed: Mapping[int, Decimal]
    """Per order line."""
