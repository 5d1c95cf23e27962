"""How an order lies in its tables. What cannot be read is an error, never a default."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from procurement.kernel.ids import OrderId, SupplierId
from procurement.kernel.money import Money, UnitPrice
from procurement.kernel.quantity import Quantity
from procurement.kernel.tolerance import Tolerance
from procurement.platform.postgres.database import Row
from procurement.purchasing.domain.approval import ApprovalRound
from procurement.purchasing.domain.content import Content
from procurement.purchasing.domain.dispute import Dispute
from procurement.purchasing.domain.lifecycle import State
from procurement.purchasing.domain.line import Commodity, CounterProposal, Item, Line
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.progress import LineBilling, LineReceipts


class CorruptOrder(Exception):
    """The stored order is not one that this version of the platform could have written."""


class StoredLine(msgspec.Struct, frozen=True, array_like=True):
    number: int
    name: str
    sku: str | None
    supplier_item_id: str | None
    gtin: str | None
    commodity: Commodity | None
    quantity: Decimal
    unit: str
    price: Decimal
    base_quantity: Decimal
    need_by: date | None
    over_receipt: Tolerance | None


class NewLine(StoredLine, frozen=True, array_like=False):
    total: Decimal


class Progress(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    approval: ApprovalRound | None = None
    proposals: tuple[CounterProposal, ...] = ()
    closed_short: dict[int, Decimal] = {}
    dispute: Dispute | None = None
    receipts: dict[int, LineReceipts] = {}
    billing: dict[int, LineBilling] = {}


_NOTHING = Progress()
_read_lines = msgspec.json.Decoder(list[StoredLine]).decode
_read_progress = msgspec.json.Decoder(Progress).decode
_write = msgspec.json.Encoder().encode


def header_of(order: PurchaseOrder) -> dict[str, Any]:
    progress = order.progress()
    return {
        "number": order.number,
        "supplier_id": order.supplier,
        "requested_by": order.requested_by,
        "requested_on_behalf_of": order.requested_on_behalf_of,
        "state": order.state.value,
        "receipt_status": progress.receipt_status.value,
        "billing_status": progress.billing_status.value,
        "currency": order.currency,
        "total": order.total.amount,
        "line_count": len(order.content.lines),
        "revision": order.revision,
        "note": order.content.note,
        "buyer_reference": order.content.buyer_reference,
        "progress": _progress_of(order),
        "waiting_since": order.waiting_since,
        "issued_at": order.issued_at,
        "created_at": order.created_at,
    }


def _progress_of(order: PurchaseOrder) -> str | None:
    """None while there is nothing to tell."""
    told = (
        order.approval,
        order.proposals,
        dict(order.closed_short),
        order.dispute,
        dict(order.receipts),
        dict(order.billing),
    )
    return _write(Progress(*told)).decode() if any(told) else None


def lines_of(content: Content) -> str:
    """For json_to_recordset; decimals go as strings, so not a digit is lost."""
    return _write([_new_line(line) for line in content.lines]).decode()


def _new_line(line: Line) -> NewLine:
    return NewLine(
        number=line.number,
        name=line.item.name,
        sku=line.item.sku,
        supplier_item_id=line.item.supplier_item_id,
        gtin=line.item.gtin,
        commodity=line.item.commodity,
        quantity=line.quantity.value,
        unit=line.quantity.unit,
        price=line.price.amount,
        base_quantity=line.price.base_quantity,
        need_by=line.need_by,
        over_receipt=line.over_receipt,
        total=line.total.amount,
    )


def order_from(row: Row) -> PurchaseOrder:
    """The columns of ORDER, in their order."""
    head = dict(zip(HEAD, row, strict=True))
    try:
        return _order(head)
    except (ValueError, msgspec.ValidationError) as error:
        raise CorruptOrder(f"order {head['id']}: {error}") from error


HEAD = (
    "id",
    "version",
    "number",
    "supplier_id",
    "requested_by",
    "requested_on_behalf_of",
    "state",
    "currency",
    "total",
    "revision",
    "note",
    "buyer_reference",
    "progress",
    "issued_at",
    "created_at",
    "lines",
)


def _order(head: Mapping[str, Any]) -> PurchaseOrder:
    currency = head["currency"]
    progress = _read_progress(head["progress"]) if head["progress"] else _NOTHING
    content = Content(
        currency=currency,
        lines=tuple(_line(line, currency) for line in _read_lines(head["lines"] or "[]")),
        note=head["note"],
        buyer_reference=head["buyer_reference"],
    )
    if content.blockers() or content.total != Money(head["total"], currency):
        raise CorruptOrder(f"order {head['id']}: its lines do not make up its total")
    state = State(head["state"])
    if (state is State.AWAITING_APPROVAL and progress.approval is None) or (
        (state is State.DISPUTED) != (progress.dispute is not None)
    ):
        raise CorruptOrder(f"order {head['id']}: nothing tells what made it {state}")
    return PurchaseOrder(
        id=OrderId(head["id"]),
        version=head["version"],
        number=head["number"],
        supplier=SupplierId(head["supplier_id"]),
        requested_by=head["requested_by"],
        requested_on_behalf_of=head["requested_on_behalf_of"],
        created_at=head["created_at"],
        content=content,
        state=state,
        revision=head["revision"],
        approval=progress.approval,
        issued_at=head["issued_at"],
        proposals=progress.proposals,
        closed_short=progress.closed_short,
        dispute=progress.dispute,
        receipts=progress.receipts,
        billing=progress.billing,
    )


def _line(stored: StoredLine, currency: str) -> Line:
    return Line(
        number=stored.number,
        item=Item(
            name=stored.name,
            sku=stored.sku,
            supplier_item_id=stored.supplier_item_id,
            gtin=stored.gtin,
            commodity=stored.commodity,
        ),
        quantity=Quantity(stored.quantity, stored.unit),
        price=UnitPrice(stored.price, currency, stored.base_quantity),
        need_by=stored.need_by,
        over_receipt=stored.over_receipt,
    )
