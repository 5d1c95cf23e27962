"""What invoicing hears: orders and receipts for its views, its own invoices; then the match looks again."""

from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256

import msgspec
from msgspec import Struct

from procurement.invoicing.adapters.inbound.order_news import order_news_of
from procurement.invoicing.adapters.inbound.receipt_news import receipt_news_of
from procurement.invoicing.app.ports import Invoicing
from procurement.invoicing.domain.invoice import SYSTEM
from procurement.kernel.act import Act, Answer, Answered, CommandId
from procurement.kernel.clock import Clock
from procurement.kernel.ids import InvoiceId, MalformedId, OrderId, parse_id
from procurement.platform.cloudevents import Envelope, Malformed, incoming
from procurement.platform.kafka.consumer import Received

ORDERS = "invoicing.orders"
RECEIPTS = "invoicing.receipts"
MATCHING = "invoicing.matching"
"""Names of the consumers, and so of their groups."""

ORDER_TOPIC = "purchasing.purchase-orders"
RECEIPT_TOPIC = "receiving.goods-receipts"
INVOICE_TOPIC = "invoicing.invoices"

Handler = Callable[[Received], Awaitable[None]]


def order_news(invoicing: Invoicing, clock: Clock) -> Handler:
    async def learn(received: Received) -> None:
        envelope = incoming(received.headers)
        news = order_news_of(envelope, received.value or b"")
        waiting = await invoicing.note_order(envelope.tenant, news)
        await _match(invoicing, waiting, ORDERS, envelope, clock)

    return learn


def receipt_news(invoicing: Invoicing, clock: Clock) -> Handler:
    async def learn(received: Received) -> None:
        envelope = incoming(received.headers)
        news = receipt_news_of(envelope, received.value or b"")
        waiting = await invoicing.note_receipt(envelope.tenant, news)
        await _match(invoicing, waiting, RECEIPTS, envelope, clock)

    return learn


class _Invoice(Struct):
    invoice_id: str
    order_id: str | None = None


_read = msgspec.json.Decoder(_Invoice).decode

_INVOICES = "procurement.invoicing."


def invoice_news(invoicing: Invoicing, clock: Clock) -> Handler:
    """An invoice that is new is matched; one that changed may give room to the others of its order."""

    async def learn(received: Received) -> None:
        envelope = incoming(received.headers)
        invoice, order = _concerned(envelope, received.value or b"")
        others = await invoicing.of_order(envelope.tenant, order) if order else ()
        await _match(invoicing, [invoice, *(i for i in others if i != invoice)], MATCHING, envelope, clock)

    return learn


def _concerned(envelope: Envelope, body: bytes) -> tuple[InvoiceId, OrderId | None]:
    if not (envelope.type.startswith(_INVOICES) and envelope.type.endswith(".v1")):
        raise Malformed(f"{envelope.type} is not an event of an invoice that this version can read")
    try:
        said = _read(body)
        order = said.order_id and OrderId(parse_id("po", said.order_id))
        return InvoiceId(parse_id("inv", said.invoice_id)), order or None
    except (msgspec.DecodeError, MalformedId) as error:
        raise Malformed(f"not what {envelope.type} looks like: {error}") from error


async def _match(
    invoicing: Invoicing, waiting: Sequence[InvoiceId], consumer: str, envelope: Envelope, clock: Clock
) -> None:
    """One after the other: each is a command of its own, named after the event and the invoice."""
    for invoice in waiting:
        act = Act(
            tenant=envelope.tenant,
            actor=SYSTEM,
            at=clock(),
            command=CommandId(consumer, f"{envelope.id}:{invoice}"),
            fingerprint=sha256(invoice.bytes).digest(),
            answer=lambda _: Answer(b""),
            correlation_id=envelope.correlation_id,
            traceparent=envelope.traceparent,
            cause=envelope.id,
        )
        try:
            await invoicing.match(act, invoice)
        except Answered:
            continue  # done before the event was repeated; the next one perhaps not
