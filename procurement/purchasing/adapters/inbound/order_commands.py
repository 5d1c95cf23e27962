"""The commands on an order, one row each: its body, and how the body becomes a call of the in-port.

To add one: a row in domain/lifecycle.py, a method on the aggregate and on the in-port, and a row here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from msgspec import Struct

from procurement.kernel.act import Act, Answer
from procurement.purchasing.adapters.inbound.reading import content_of, proposals_of, release_of
from procurement.purchasing.adapters.inbound.requests import (
    AcknowledgeBody,
    ApproveBody,
    CloseShortBody,
    ContentBody,
    ReasonBody,
    ResolveBody,
)
from procurement.purchasing.app.ports import Decision, Purchasing
from procurement.purchasing.domain.lifecycle import Command

Do: TypeAlias = Callable[[Purchasing, Act, Decision], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class OrderCommand:
    name: Command
    operation: str
    """Begins the OpenAPI operation id."""
    summary: str
    body: type[Struct] | None
    reads: Callable[[Any], Do]
    """Turns the body into the call; its faults are told before anything is done."""


def _bare(do: Do) -> Callable[[Any], Do]:
    return lambda _: do


def _revise(body: ContentBody) -> Do:
    content = content_of(body)
    return lambda purchasing, act, decision: purchasing.revise(act, decision, content)


def _acknowledge(body: AcknowledgeBody) -> Do:
    proposals = proposals_of(body)
    return lambda purchasing, act, decision: purchasing.acknowledge(act, decision, proposals)


def _close_short(body: CloseShortBody) -> Do:
    release = release_of(body)
    return lambda purchasing, act, decision: purchasing.close_short(act, decision, body.reason, release)


def _approve(body: ApproveBody) -> Do:
    return lambda purchasing, act, decision: purchasing.approve(act, decision, body.reason)


def _resolve(body: ResolveBody) -> Do:
    cancel = body.outcome == "cancel"
    return lambda purchasing, act, decision: purchasing.resolve(act, decision, body.reason, cancel=cancel)


def _reject(body: ReasonBody) -> Do:
    return lambda purchasing, act, decision: purchasing.reject(act, decision, body.reason)


def _cancel(body: ReasonBody) -> Do:
    return lambda purchasing, act, decision: purchasing.cancel(act, decision, body.reason)


def _dispute(body: ReasonBody) -> Do:
    return lambda purchasing, act, decision: purchasing.dispute(act, decision, body.reason)


ORDER_COMMANDS = (
    OrderCommand(Command.REVISE, "revise", "Replace the content of a draft", ContentBody, _revise),
    OrderCommand(
        Command.SUBMIT, "submit", "Ask for approval", None, _bare(lambda p, act, on: p.submit(act, on))
    ),
    OrderCommand(
        Command.APPROVE, "approve", "Approve the version that If-Match names", ApproveBody, _approve
    ),
    OrderCommand(Command.REJECT, "reject", "Send it back to its requester", ReasonBody, _reject),
    OrderCommand(
        Command.ISSUE, "issue", "Send it to the supplier", None, _bare(lambda p, act, on: p.issue(act, on))
    ),
    OrderCommand(
        Command.ACKNOWLEDGE,
        "acknowledge",
        "The supplier takes it; counter-proposals are recorded, not applied",
        AcknowledgeBody,
        _acknowledge,
    ),
    OrderCommand(Command.CANCEL, "cancel", "Give it up as a whole", ReasonBody, _cancel),
    OrderCommand(
        Command.CLOSE_SHORT,
        "closeShort",
        "Give up open quantities; all of them where no lines are named",
        CloseShortBody,
        _close_short,
    ),
    OrderCommand(Command.DISPUTE, "dispute", "Stop it", ReasonBody, _dispute),
    OrderCommand(Command.RESOLVE, "resolve", "End the dispute: resume or cancel", ResolveBody, _resolve),
)
