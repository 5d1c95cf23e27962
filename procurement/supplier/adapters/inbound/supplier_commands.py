"""The commands on a supplier, one row each: its body, and how the body becomes a call of the in-port.

To add one: a row in domain/lifecycle.py, a method on the aggregate and on the in-port, and a row here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from msgspec import Struct

from procurement.kernel.act import Act, Answer
from procurement.supplier.adapters.inbound.requests import (
    ApproveBody,
    DeclarationBody,
    PlaceHoldBody,
    ReasonBody,
    ReleaseHoldBody,
    declaration_of,
    hold_of,
    score_of,
)
from procurement.supplier.adapters.inbound.responses import SupplierBody, WarnedBody
from procurement.supplier.app.ports import Decision, SupplierMaster
from procurement.supplier.domain.lifecycle import Command

Do: TypeAlias = Callable[[SupplierMaster, Act, Decision], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class SupplierCommand:
    name: Command
    operation: str
    """The OpenAPI operation id."""
    summary: str
    body: type[Struct]
    reads: Callable[[Any], Do]
    """Turns the body into the call; its faults are told before anything is done."""
    answer: type[SupplierBody] = SupplierBody


def _revise(body: DeclarationBody) -> Do:
    declared = declaration_of(body)
    return lambda master, act, decision: master.revise(act, decision, declared)


def _approve(body: ApproveBody) -> Do:
    return lambda master, act, decision: master.approve(act, decision, score_of(body))


def _suspend(body: ReasonBody) -> Do:
    return lambda master, act, decision: master.suspend(act, decision, body.reason)


def _reinstate(body: ReasonBody) -> Do:
    return lambda master, act, decision: master.reinstate(act, decision, body.reason)


def _blacklist(body: ReasonBody) -> Do:
    return lambda master, act, decision: master.blacklist(act, decision, body.reason)


def _place_hold(body: PlaceHoldBody) -> Do:
    return lambda master, act, decision: master.place_hold(act, decision, hold_of(body))


def _release_hold(body: ReleaseHoldBody) -> Do:
    return lambda master, act, decision: master.release_hold(act, decision, body.scope, body.reason)


SUPPLIER_COMMANDS = (
    SupplierCommand(
        Command.REVISE,
        "reviseSupplier",
        "Replace the declaration before it is approved",
        DeclarationBody,
        _revise,
        WarnedBody,
    ),
    SupplierCommand(
        Command.APPROVE,
        "approveSupplier",
        "Find the version that If-Match names fit for business",
        ApproveBody,
        _approve,
        WarnedBody,
    ),
    SupplierCommand(
        Command.SUSPEND,
        "suspendSupplier",
        "No new orders; running ones go on",
        ReasonBody,
        _suspend,
    ),
    SupplierCommand(
        Command.REINSTATE,
        "reinstateSupplier",
        "End a suspension",
        ReasonBody,
        _reinstate,
    ),
    SupplierCommand(
        Command.BLACKLIST,
        "blacklistSupplier",
        "No business for ever; open orders become disputed",
        ReasonBody,
        _blacklist,
    ),
    SupplierCommand(
        Command.PLACE_HOLD,
        "placeSupplierHold",
        "Hold new orders, invoices or payments",
        PlaceHoldBody,
        _place_hold,
    ),
    SupplierCommand(
        Command.RELEASE_HOLD,
        "releaseSupplierHold",
        "End a hold",
        ReleaseHoldBody,
        _release_hold,
    ),
)
