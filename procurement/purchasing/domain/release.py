"""Which quantities of an order can be given up."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from procurement.kernel.errors import Blocker
from procurement.purchasing.domain.content import Content, content_blocker


def unknown_lines(content: Content, numbers: Sequence[int], pointer: str) -> list[Blocker]:
    known = {line.number for line in content.lines}
    return [
        content_blocker("line-unknown", f"the order has no line {number}", f"{pointer}/{place}/line")
        for place, number in enumerate(numbers)
        if number not in known
    ]


def not_open(content: Content, released: Mapping[int, Decimal], left: Mapping[int, Decimal]) -> list[Blocker]:
    found = unknown_lines(content, list(released), "/lines")
    for place, (number, quantity) in enumerate(released.items()):
        if number in left and not _within(quantity, left[number]):
            found.append(
                content_blocker(
                    "quantity-not-open",
                    f"line {number} has {left[number]} open; {quantity} cannot be closed short",
                    f"/lines/{place}/quantity",
                )
            )
    return found


def _within(quantity: Decimal, left: Decimal) -> bool:
    """Between nothing and what is left, on the same side of zero."""
    return quantity != 0 and (0 < quantity <= left or left <= quantity < 0)
