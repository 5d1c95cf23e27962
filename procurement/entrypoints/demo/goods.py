"""Goods come in: in two parts where that can be, received by one and verified by another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any, TypeAlias

from procurement.entrypoints.demo.desks import Desk, Desks, Refused, until
from procurement.kernel.actor import Role

Delivery: TypeAlias = Mapping[int, Decimal]
"""Quantity by order line."""

_NOTHING = Decimal(0)


def delivered(order: Mapping[str, Any]) -> tuple[Delivery, ...]:
    """What comes of an order: half of each line, and then the rest. Whole numbers stay whole; lines of one,
    which cannot come in halves, come by turns. What is ordered below zero goes back, and never comes."""
    first, rest = dict[int, Decimal](), dict[int, Decimal]()
    for line in order["lines"]:
        quantity = Decimal(line["quantity"]["value"])
        half = halved(quantity)
        if half == _NOTHING and len(first) < len(rest):
            half = max(quantity, _NOTHING)
        for part, amount in ((first, half), (rest, quantity - half)):
            if amount > _NOTHING:
                part[line["line"]] = amount
    return tuple(part for part in (first, rest) if part)


def halved(quantity: Decimal) -> Decimal:
    """The smaller half, in the decimals that are written; nothing where it cannot be divided."""
    whole = quantity == quantity.to_integral_value()
    step = Decimal(1) if whole else Decimal(1).scaleb(int(quantity.as_tuple().exponent))
    return max((quantity / 2).quantize(step, ROUND_FLOOR), _NOTHING)


def summed(deliveries: Sequence[Delivery]) -> Delivery:
    lines = sorted({line for delivery in deliveries for line in delivery})
    return {line: sum((one.get(line, _NOTHING) for one in deliveries), _NOTHING) for line in lines}


@dataclass(frozen=True, slots=True)
class Dock:
    desks: Desks
    key: str

    async def receives(self, order: Mapping[str, Any], deliveries: Sequence[Delivery]) -> None:
        """Raise Refused, TimeoutError."""
        receiver, inspector = self.desks.all_of(Role.WAREHOUSE)[:2]
        await until("receiving's news of the order", lambda: _expected(receiver, order), _is_receivable)
        for number, delivery in enumerate(deliveries, start=1):
            lines = [{"line": line, "received": f"{quantity:f}"} for line, quantity in delivery.items()]
            body = {"order_id": order["id"], "lines": lines}
            receipt = await receiver.post("/goods-receipts", body, key=f"{self.key}-receipt-{number}")
            path, seen = f"/goods-receipts/{receipt['id']}/verify", receipt["version"]
            await inspector.post(path, {}, key=f"{self.key}-verify-{number}", seen=seen)


async def _expected(desk: Desk, order: Mapping[str, Any]) -> Any:
    """None while receiving has not heard of it."""
    try:
        return await desk.get(f"/expected-orders/{order['id']}")
    except Refused as refused:
        if refused.code != "not-found":
            raise
        return None


def _is_receivable(expected: Mapping[str, Any] | None) -> bool:
    return expected is not None and bool(expected["receivable"])
