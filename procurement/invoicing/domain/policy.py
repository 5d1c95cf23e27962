"""What a tenant decided about paying: how much may differ, and whether goods must have come."""

from dataclasses import dataclass
from decimal import Decimal

from procurement.kernel.tolerance import Tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicingPolicy:
    version: int
    price: Tolerance
    """Of the amount that the order's price makes; the cap is in the document's currency."""
    quantity: Tolerance
    """Of what was accepted (three-way) or ordered (two-way); the cap is in units."""
    three_way: bool
    """Order, receipt and invoice; two-way leaves the receipt out."""
    days_to_match: int
    """From registration on; then the invoice is disputed."""


DEFAULT_POLICY = InvoicingPolicy(
    version=0,
    price=Tolerance(Decimal(2)),
    quantity=Tolerance(Decimal(0)),
    three_way=True,
    days_to_match=30,
)
"""In force until the tenant decides otherwise. Nobody pays, unless he says so, for more than came."""
