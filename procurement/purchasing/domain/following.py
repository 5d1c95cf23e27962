"""What an order does next, given what others say of it: one step at a time, until it is where they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from procurement.kernel.ids import InvoiceId, OrderId
from procurement.purchasing.domain.lifecycle import OPEN, Command
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.progress import LineBilling, LineReceipts


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What others say of an order, over all their documents."""

    receipts: Mapping[int, LineReceipts]
    """For the lines of which something was accepted."""
    billing: Mapping[int, LineBilling]
    """For the lines on which something counts."""
    disputed: frozenset[InvoiceId]
    """Invoices that were disputed, and are neither settled yet nor meant for another order."""
    left: frozenset[OrderId]
    """Other orders, on which invoices of this one were disputed before."""


Step: TypeAlias = tuple[Command, Callable[..., None]]
"""To be carried out by the system: `do(by=..., facts=...)`."""


def next_step(order: PurchaseOrder, reported: Reported, settled: str | None) -> Step | None:
    """`settled` says how the last dispute ended. What a person disputed, a person resolves."""
    if reported.receipts != order.receipts:
        return Command.NOTE_RECEIPTS, partial(order.note_receipts, reported.receipts)
    if reported.billing != order.billing:
        return Command.NOTE_BILLING, partial(order.note_billing, reported.billing)
    if order.dispute is not None and order.dispute.invoice is not None and not reported.disputed:
        reason = settled or "no invoice of it is disputed any more"
        return Command.RESOLVE, partial(order.resolve, cancel=False, reason=reason)
    if order.state in OPEN and order.is_done:
        return Command.CLOSE, order.close
    return None
