"""The supplier context's events as the world sees them. Names and shapes here are a public contract:
docs/events."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct

from procurement.kernel.act import Act
from procurement.kernel.actor import Role
from procurement.kernel.aggregate import DomainEvent
from procurement.kernel.clock import NewId
from procurement.kernel.ids import id_text
from procurement.platform.cloudevents import fact_of
from procurement.platform.outbox import Fact
from procurement.supplier.domain import events
from procurement.supplier.domain.events import SupplierEvent
from procurement.supplier.domain.lifecycle import State
from procurement.supplier.domain.record import Scope
from procurement.supplier.domain.supplier import Supplier

TOPIC = "supplier.suppliers"
AGGREGATE_TYPE = "supplier"

LastDay = Annotated[
    date | None, Meta(description="The last day (UTC) on which the hold binds; null: until it is released.")
]


class BindingHold(Struct, frozen=True, kw_only=True):
    """Nothing new of that scope may be begun with the supplier."""

    scope: Annotated[Scope, Meta(description="What is on hold.", examples=["orders"])]
    until: LastDay


class SupplierFacts(Struct, frozen=True, kw_only=True):
    """What every event of a supplier tells: any single one says whether business is allowed."""

    supplier_id: Annotated[
        str,
        Meta(description="The supplier's id.", examples=["sup_0192d3a0-7c1e-7a4b-8f00-2b1c5d6e7f80"]),
    ]
    name: Annotated[str, Meta(description="The supplier's name.", examples=["Muster Papier GmbH"])]
    status: Annotated[State, Meta(description="State after the event.", examples=["Approved"])]
    previous_status: Annotated[
        State | None, Meta(description="State before the event; null for a new supplier.")
    ]
    holds: Annotated[
        list[BindingHold], Meta(description="Every hold that binds after the event, at most one per scope.")
    ]
    reason: Annotated[str | None, Meta(description="Why, in the words of who did it.")]


class PublicIdentifier(Struct, frozen=True, kw_only=True):
    """An entry in a register of the world, normalised and with its check digits checked."""

    scheme: Annotated[str, Meta(description="VAT, or a code of the EAS list.", examples=["VAT", "0088"])]
    value: Annotated[str, Meta(description="The entry in that register.", examples=["DE136695976"])]


class SupplierRegistered(SupplierFacts, frozen=True, kw_only=True):
    """Somebody declared a supplier; no business with it before it is approved."""

    identifiers: list[PublicIdentifier]


class SupplierRevised(SupplierFacts, frozen=True, kw_only=True):
    """The declaration was replaced before its approval."""

    identifiers: list[PublicIdentifier]


class SupplierApproved(SupplierFacts, frozen=True, kw_only=True):
    """A reviewer who had no part in the declaration found the supplier fit."""

    risk_score: Annotated[
        Decimal, Meta(description="0 (stay away) to 1 (safe), as a string.", examples=["0.82"])
    ]


class SupplierSuspended(SupplierFacts, frozen=True, kw_only=True):
    """Running orders go on, no new ones."""


class SupplierReinstated(SupplierFacts, frozen=True, kw_only=True):
    """A suspension is over."""


class SupplierBlacklisted(SupplierFacts, frozen=True, kw_only=True):
    """No business with the supplier, for ever; what is open is disputed."""


class SupplierHeld(SupplierFacts, frozen=True, kw_only=True):
    scope: Annotated[Scope, Meta(description="What the hold is for.", examples=["orders"])]
    until: LastDay
    releaser: Annotated[
        Role, Meta(description="The role that may release it.", examples=["supplier_approver"])
    ]


class SupplierHoldPlaced(SupplierHeld, frozen=True, kw_only=True):
    """One kind of business is on hold."""


class SupplierHoldReleased(SupplierHeld, frozen=True, kw_only=True):
    """One kind of business is free again."""


class EncodeSupplier:
    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def __call__(self, supplier: Supplier, event: DomainEvent, act: Act) -> Fact:
        """`supplier` as it is after the event, at the version that the event gave it."""
        assert isinstance(event, SupplierEvent)  # noqa: S101 - a supplier records nothing else
        public, special = _PUBLIC[type(event)]
        data = public(**_facts(supplier, event, act.at.date()), **special(supplier, event))
        return fact_of(
            act,
            event,
            event_id=self._new_id(),
            topic=TOPIC,
            aggregate_type=AGGREGATE_TYPE,
            subject=data.supplier_id,
            key=supplier.id,
            version=supplier.version,
            data=data,
        )


def _facts(supplier: Supplier, event: SupplierEvent, today: date) -> dict[str, Any]:
    binding = supplier.holds_binding(today)
    return {
        "supplier_id": id_text("sup", supplier.id),
        "name": supplier.name,
        "status": event.after,
        "previous_status": event.before,
        "holds": [BindingHold(scope=s, until=binding[s].until) for s in Scope if s in binding],
        "reason": event.reason,
    }


def _identified(supplier: Supplier, _: SupplierEvent) -> dict[str, Any]:
    return {
        "identifiers": [
            PublicIdentifier(scheme=identifier.scheme, value=identifier.value)
            for identifier in supplier.declared.identifiers
        ]
    }


def _scored(supplier: Supplier, _: SupplierEvent) -> dict[str, Any]:
    return {"risk_score": supplier.risk_score}


def _held(_: Supplier, event: events.SupplierHeld) -> dict[str, Any]:
    hold = event.hold
    return {"scope": hold.scope, "until": hold.until, "releaser": hold.releaser}


def _nothing_more(_: Supplier, __: SupplierEvent) -> dict[str, Any]:
    return {}


_PUBLIC: dict[type[SupplierEvent], tuple[type[SupplierFacts], Callable[[Supplier, Any], dict[str, Any]]]] = {
    events.SupplierRegistered: (SupplierRegistered, _identified),
    events.SupplierRevised: (SupplierRevised, _identified),
    events.SupplierApproved: (SupplierApproved, _scored),
    events.SupplierSuspended: (SupplierSuspended, _nothing_more),
    events.SupplierReinstated: (SupplierReinstated, _nothing_more),
    events.SupplierBlacklisted: (SupplierBlacklisted, _nothing_more),
    events.SupplierHoldPlaced: (SupplierHoldPlaced, _held),
    events.SupplierHoldReleased: (SupplierHoldReleased, _held),
}

SCHEMAS: tuple[type[SupplierFacts], ...] = tuple(public for public, _ in _PUBLIC.values())
"""Every public shape, for the schemas in docs/events."""
