"""Receiving learns from invoicing's events what order lines are billed, and closes receipts that are.

Its own events are listened to as well: goods that come after their invoice, and goods that go back, make the
same difference, and no order between the two topics is promised.
"""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import msgspec
from msgspec import Struct

from procurement.kernel.clock import Clock
from procurement.kernel.ids import InvoiceId, MalformedId, OrderId, parse_id
from procurement.platform.cloudevents import Envelope, Malformed, incoming
from procurement.platform.kafka.acts import act_on
from procurement.platform.kafka.consumer import Received
from procurement.receiving.app.ports import Receiving
from procurement.receiving.domain.expectation import BillingNews
from procurement.receiving.domain.receipt import SYSTEM

CONSUMER = "receiving.closing"
INVOICES = "invoicing.invoices"
RECEIPTS = "receiving.goods-receipts"

_TYPES = {INVOICES: "procurement.invoicing.", RECEIPTS: "procurement.receiving.Goods"}


class _Line(Struct):
    line: int
    billed: Decimal


class _Invoice(Struct):
    """What receiving reads of an invoice's event; whatever else it says is none of our business."""

    invoice_id: str
    order_id: str | None
    lines: list[_Line]


class _Receipt(Struct):
    order_id: str


_read_invoice = msgspec.json.Decoder(_Invoice).decode
_read_receipt = msgspec.json.Decoder(_Receipt).decode


def closing(receiving: Receiving, clock: Clock) -> Callable[[Received], Awaitable[None]]:
    async def learn(received: Received) -> None:
        envelope, body = incoming(received.headers), received.value or b""
        act = act_on(envelope, body, consumer=CONSUMER, by=SYSTEM, at=clock())
        if received.topic == RECEIPTS:
            await receiving.close_billed(act, order_of(envelope, body))
        elif (news := news_of(envelope, body)) is not None:
            await receiving.note_billing(act, news)

    return learn


def news_of(envelope: Envelope, body: bytes) -> BillingNews | None:
    """None for an invoice that belongs to no order. Raise Malformed for anything but an invoice's event."""
    _expect(envelope, INVOICES)
    try:
        said = _read_invoice(body)
        invoice = InvoiceId(parse_id("inv", said.invoice_id))
        if said.order_id is None:
            return None
        return BillingNews(
            order=OrderId(parse_id("po", said.order_id)),
            invoice=invoice,
            version=envelope.version,
            billed={line.line: line.billed for line in said.lines},
        )
    except (msgspec.DecodeError, MalformedId) as error:
        raise Malformed(f"not what {envelope.type} looks like: {error}") from error


def order_of(envelope: Envelope, body: bytes) -> OrderId:
    """Raise Malformed for anything but a receipt's event."""
    _expect(envelope, RECEIPTS)
    try:
        return OrderId(parse_id("po", _read_receipt(body).order_id))
    except (msgspec.DecodeError, MalformedId) as error:
        raise Malformed(f"not what {envelope.type} looks like: {error}") from error


def _expect(envelope: Envelope, topic: str) -> None:
    if not (envelope.type.startswith(_TYPES[topic]) and envelope.type.endswith(".v1")):
        raise Malformed(f"{envelope.type} is not an event on {topic} that this version can read")
