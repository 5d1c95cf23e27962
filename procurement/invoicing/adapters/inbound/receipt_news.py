"""The translator from receiving's events."""

from decimal import Decimal

import msgspec
from msgspec import Struct

from procurement.invoicing.domain.ordered import ReceiptNews
from procurement.kernel.ids import GoodsReceiptId, MalformedId, OrderId, parse_id
from procurement.platform.cloudevents import Envelope, Malformed

_RECEIPTS = "procurement.receiving.Goods"
_RECEIVING = frozenset(
    f"procurement.receiving.{name}.v1"
    for name in ("GoodsReceiptOpened", "GoodsReceived", "GoodsReceiptDiscrepancyDetected")
)
"""Who did this answers for what came."""
_FAILED = "failed"


class _Line(Struct):
    line: int
    accepted: Decimal
    quality: str


class _Receipt(Struct):
    """What invoicing reads of a receipt's event; whatever else it says is none of our business."""

    receipt_id: str
    order_id: str
    opened_by: str
    status: str
    lines: list[_Line]


_read = msgspec.json.Decoder(_Receipt).decode


def receipt_news_of(envelope: Envelope, body: bytes) -> ReceiptNews:
    """Raise Malformed for anything but a receipt's event."""
    if not (envelope.type.startswith(_RECEIPTS) and envelope.type.endswith(".v1")):
        raise Malformed(f"{envelope.type} is not an event of a receipt that this version can read")
    try:
        said = _read(body)
        undecided = said.status == "Discrepant"
        return ReceiptNews(
            order=OrderId(parse_id("po", said.order_id)),
            receipt=GoodsReceiptId(parse_id("grn", said.receipt_id)),
            version=envelope.version,
            receivers=_receivers(said.opened_by, envelope),
            accepted={line.line: line.accepted for line in said.lines},
            failed=frozenset(line.line for line in said.lines if undecided and line.quality == _FAILED),
        )
    except (msgspec.DecodeError, MalformedId) as error:
        raise Malformed(f"not what {envelope.type} looks like: {error}") from error


def _receivers(opened_by: str, envelope: Envelope) -> frozenset[str]:
    acting = (envelope.actor, envelope.on_behalf_of) if envelope.type in _RECEIVING else ()
    return frozenset(person for person in (opened_by, *acting) if person)
