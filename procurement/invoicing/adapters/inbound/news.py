"""What invoicing hears: orders and receipts for its views, its own invoices; then the match looks again."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec
from msgspec import Struct

from procurement.invoicing.adapters.inbound.order_news import order_news_of
from procurement.invoicing.adapters.inbound.receipt_news import receipt_news_of
from procurement.invoicing.app.ports import Invoicing, ToMatch
from procurement.invoicing.domain.invoice import SYSTEM
from procurement.invoicing.domain.ordered import OrderNews, ReceiptNews
from procurement.kernel.act import Act, Answer, Answered, CommandId
from procurement.kernel.clock import Clock
from procurement.kernel.ids import InvoiceId, MalformedId, OrderId, parse_id
from procurement.platform.cloudevents import Envelope, Malformed, incoming
from procurement.platform.kafka.batches import by_tenant
from procurement.platform.kafka.consumer import Handle, HandleAll, Received

ORDERS = "invoicing.orders"
RECEIPTS = "invoicing.receipts"
MATCHING = "invoicing.matching"
"""Names of the consumers, and so of their groups."""

ORDER_TOPIC = "purchasing.purchase-orders"
RECEIPT_TOPIC = "receiving.goods-receipts"
INVOICE_TOPIC = "invoicing.invoices"


def order_news(invoicing: Invoicing, clock: Clock) -> HandleAll:
    async def learn(records: Sequence[Received]) -> None:
        for tenant, told in by_tenant(records).items():
            news = [order_news_of(envelope, body) for envelope, body in told]
            waiting = await invoicing.note_order(tenant, *news)
            await _match_all(invoicing, waiting, ORDERS, _last(told, news), clock)

    return learn


def receipt_news(invoicing: Invoicing, clock: Clock) -> HandleAll:
    async def learn(records: Sequence[Received]) -> None:
        for tenant, told in by_tenant(records).items():
            news = [receipt_news_of(envelope, body) for envelope, body in told]
            waiting = await invoicing.note_receipt(tenant, *news)
            await _match_all(invoicing, waiting, RECEIPTS, _last(told, news), clock)

    return learn


def _last(
    told: Sequence[tuple[Envelope, bytes]], news: Sequence[OrderNews | ReceiptNews]
) -> Mapping[OrderId, Envelope]:
    return {each.order: envelope for (envelope, _), each in zip(told, news, strict=True)}


async def _match_all(
    invoicing: Invoicing, waiting: ToMatch, consumer: str, last: Mapping[OrderId, Envelope], clock: Clock
) -> None:
    """Each order's in the name of the last event that told of it. Where the records come again in other
    portions, that is another name; but a match under which nothing has changed does nothing."""
    for order, invoices in waiting.items():
        await _match(invoicing, invoices, consumer, last[order], clock)


class _Invoice(Struct):
    invoice_id: str
    order_id: str | None = None


_read = msgspec.json.Decoder(_Invoice).decode

_INVOICES = "procurement.invoicing."


def invoice_news(invoicing: Invoicing, clock: Clock) -> Handle:
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
