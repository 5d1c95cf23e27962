"""The commands on a receipt, one row each: its body, and how the body becomes a call of the in-port.

To add one: a row in domain/lifecycle.py, a method on the aggregate and on the in-port, and a row here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from msgspec import Struct

from procurement.kernel.act import Act, Answer
from procurement.receiving.adapters.inbound.reading import inspected_of, returned_of
from procurement.receiving.adapters.inbound.requests import AssignBody, ReasonBody, ReturnBody, VerifyBody
from procurement.receiving.app.ports import Decision, Receiving
from procurement.receiving.domain.lifecycle import Command

Do: TypeAlias = Callable[[Receiving, Act, Decision], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class ReceiptCommand:
    name: Command
    summary: str
    body: type[Struct]
    reads: Callable[[Any], Do]
    """Turns the body into the call; its faults are told before anything is done."""


def _verify(body: VerifyBody) -> Do:
    inspected = inspected_of(body)
    return lambda receiving, act, decision: receiving.verify(act, decision, inspected)


def _assign(body: AssignBody) -> Do:
    return lambda receiving, act, decision: receiving.assign(act, decision, body.discrepancy, body.owner)


def _resolve(body: ReasonBody) -> Do:
    return lambda receiving, act, decision: receiving.resolve(act, decision, body.reason)


def _reject(body: ReasonBody) -> Do:
    return lambda receiving, act, decision: receiving.reject(act, decision, body.reason)


def _reverse(body: ReasonBody) -> Do:
    return lambda receiving, act, decision: receiving.reverse(act, decision, body.reason)


def _return(body: ReturnBody) -> Do:
    quantities = returned_of(body)
    return lambda receiving, act, decision: receiving.send_back(act, decision, body.reason, quantities)


RECEIPT_COMMANDS = (
    ReceiptCommand(Command.VERIFY, "Say what the inspection found", VerifyBody, _verify),
    ReceiptCommand(Command.ASSIGN, "Give a discrepancy to somebody to settle", AssignBody, _assign),
    ReceiptCommand(Command.RESOLVE, "Keep what is sound", ReasonBody, _resolve),
    ReceiptCommand(Command.REJECT, "Keep nothing of it", ReasonBody, _reject),
    ReceiptCommand(Command.REVERSE, "Take back a receipt that was a mistake", ReasonBody, _reverse),
    ReceiptCommand(Command.RETURN, "Send accepted goods back to the supplier", ReturnBody, _return),
)
