"""Purchasing learns what came of its orders from receiving's events: decode, build the act, call."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import msgspec
from msgspec import Struct

from procurement.kernel.clock import Clock
from procurement.kernel.ids import GoodsReceiptId, MalformedId, OrderId, parse_id
from procurement.platform.cloudevents import Envelope, Malformed, incoming
from procurement.platform.kafka.acts import act_on
from procurement.platform.kafka.consumer import Received
from procurement.purchasing.app.ports import Purchasing, ReceiptNews
from procurement.purchasing.domain.order import SYSTEM
from procurement.purchasing.domain.progress import LineReceipts

CONSUMER = "purchasing.receipt-progress"
TOPIC = "receiving.goods-receipts"

_RECEIPTS = "procurement.receiving.Goods"


class _Line(Struct):
    line: int
    accepted: Decimal
    complete_from: Decimal


class _Receipt(Struct):
    """What purchasing reads of a receipt's event; whatever else it says is none of our business."""

    receipt_id: str
    order_id: str
    lines: list[_Line]


_read = msgspec.json.Decoder(_Receipt).decode


def receipt_news(purchasing: Purchasing, clock: Clock) -> Callable[[Received], Awaitable[None]]:
    async def learn(received: Received) -> None:
        envelope, body = incoming(received.headers), received.value or b""
        act = act_on(envelope, body, consumer=CONSUMER, by=SYSTEM, at=clock())
        await purchasing.note_receipt(act, news_of(envelope, body))

    return learn


def news_of(envelope: Envelope, body: bytes) -> ReceiptNews:
    """The translator between the two contexts. Raise Malformed for anything but a receipt's event."""
    if not (envelope.type.startswith(_RECEIPTS) and envelope.type.endswith(".v1")):
        raise Malformed(f"{envelope.type} is not an event of a receipt that this version can read")
    try:
        said = _read(body)
        return ReceiptNews(
            order=OrderId(parse_id("po", said.order_id)),
            receipt=GoodsReceiptId(parse_id("grn", said.receipt_id)),
            version=envelope.version,
            lines={line.line: LineReceipts(line.accepted, line.complete_from) for line in said.lines},
        )
    except (msgspec.DecodeError, MalformedId) as error:
        raise Malformed(f"not what {envelope.type} looks like: {error}") from error
