"""The translator from purchasing's events."""

from decimal import Decimal

import msgspec
from msgspec import Struct

from procurement.invoicing.domain.ordered import OrderedLine, OrderNews
from procurement.kernel.ids import MalformedId, OrderId, SupplierId, parse_id
from procurement.platform.cloudevents import Envelope, Malformed

_ORDERS = "procurement.purchasing.PurchaseOrder"
_ISSUED = f"{_ORDERS}Issued.v1"
_CREATED = f"{_ORDERS}Created.v1"


class _Line(Struct):
    line: int
    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    base_quantity: Decimal
    sku: str | None = None
    supplier_item_id: str | None = None
    gtin: str | None = None


class _Released(Struct):
    line: int
    quantity: Decimal


class _Order(Struct):
    """What invoicing reads of an order's event; whatever else it says is none of our business."""

    order_id: str
    number: str
    supplier_id: str
    requested_by: str
    status: str
    currency: str
    lines: list[_Line] = []
    released: list[_Released] = []


_read = msgspec.json.Decoder(_Order).decode


def order_news_of(envelope: Envelope, body: bytes) -> OrderNews:
    """Raise Malformed for anything but an order's event."""
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
            currency=said.currency,
            requesters=_requesters(said.requested_by, envelope),
            lines=tuple(_line(line) for line in said.lines) if envelope.type == _ISSUED else (),
            released=tuple((released.line, released.quantity) for released in said.released),
        )
    except (msgspec.DecodeError, MalformedId) as error:
        raise Malformed(f"not what {envelope.type} looks like: {error}") from error


def _line(said: _Line) -> OrderedLine:
    return OrderedLine(
        number=said.line,
        name=said.name,
        sku=said.sku,
        supplier_item_id=said.supplier_item_id,
        gtin=said.gtin,
        quantity=said.quantity,
        unit=said.unit,
        price=said.price,
        base_quantity=said.base_quantity,
    )


def _requesters(requested_by: str, envelope: Envelope) -> frozenset[str]:
    behalf = envelope.on_behalf_of if envelope.type == _CREATED else None
    return frozenset({requested_by} | ({behalf} if behalf else set()))
