"""How a goods receipt lies in its tables. What cannot be read is an error, never a default."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from procurement.kernel.ids import GoodsReceiptId, OrderId, SupplierId
from procurement.platform.postgres.database import Row
from procurement.receiving.domain.lifecycle import State
from procurement.receiving.domain.line import Discrepancy, Quality, ReceiptLine
from procurement.receiving.domain.receipt import GoodsReceipt


class CorruptReceipt(Exception):
    """The stored receipt is not one that this version of the platform could have written."""


class StoredLine(msgspec.Struct, frozen=True, array_like=True):
    line: int
    name: str
    sku: str | None
    unit: str
    received: Decimal
    enough: Decimal
    advised: Decimal | None
    rejected: Decimal
    reason: str | None
    quality: Quality
    returned: Decimal


class NewLine(StoredLine, frozen=True, array_like=False):
    pending: Decimal
    accepted: Decimal


HEAD = (
    "id",
    "version",
    "order_id",
    "order_number",
    "supplier_id",
    "delivery_note",
    "opened_by",
    "receivers",
    "state",
    "discrepancies",
    "created_at",
    "lines",
)

_read_lines = msgspec.json.Decoder(list[StoredLine]).decode
_read_discrepancies = msgspec.json.Decoder(tuple[Discrepancy, ...]).decode
_write = msgspec.json.Encoder().encode


def header_of(receipt: GoodsReceipt) -> dict[str, Any]:
    found = receipt.discrepancies
    return {
        "order_id": receipt.order,
        "order_number": receipt.order_number,
        "supplier_id": receipt.supplier,
        "delivery_note": receipt.delivery_note,
        "opened_by": receipt.opened_by,
        "receivers": sorted(receipt.receivers),
        "state": receipt.state.value,
        "line_count": len(receipt.lines),
        "open_discrepancies": sum(known.resolution is None for known in found),
        "discrepancies": _write(found).decode() if found else None,
        "created_at": receipt.created_at,
    }


def lines_of(receipt: GoodsReceipt) -> str:
    """For json_to_recordset; decimals go as strings, so not a digit is lost."""
    return _write([_new_line(receipt, line) for line in receipt.lines]).decode()


def _new_line(receipt: GoodsReceipt, line: ReceiptLine) -> NewLine:
    counted = receipt.counted(line)
    return NewLine(
        line=line.line,
        name=line.name,
        sku=line.sku,
        unit=line.unit,
        received=line.received,
        enough=line.enough,
        advised=line.advised,
        rejected=line.rejected,
        reason=line.reason,
        quality=line.quality,
        returned=line.returned,
        pending=counted.pending,
        accepted=counted.accepted,
    )


def receipt_from(row: Row) -> GoodsReceipt:
    """The columns of RECEIPT, in their order."""
    head = dict(zip(HEAD, row, strict=True))
    try:
        return _receipt(head)
    except (ValueError, msgspec.ValidationError) as error:
        raise CorruptReceipt(f"goods receipt {head['id']}: {error}") from error


def _receipt(head: Mapping[str, Any]) -> GoodsReceipt:
    return GoodsReceipt(
        id=GoodsReceiptId(head["id"]),
        version=head["version"],
        order=OrderId(head["order_id"]),
        order_number=head["order_number"],
        supplier=SupplierId(head["supplier_id"]),
        delivery_note=head["delivery_note"],
        opened_by=head["opened_by"],
        receivers=frozenset(head["receivers"]),
        state=State(head["state"]),
        discrepancies=_read_discrepancies(head["discrepancies"] or "[]"),
        created_at=head["created_at"],
        lines=tuple(_line(line) for line in _read_lines(head["lines"])),
    )


def _line(stored: StoredLine) -> ReceiptLine:
    return ReceiptLine(**{name: getattr(stored, name) for name in StoredLine.__struct_fields__})
