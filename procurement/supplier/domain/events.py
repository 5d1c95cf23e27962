"""What happened to a supplier. The public form of each is in adapters/outbound/events.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from procurement.kernel.aggregate import DomainEvent
from procurement.supplier.domain.lifecycle import Command, State
from procurement.supplier.domain.record import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierEvent(DomainEvent):
    before: State | None
    after: State


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRegistered(SupplierEvent):
    action: ClassVar[str] = Command.REGISTER


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRevised(SupplierEvent):
    action: ClassVar[str] = Command.REVISE


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierApproved(SupplierEvent):
    action: ClassVar[str] = Command.APPROVE


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierSuspended(SupplierEvent):
    action: ClassVar[str] = Command.SUSPEND


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierReinstated(SupplierEvent):
    action: ClassVar[str] = Command.REINSTATE


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierBlacklisted(SupplierEvent):
    action: ClassVar[str] = Command.BLACKLIST


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierHeld(SupplierEvent):
    hold: Hold

    @property
    def details(self) -> Mapping[str, str]:
        until = {"until": self.hold.until.isoformat()} if self.hold.until else {}
        return {"scope": self.hold.scope, "releaser": self.hold.releaser, **until}


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierHoldPlaced(SupplierHeld):
    action: ClassVar[str] = Command.PLACE_HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierHoldReleased(SupplierHeld):
    """`hold` is the one that was."""

    action: ClassVar[str] = Command.RELEASE_HOLD
