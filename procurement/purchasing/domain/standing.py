"""What purchasing knows of a supplier, learned from the supplier context's events."""

from dataclasses import dataclass
from datetime import datetime

from procurement.kernel.errors import NotYet
from procurement.kernel.ids import SupplierId


class SupplierUnknown(NotYet):
    """Not heard of yet: either there is no such supplier, or the news of it is still on its way."""

    code = "supplier-unknown"


class SupplierPending(NotYet):
    """Not approved yet, as far as purchasing has heard; the news of its approval may be on its way."""

    code = "supplier-pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierStanding:
    supplier: SupplierId
    version: int
    name: str
    status: str
    """In the words of the supplier context: Pending, Approved, Suspended, Blacklisted."""
    orders_held_until: datetime | None = None
    """A hold on new orders; `datetime.max` (aware) where it has no end."""

    def accepts_orders(self, at: datetime) -> bool:
        held = self.orders_held_until is not None and at < self.orders_held_until
        return self.status == "Approved" and not held
