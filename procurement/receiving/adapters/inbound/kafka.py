"""Receiving learns of orders from their events: decode, translate, call the in-port."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
from msgspec import Struct

from procurement.kernel.ids import MalformedId, OrderId, SupplierId, parse_id
from procurement.kernel.tolerance import BadTolerance, Tolerance
from procurement.platform.cloudevents import Envelope, Malformed
from procurement.platform.kafka.batches import by_tenant
from procurement.platform.kafka.consumer import HandleAll, Received
from procurement.receiving.app.ports import Receiving
from procurement.receiving.domain.expectation import OrderedLine, OrderNews

CONSUMER = "receiving.expectations"
TOPIC = "purchasing.purchase-orders"

_ORDERS = "procurement.purchasing.PurchaseOrder"
_ISSUED = f"{_ORDERS}Issued.v1"
_CREATED = f"{_ORDERS}Created.v1"


class _Tolerance(Struct):
    percentage: Decimal
    cap: Decimal | None = None


class _Line(Struct):
    line: int
    name: str
    quantity: Decimal
    unit: str
    sku: str | None = None
    supplier_item_id: str | None = None
    gtin: str | None = None
    over_receipt: _Tolerance | None = None


class _Released(Struct):
    line: int
    quantity: Decimal


class _Order(Struct):
    """What receiving reads of an order's event; whatever else it says is none of our business."""

    order_id: str
    number: str
    supplier_id: str
    requested_by: str
    status: str
    approved_by: str | None = None
    on_behalf_of: str | None = None
    lines: list[_Line] = []
    released: list[_Released] = []


_read = msgspec.json.Decoder(_Order).decode


def order_news(receiving: Receiving) -> HandleAll:
    async def learn(records: Sequence[Received]) -> None:
        for tenant, told in by_tenant(records).items():
            await receiving.note_order(tenant, *(news_of(envelope, body) for envelope, body in told))

    return learn


def news_of(envelope: Envelope, body: bytes) -> OrderNews:
    """The translator between the two contexts. Raise Malformed for anything but an order's event."""
    if not (envelope.type.startswith(_ORDERS) and envelope.type.endswith(".v1")):
        raise Malformed(f"{envelope.type} is not an event of an order that this version can read")
    try:
        said = _read(body)
        return OrderNews(
            order=OrderId(parse_id("po", said.order_id)),
            version=envelope.version,
            number=said.number,
            supplier=SupplierId(parse_id("sup", said.supplier_id)),
            status=said.status,
            requesters=_persons(said.requested_by, envelope.on_behalf_of)
            if envelope.type == _CREATED
            else _persons(said.requested_by),
            approvers=_persons(said.approved_by, said.on_behalf_of),
            lines=tuple(_line(line) for line in said.lines) if envelope.type == _ISSUED else (),
            released=tuple((released.line, released.quantity) for released in said.released),
        )
    except (msgspec.DecodeError, MalformedId, BadTolerance) as error:
        raise Malformed(f"not what {envelope.type} looks like: {error}") from error


def _persons(*names: str | None) -> frozenset[str]:
    return frozenset(filter(None, names))


def _line(said: _Line) -> OrderedLine:
    over = said.over_receipt
    return OrderedLine(
        number=said.line,
        name=said.name,
        sku=said.sku,
        supplier_item_id=said.supplier_item_id,
        gtin=said.gtin,
        quantity=said.quantity,
        unit=said.unit,
        over=Tolerance(over.percentage, over.cap) if over else None,
    )
