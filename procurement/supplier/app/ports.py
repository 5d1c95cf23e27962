"""Everything the supplier context asks of the outside, and the one thing it offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from procurement.kernel.act import Act, Answer
from procurement.kernel.actor import Actor
from procurement.kernel.errors import Blocker
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import SupplierId, TenantId
from procurement.supplier.domain.identifiers import Identifier
from procurement.supplier.domain.lifecycle import Command, State
from procurement.supplier.domain.record import Declaration, Hold, Scope
from procurement.supplier.domain.supplier import Supplier


class Sort(StrEnum):
    NAME = "name"
    NAME_DESC = "-name"
    REGISTERED = "registered"
    REGISTERED_DESC = "-registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierQuery:
    """Which suppliers, in which order, after which one."""

    states: tuple[State, ...] = ()
    name: str | None = None
    """How the name begins, in any case."""
    identifier: Identifier | None = None
    sort: Sort = Sort.NAME
    after: tuple[str, SupplierId] | None = None
    """Name (its case does not matter) and id of the last supplier of the page before."""
    limit: int = 50


@dataclass(frozen=True, slots=True, order=True)
class Shared:
    """The same entry of the same register on another supplier's record: perhaps he is registered twice."""

    identifier: Identifier
    supplier: SupplierId


@dataclass(frozen=True, slots=True)
class Warned:
    """A stored supplier, and what to look at before going on."""

    supplier: Supplier
    shared: Sequence[Shared]


class Suppliers(Protocol):
    async def sharing(self, act: Act, identifiers: Sequence[Identifier]) -> Sequence[Shared]:
        """Who has one of them already, in order. Raise Answered when the command was carried out before."""
        ...

    async def for_change(self, act: Act, supplier: SupplierId) -> Supplier:
        """Raise Answered when the command was carried out before, NotFound when there is no such supplier."""
        ...

    async def get(self, tenant: TenantId, supplier: SupplierId) -> Warned:
        """With whoever shares an identifier with him now, in order.

        Raise NotFound when there is no such supplier.
        """
        ...

    async def save(self, supplier: Supplier, act: Act) -> Answer:
        """Store the supplier, its event, its audit entry and the command's answer together or not at all.

        Moves the supplier's version once it is stored. Raise Stale when another save came first.
        """
        ...

    async def page(self, tenant: TenantId, query: SupplierQuery) -> Sequence[Supplier]: ...

    async def history(self, tenant: TenantId, supplier: SupplierId) -> Sequence[HistoryEntry]:
        """Oldest first; empty when there is no such supplier."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A command on an existing supplier, with the version that its sender has seen."""

    supplier: SupplierId
    expected_version: int


class SupplierMaster(Protocol):
    """The use cases. Commands raise RuleBroken with every blocker, NotFound, VersionMismatch, and Answered
    when the very same command was carried out before; they return what the transport made of the result:
    a Warned for register, revise and approve, a Supplier for the others."""

    async def register(self, act: Act, declared: Declaration) -> Answer: ...
    async def revise(self, act: Act, decision: Decision, declared: Declaration) -> Answer: ...
    async def approve(self, act: Act, decision: Decision, risk_score: Decimal) -> Answer: ...
    async def suspend(self, act: Act, decision: Decision, reason: str) -> Answer: ...
    async def reinstate(self, act: Act, decision: Decision, reason: str) -> Answer: ...
    async def blacklist(self, act: Act, decision: Decision, reason: str) -> Answer: ...
    async def place_hold(self, act: Act, decision: Decision, hold: Hold) -> Answer: ...
    async def release_hold(self, act: Act, decision: Decision, scope: Scope, reason: str) -> Answer: ...

    async def get(self, tenant: TenantId, supplier: SupplierId) -> Warned: ...
    async def page(self, tenant: TenantId, query: SupplierQuery) -> Sequence[Supplier]: ...
    async def history(self, tenant: TenantId, supplier: SupplierId) -> Sequence[HistoryEntry]: ...
    async def actions(
        self, tenant: TenantId, by: Actor, supplier: SupplierId
    ) -> tuple[Supplier, Mapping[Command, tuple[Blocker, ...]]]:
        """For every command what forbids it to this actor now; nothing where it is allowed."""
        ...
