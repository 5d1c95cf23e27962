"""Purchasing learns what its orders are billed from invoicing's events: decode, build the act, call."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import msgspec
from msgspec import Struct

from procurement.kernel.clock import Clock
from procurement.kernel.ids import InvoiceId, MalformedId, OrderId, parse_id
from procurement.platform.cloudevents import Envelope, Malformed, incoming
from procurement.platform.kafka.acts import act_on
from procurement.platform.kafka.consumer import Received
from procurement.purchasing.app.ports import InvoiceNews, Purchasing
from procurement.purchasing.domain.order import SYSTEM
from procurement.purchasing.domain.progress import LineBilling

CONSUMER = "purchasing.billing-progress"
TOPIC = "invoicing.invoices"

_INVOICES = "procurement.invoicing."
_DISPUTED = f"{_INVOICES}InvoiceDisputed.v1"
_SETTLED = {"Matched", "Rejected", "Cancelled"}
_DETAILS = 3
"""So many exceptions are told in the order's history; the invoice has them all."""


class _Line(Struct):
    line: int
    billed: Decimal
    net: Decimal


class _Exception(Struct):
    detail: str


class _Invoice(Struct):
    """What purchasing reads of an invoice's event; whatever else it says is none of our business."""

    invoice_id: str
    kind: str
    number: str
    order_id: str | None
    status: str
    reason: str | None
    lines: list[_Line]
    exceptions: list[_Exception] = []


_read = msgspec.json.Decoder(_Invoice).decode


def invoice_news(purchasing: Purchasing, clock: Clock) -> Callable[[Received], Awaitable[None]]:
    async def learn(received: Received) -> None:
        envelope, body = incoming(received.headers), received.value or b""
        news = news_of(envelope, body)
        if news is not None:
            act = act_on(envelope, body, consumer=CONSUMER, by=SYSTEM, at=clock())
            await purchasing.note_invoice(act, news)

    return learn


def news_of(envelope: Envelope, body: bytes) -> InvoiceNews | None:
    """The translator between the two contexts; None for an invoice that belongs to no order. Raise Malformed
    for anything but an invoice's event."""
    if not (envelope.type.startswith(_INVOICES) and envelope.type.endswith(".v1")):
        raise Malformed(f"{envelope.type} is not an event of an invoice that this version can read")
    try:
        said = _read(body)
        invoice = InvoiceId(parse_id("inv", said.invoice_id))
        if said.order_id is None:
            return None
        return InvoiceNews(
            order=OrderId(parse_id("po", said.order_id)),
            invoice=invoice,
            version=envelope.version,
            lines={line.line: LineBilling(line.billed, line.net) for line in said.lines},
            disputed=_why(said) if envelope.type == _DISPUTED else None,
            settled=f"{_named(said)} is {said.status}" if said.status in _SETTLED else None,
        )
    except (msgspec.DecodeError, MalformedId) as error:
        raise Malformed(f"not what {envelope.type} looks like: {error}") from error


def _why(said: _Invoice) -> str:
    details = [found.detail for found in said.exceptions[:_DETAILS]] or [said.reason or "no reason given"]
    if len(said.exceptions) > _DETAILS:
        details.append(f"and {len(said.exceptions) - _DETAILS} more")
    return f"{_named(said)} is disputed: {'; '.join(details)}"


def _named(said: _Invoice) -> str:
    return f"{said.kind.replace('-', ' ')} {said.number} ({said.invoice_id})"
