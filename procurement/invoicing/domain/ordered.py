"""What invoicing knows of orders and of what came of them, learned from the events of the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from procurement.kernel.errors import NotYet
from procurement.kernel.ids import GoodsReceiptId, OrderId, SupplierId

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
    price: Decimal
    base_quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BillableLine:
    """An ordered line, and where it stands."""

    ordered: OrderedLine
    released: Decimal = NONE
    """Given up by closing short."""
    accepted: Decimal = NONE
    """Over all receipts, less what was returned and reversed."""
    failed: bool = False
    """Goods of this line failed their inspection, and nobody decided on them yet."""
    billed: Decimal = NONE
    """By the matched invoices, less the matched credit notes; without the invoice that is being matched."""

    @property
    def due(self) -> Decimal:
        return self.ordered.quantity - self.released


@dataclass(frozen=True, slots=True, kw_only=True)
class BillableOrder:
    order: OrderId
    number: str
    supplier: SupplierId
    status: str
    """In purchasing's words."""
    currency: str
    requesters: frozenset[str]
    receivers: frozenset[str]
    """Who received goods of it: they don't enter its invoices."""
    lines: Mapping[int, BillableLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNews:
    """One event of purchasing. Status goes by version; everything else adds up in whatever order it comes."""

    order: OrderId
    version: int
    number: str
    supplier: SupplierId
    status: str
    currency: str
    requesters: frozenset[str]
    lines: tuple[OrderedLine, ...] = ()
    released: tuple[tuple[int, Decimal], ...] = ()
    """By this event: line and quantity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptNews:
    """One event of receiving: what the receipt counts for now. The latest version of each receipt is summed
    up."""

    order: OrderId
    receipt: GoodsReceiptId
    version: int
    receivers: frozenset[str]
    accepted: Mapping[int, Decimal]
    """Per order line."""
    failed: frozenset[int] = frozenset()
    """Lines whose goods failed their inspection, undecided."""
