"""What comes of an order comes in two parts, and together it is what was ordered."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.entrypoints.demo.goods import delivered, halved, summed

QUANTITIES = st.lists(st.decimals("-1000", "1000", places=3).filter(bool), min_size=1, max_size=8)


def order(*quantities: str | Decimal) -> dict[str, Any]:
    return {
        "lines": [
            {"line": number, "quantity": {"value": str(quantity), "unit": "C62"}}
            for number, quantity in enumerate(quantities, start=1)
        ]
    }


@pytest.mark.parametrize(
    ("whole", "half"),
    [
        ("40", "20"),
        ("7", "3"),
        ("1", "0"),
        ("1.0000", "0"),
        ("0.5", "0.2"),
        ("4.1250", "2.0625"),
        ("-9", "0"),
    ],
)
def test_the_first_half_is_the_smaller_one_and_pieces_stay_whole(whole: str, half: str) -> None:
    assert halved(Decimal(whole)) == Decimal(half)


def test_lines_of_one_come_by_turns() -> None:
    assert delivered(order("1", "1", "1")) == ({2: Decimal(1)}, {1: Decimal(1), 3: Decimal(1)})


def test_a_single_piece_comes_at_once() -> None:
    assert delivered(order("1")) == ({1: Decimal(1)},)


def test_what_goes_back_never_comes() -> None:
    assert delivered(order("20", "-9")) == ({1: Decimal(10)}, {1: Decimal(10)})
    assert delivered(order("-9")) == ()


@given(QUANTITIES)
def test_both_parts_are_the_order(quantities: list[Decimal]) -> None:
    came = summed(delivered(order(*quantities)))
    assert came == {at: each for at, each in enumerate(quantities, start=1) if each > 0}
