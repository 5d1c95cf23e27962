"""What a tenant decided about receiving."""

from dataclasses import dataclass
from decimal import Decimal

from procurement.kernel.tolerance import Tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivingPolicy:
    version: int
    over: Tolerance
    """More than ordered, for lines without a tolerance of their own."""
    under: Tolerance
    """Less than ordered, and the line is complete all the same."""


DEFAULT_POLICY = ReceivingPolicy(version=0, over=Tolerance(Decimal(2)), under=Tolerance(Decimal(0)))
"""In force until the tenant decides otherwise."""
