"""Everything receiving asks of the outside, and the one thing it offers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from procurement.kernel.act import Act, Answer
from procurement.kernel.actor import Actor
from procurement.kernel.errors import Blocker
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import GoodsReceiptId, OrderId, SupplierId, TenantId
from procurement.receiving.domain.expectation import BillingNews, ExpectedOrder, OrderNews
from procurement.receiving.domain.lifecycle import Command, State
from procurement.receiving.domain.line import Delivered, Inspected
from procurement.receiving.domain.policy import ReceivingPolicy
from procurement.receiving.domain.receipt import GoodsReceipt


class Sort(StrEnum):
    CREATED = "created_at"
    CREATED_DESC = "-created_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptQuery:
    """Which receipts, in which order, after which one."""

    states: tuple[State, ...] = ()
    order: OrderId | None = None
    supplier: SupplierId | None = None
    delivery_note: str | None = None
    opened_by: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    """Exclusive."""
    sort: Sort = Sort.CREATED_DESC
    after: tuple[str, GoodsReceiptId] | None = None
    """Sort value (as text) and id of the last receipt of the page before."""
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptSummary:
    id: GoodsReceiptId
    order: OrderId
    order_number: str
    supplier: SupplierId
    delivery_note: str | None
    opened_by: str
    state: State
    line_count: int
    open_discrepancies: int
    version: int
    created_at: datetime


class GoodsReceipts(Protocol):
    async def opening(self, act: Act, order: OrderId, lines: Collection[int]) -> ExpectedOrder:
        """What is expected on these lines. Raise Answered when the command was carried out before,
        OrderUnknown when receiving has not heard of the order."""
        ...

    async def for_change(self, act: Act, receipt: GoodsReceiptId) -> GoodsReceipt:
        """Raise Answered when the command was carried out before, NotFound when there is no such receipt."""
        ...

    async def get(self, tenant: TenantId, receipt: GoodsReceiptId) -> GoodsReceipt:
        """Raise NotFound when there is no such receipt."""
        ...

    async def save(self, receipt: GoodsReceipt, act: Act) -> Answer:
        """Store the receipt, what it takes up of its order's lines, its event, its audit entry and the
        command's answer together or not at all.

        Moves the receipt's version. Raise Stale when another save came first, and RuleBroken when meanwhile
        other receipts took the room, or the same delivery note was received.
        """
        ...

    async def page(self, tenant: TenantId, query: ReceiptQuery) -> Sequence[ReceiptSummary]: ...

    async def history(self, tenant: TenantId, receipt: GoodsReceiptId) -> Sequence[HistoryEntry]:
        """Oldest first; empty when there is no such receipt."""
        ...

    async def billed(self, tenant: TenantId, order: OrderId) -> Sequence[GoodsReceiptId]:
        """The order's verified receipts on whose lines all that was accepted is invoiced, oldest first."""
        ...


class Expectations(Protocol):
    async def expected(
        self, tenant: TenantId, order: OrderId, lines: Collection[int] | None = None
    ) -> ExpectedOrder:
        """With all its lines, or with these. Raise OrderUnknown when receiving has not heard of the order."""
        ...

    async def note(self, tenant: TenantId, *news: OrderNews) -> None:
        """At once, to the same end as one by one in any order. Repeats and latecomers do no harm."""
        ...

    async def note_billing(self, tenant: TenantId, news: BillingNews) -> None:
        """Keep it unless a later version of the invoice is already known."""
        ...


class Policies(Protocol):
    async def current(self, tenant: TenantId) -> ReceivingPolicy:
        """The default policy, version 0, while the tenant has decided nothing."""
        ...

    async def for_change(self, act: Act) -> ReceivingPolicy:
        """Raise Answered when the command was carried out before."""
        ...

    async def save(self, policy: ReceivingPolicy, act: Act) -> Answer:
        """Store the policy under the version it carries, together with its event, its audit entry and the
        command's answer. Raise Stale when it is not the next one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReceipt:
    order: OrderId
    delivery_note: str | None
    delivered: tuple[Delivered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A command on an existing receipt, with the version that its sender has seen."""

    receipt: GoodsReceiptId
    expected_version: int | None
    """None for acts of the system, which decide on whatever is current."""


class Receiving(Protocol):
    """The use cases. Commands raise RuleBroken with every blocker, NotFound, VersionMismatch, OrderUnknown,
    and Answered when the very same command was carried out before; they return what the transport made of
    the result."""

    async def open(self, act: Act, command: OpenReceipt) -> Answer: ...
    async def verify(self, act: Act, decision: Decision, inspected: Sequence[Inspected]) -> Answer: ...
    async def assign(self, act: Act, decision: Decision, discrepancy: int, owner: str) -> Answer: ...
    async def resolve(self, act: Act, decision: Decision, reason: str) -> Answer: ...
    async def reject(self, act: Act, decision: Decision, reason: str) -> Answer: ...
    async def reverse(self, act: Act, decision: Decision, reason: str) -> Answer: ...
    async def send_back(
        self, act: Act, decision: Decision, reason: str, quantities: Mapping[int, Decimal]
    ) -> Answer: ...
    async def close(self, act: Act, decision: Decision) -> Answer: ...

    async def get(self, tenant: TenantId, receipt: GoodsReceiptId) -> GoodsReceipt: ...
    async def page(self, tenant: TenantId, query: ReceiptQuery) -> Sequence[ReceiptSummary]: ...
    async def history(self, tenant: TenantId, receipt: GoodsReceiptId) -> Sequence[HistoryEntry]: ...
    async def actions(
        self, tenant: TenantId, by: Actor, receipt: GoodsReceiptId
    ) -> tuple[GoodsReceipt, Mapping[Command, tuple[Blocker, ...]]]:
        """For every command what forbids it to this actor now; nothing where it is allowed."""
        ...

    async def expected(self, tenant: TenantId, order: OrderId) -> tuple[ExpectedOrder, ReceivingPolicy]:
        """What may come of an order, and the tolerances in force. Raise OrderUnknown."""
        ...

    async def policy(self, tenant: TenantId) -> ReceivingPolicy: ...
    async def decide_policy(self, act: Act, expected_version: int, policy: ReceivingPolicy) -> Answer: ...

    async def note_order(self, tenant: TenantId, *news: OrderNews) -> None:
        """Learn of orders. Repeatable."""
        ...

    async def note_billing(self, act: Act, news: BillingNews) -> None:
        """Learn what an invoice counts for, and close what is billed by that. Repeatable."""
        ...

    async def close_billed(self, act: Act, order: OrderId) -> None:
        """Close the order's receipts that are billed. Repeatable."""
        ...
