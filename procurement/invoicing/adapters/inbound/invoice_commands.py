"""The commands on an invoice, one row each: its body, and how the body becomes a call of the in-port.

To add one: a row in domain/lifecycle.py, a method on the aggregate and on the in-port, and a row here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from msgspec import Struct

from procurement.invoicing.adapters.inbound.reading import correction_of
from procurement.invoicing.adapters.inbound.requests import (
    AssignExceptionBody,
    InvoiceReasonBody,
    ReleaseExceptionBody,
    ResubmitBody,
)
from procurement.invoicing.app.ports import Decision, Invoicing
from procurement.invoicing.domain.lifecycle import Command
from procurement.kernel.act import Act, Answer

Do: TypeAlias = Callable[[Invoicing, Act, Decision], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class InvoiceCommand:
    name: Command
    summary: str
    body: type[Struct]
    reads: Callable[[Any], Do]
    """Turns the body into the call; its faults are told before anything is done."""


def _assign(body: AssignExceptionBody) -> Do:
    return lambda invoicing, act, decision: invoicing.assign(act, decision, body.exception, body.owner)


def _release(body: ReleaseExceptionBody) -> Do:
    return lambda invoicing, act, decision: invoicing.release(act, decision, body.exception, body.reason)


def _resubmit(body: ResubmitBody) -> Do:
    correction = correction_of(body)
    return lambda invoicing, act, decision: invoicing.resubmit(act, decision, correction, body.reason)


def _reject(body: InvoiceReasonBody) -> Do:
    return lambda invoicing, act, decision: invoicing.reject(act, decision, body.reason)


def _cancel(body: InvoiceReasonBody) -> Do:
    return lambda invoicing, act, decision: invoicing.cancel(act, decision, body.reason)


INVOICE_COMMANDS = (
    InvoiceCommand(Command.ASSIGN, "Give an exception to somebody to settle", AssignExceptionBody, _assign),
    InvoiceCommand(
        Command.RELEASE,
        "Let one difference pass; the last one matches the invoice",
        ReleaseExceptionBody,
        _release,
    ),
    InvoiceCommand(
        Command.RESUBMIT,
        "Say which order and which of its lines are meant; the match follows",
        ResubmitBody,
        _resubmit,
    ),
    InvoiceCommand(Command.REJECT, "Send it back to the supplier", InvoiceReasonBody, _reject),
    InvoiceCommand(Command.CANCEL, "Take back what was entered by mistake", InvoiceReasonBody, _cancel),
)
