"""What happened to a goods receipt. The public form of each is in adapters/outbound/events.py."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from procurement.kernel.aggregate import DomainEvent
from procurement.receiving.domain.lifecycle import Command, State


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptEvent(DomainEvent):
    before: State | None
    after: State


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceiptOpened(ReceiptEvent):
    action: ClassVar[str] = Command.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceived(ReceiptEvent):
    action: ClassVar[str] = Command.VERIFY


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceivedAfterAll(GoodsReceived):
    """To the world the same fact; the history tells by which command."""

    action: ClassVar[str] = Command.RESOLVE


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceiptDiscrepancyDetected(ReceiptEvent):
    action: ClassVar[str] = Command.VERIFY


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceiptDiscrepancyAssigned(ReceiptEvent):
    action: ClassVar[str] = Command.ASSIGN


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceiptRejected(ReceiptEvent):
    action: ClassVar[str] = Command.REJECT


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceiptReversed(ReceiptEvent):
    action: ClassVar[str] = Command.REVERSE


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReturned(ReceiptEvent):
    action: ClassVar[str] = Command.RETURN
    returned: dict[int, Decimal]
    """By this act, per order line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceiptClosed(ReceiptEvent):
    action: ClassVar[str] = Command.CLOSE
