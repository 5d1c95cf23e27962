"""An invoice as an order, and whether the order is the invoice: figure by figure."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeAlias

from procurement.entrypoints.demo.ubl import Invoice, InvoiceLine
from procurement.kernel.money import PRICE_DECIMALS, minor_units
from procurement.kernel.quantity import QUANTITY_DECIMALS

Flat: TypeAlias = Mapping[str, str | Decimal | None]
"""One line, whoever tells it."""


def draft(invoice: Invoice, supplier_id: str, note: str) -> dict[str, Any]:
    """What the buyer sends."""
    return {
        "supplier_id": supplier_id,
        "currency": invoice.currency,
        "note": note,
        **_if_any(buyer_reference=invoice.buyer_reference),
        "lines": [_line(line) for line in invoice.lines],
    }


def _line(line: InvoiceLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "quantity": {"value": _digits(line.quantity, QUANTITY_DECIMALS), "unit": line.unit},
        "price": {
            "amount": _digits(line.price, PRICE_DECIMALS),
            "currency": line.currency,
            "base_quantity": _digits(line.base_quantity, QUANTITY_DECIMALS),
        },
        **_if_any(sku=line.sku, supplier_item_id=line.supplier_item_id, gtin=line.gtin),
    }


def _digits(number: Decimal, room: int) -> str:
    """As written; only zeros at the end that there is no room for are left off."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if len(text.partition(".")[2]) > room else text


def _if_any(**stated: str | None) -> dict[str, str]:
    return {name: value for name, value in stated.items() if value is not None}


def total(invoice: Invoice) -> Decimal:
    return sum((_net(line) for line in invoice.lines), Decimal(0))


def other_nets(invoice: Invoice) -> int:
    """Lines whose stated amount is not quantity times price: allowances, charges, rounding."""
    return sum(line.stated_net is not None and line.stated_net != _net(line) for line in invoice.lines)


def _net(line: InvoiceLine) -> Decimal:
    exact = line.price * line.quantity / line.base_quantity
    return exact.quantize(Decimal(1).scaleb(-minor_units(line.currency)), ROUND_HALF_UP)


def differences(invoice: Invoice, order: Mapping[str, Any]) -> tuple[list[str], int]:
    """Between the document and what GET answered; and how many facts were compared."""
    head: Flat = {
        "currency": order["currency"],
        "total": Decimal(order["total"]["amount"]),
        "buyer_reference": order["buyer_reference"],
    }
    return _compared("GET", invoice, head, [_told(line) for line in order["lines"]])


def differences_in_event(invoice: Invoice, issued: Mapping[str, Any]) -> tuple[list[str], int]:
    """Between the document and what PurchaseOrderIssued told the world."""
    head: Flat = {"currency": issued["currency"], "total": Decimal(issued["total"])}
    return _compared("event", invoice, head, [_told_by_event(issued, line) for line in issued["lines"]])


def _compared(where: str, invoice: Invoice, head: Flat, lines: Sequence[Flat]) -> tuple[list[str], int]:
    if len(lines) != len(invoice.lines):
        return [f"{where}: {len(lines)} lines, the document has {len(invoice.lines)}"], 1
    told = [head, *lines]
    stated = [_stated_head(invoice), *map(_stated, invoice.lines)]
    found = [
        fault for at, pair in enumerate(zip(stated, told, strict=True)) for fault in _different(at, *pair)
    ]
    return [f"{where}: {fault}" for fault in found], sum(map(len, told))


def _different(at: int, stated: Flat, told: Flat) -> Iterator[str]:
    for name, value in told.items():
        if stated[name] != value:
            place = f"line {at} " if at else ""
            yield f"{place}{name} is {value}, the document says {stated[name]}"


def _stated_head(invoice: Invoice) -> Flat:
    return {
        "currency": invoice.currency,
        "total": total(invoice),
        "buyer_reference": invoice.buyer_reference,
    }


def _stated(line: InvoiceLine) -> Flat:
    return {
        "name": line.name,
        "sku": line.sku,
        "supplier_item_id": line.supplier_item_id,
        "gtin": line.gtin,
        "quantity": line.quantity,
        "unit": line.unit,
        "price": line.price,
        "currency": line.currency,
        "base_quantity": line.base_quantity,
    }


def _told(line: Mapping[str, Any]) -> Flat:
    return {
        **{name: line[name] for name in ("name", "sku", "supplier_item_id", "gtin")},
        "quantity": Decimal(line["quantity"]["value"]),
        "unit": line["quantity"]["unit"],
        "price": Decimal(line["price"]["amount"]),
        "currency": line["price"]["currency"],
        "base_quantity": Decimal(line["price"]["base_quantity"]),
    }


def _told_by_event(issued: Mapping[str, Any], line: Mapping[str, Any]) -> Flat:
    return {
        **{name: line[name] for name in ("name", "sku", "supplier_item_id", "gtin", "unit")},
        **{name: Decimal(line[name]) for name in ("quantity", "price", "base_quantity")},
        "currency": issued["currency"],
    }
