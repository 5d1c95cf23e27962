"""Why an order is stopped, and what it goes back to."""

from dataclasses import dataclass

from procurement.kernel.ids import InvoiceId
from procurement.purchasing.domain.lifecycle import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    before: State
    """Resuming leads back here: progress is never thrown away."""
    reason: str
    invoice: InvoiceId | None = None
    """The disputed invoice that began it; None where a person did, or the supplier was blacklisted."""
