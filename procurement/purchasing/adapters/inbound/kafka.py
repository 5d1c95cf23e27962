"""Purchasing learns of suppliers from their events: decode, build the act, call the in-port."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from msgspec import Struct

from procurement.kernel.clock import Clock
from procurement.kernel.ids import MalformedId, SupplierId, parse_id
from procurement.platform.cloudevents import Envelope, Malformed, incoming
from procurement.platform.kafka.acts import act_on
from procurement.platform.kafka.consumer import Received
from procurement.purchasing.app.ports import Purchasing
from procurement.purchasing.domain.order import SYSTEM
from procurement.purchasing.domain.standing import SupplierStanding

CONSUMER = "purchasing.supplier-standing"
TOPIC = "supplier.suppliers"

_FOR_EVER = datetime.max.replace(tzinfo=UTC)


class _Hold(Struct):
    scope: str
    until: date | None
    """The last day on which it binds."""


class _Supplier(Struct):
    """What purchasing reads of a supplier's event; whatever else it says is none of our business."""

    supplier_id: str
    name: str
    status: str
    holds: list[_Hold]


_read = msgspec.json.Decoder(_Supplier).decode


def supplier_news(purchasing: Purchasing, clock: Clock) -> Callable[[Received], Awaitable[None]]:
    async def learn(received: Received) -> None:
        envelope, body = incoming(received.headers), received.value or b""
        act = act_on(envelope, body, consumer=CONSUMER, by=SYSTEM, at=clock())
        await purchasing.note_supplier(act, standing_of(envelope, body))

    return learn


def standing_of(envelope: Envelope, body: bytes) -> SupplierStanding:
    """The translator between the two contexts. Raise Malformed for anything but a supplier's event."""
    if not (envelope.type.startswith("procurement.supplier.") and envelope.type.endswith(".v1")):
        raise Malformed(f"{envelope.type} is not an event of a supplier that this version can read")
    try:
        said = _read(body)
        return SupplierStanding(
            supplier=SupplierId(parse_id("sup", said.supplier_id)),
            version=envelope.version,
            name=said.name,
            status=said.status,
            orders_held_until=max(
                (_end(hold) for hold in said.holds if hold.scope == "orders"), default=None
            ),
        )
    except (msgspec.DecodeError, MalformedId) as error:
        raise Malformed(f"not what {envelope.type} looks like: {error}") from error


def _end(hold: _Hold) -> datetime:
    if hold.until is None or hold.until == date.max:
        return _FOR_EVER
    return datetime.combine(hold.until + timedelta(days=1), time(), UTC)
