"""Quantity: so many of a unit, and units are never mixed."""

from dataclasses import dataclass
from decimal import Decimal

from procurement.kernel.money import finer_than
from procurement.kernel.swift import swift
from procurement.kernel.units import PIECE_UNITS, UNIT_CODES

QUANTITY_DECIMALS = 6
MAX_QUANTITY = Decimal(10) ** 12


class BadQuantity(ValueError):
    """Not a quantity that anybody could deliver."""


class UnitMismatch(ValueError):
    """Two units met in one sum or comparison."""


@swift
@dataclass(frozen=True, slots=True)
class Quantity:
    """A finite number, not zero; below zero it goes back (a deposit returned, a correction)."""

    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in UNIT_CODES:
            raise BadQuantity(f"{self.unit!r} is not a unit code of UN/ECE Recommendation 20")
        if not self.value.is_finite() or self.value == 0 or abs(self.value) >= MAX_QUANTITY:
            raise BadQuantity(f"a quantity of {self.value} is out of range")
        if finer_than(self.value, QUANTITY_DECIMALS):
            raise BadQuantity(f"a quantity has at most {QUANTITY_DECIMALS} decimals, {self.value} has more")
        if self.unit in PIECE_UNITS and self.value != self.value.to_integral_value():
            raise BadQuantity(f"{self.unit} counts whole pieces, {self.value} is not a whole number")

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"


def plain(value: Decimal) -> str:
    """1E+2 is 100 to people; trailing zeros say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
