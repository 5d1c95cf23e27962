"""Money: a decimal amount that never forgets its currency, and the one way it is rounded."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from iso4217 import Currency as Iso4217

from procurement.kernel.swift import swift

MAX_AMOUNT = Decimal(10) ** 15
PRICE_DECIMALS = 10


class BadMoney(ValueError):
    """Not an amount that anybody could pay."""


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum or comparison."""


@cache
def minor_units(currency: str) -> int:
    """How many decimals ISO 4217 gives the currency.

    Raises BadMoney for an unknown code and for those without minor units (XXX, XTS, metals, SDR).
    """
    try:
        exponent = Iso4217(currency).exponent
    except ValueError as error:
        raise BadMoney(f"{currency!r} is not a currency of ISO 4217") from error
    if exponent is None:
        raise BadMoney(f"{currency} has no minor unit and cannot be paid in")
    return exponent


@cache
def _unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_units(currency))


def round_to_minor_unit(amount: Decimal, currency: str) -> Decimal:
    """Half-up (EN 16931); half-even is wrong on real VAT subtotals."""
    return amount.quantize(_unit(currency), ROUND_HALF_UP)


def in_digits(value: Decimal) -> str:
    """As people write it: 0.0000001, never 1E-7."""
    text = str(value)  # in half the time, for nearly every number there is
    return f"{value:f}" if "E" in text else text


def finer_than(value: Decimal, decimals: int) -> bool:
    """Whether it has more decimals that carry information: 1.50 has one."""
    return value != round(value, decimals)


@swift
@dataclass(frozen=True, slots=True)
class Money:
    """A finite amount in whole minor units of its currency."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or abs(self.amount) >= MAX_AMOUNT:
            raise BadMoney(f"{self.amount} is out of range")
        if finer_than(self.amount, minor_units(self.currency)):
            raise BadMoney(
                f"{self.currency} has {minor_units(self.currency)} decimals, {self.amount} has more"
            )

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> "Money":
        return cls(round_to_minor_unit(amount, currency), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(_unit(currency) * 0, currency)

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __le__(self, other: "Money") -> bool:
        self._same_currency(other)
        return self.amount <= other.amount

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} met {other.currency}")


@swift
@dataclass(frozen=True, slots=True)
class UnitPrice:
    """A price for so many units of quantity: 386.52 EUR per 366 days. Up to ten decimals, never negative."""

    amount: Decimal
    currency: str
    base_quantity: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        minor_units(self.currency)
        if not (self.amount.is_finite() and 0 <= self.amount < MAX_AMOUNT):
            raise BadMoney(f"a price of {self.amount} is out of range")
        if finer_than(self.amount, PRICE_DECIMALS):
            raise BadMoney(f"a price has at most {PRICE_DECIMALS} decimals, {self.amount} has more")
        if not (self.base_quantity.is_finite() and 0 < self.base_quantity < MAX_AMOUNT):
            raise BadMoney(f"a price is per a quantity above zero, not per {self.base_quantity}")

    def times(self, quantity: Decimal) -> Money:
        """Rounded half-up, once."""
        return Money.rounded(self.amount * quantity / self.base_quantity, self.currency)
