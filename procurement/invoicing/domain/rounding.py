"""How amounts of a document are rounded: half-up, to the minor unit of its currency."""

from decimal import ROUND_HALF_UP, Context, Decimal

from procurement.kernel.money import BadMoney, minor_units

EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
"""The longest numbers that are taken in, multiplied, and ten thousand of them added up, fit into it."""

CENTS = 2
"""Decimals that EN 16931 rounds to, whatever the currency."""


def decimals_of(currency: str) -> int:
    """Of the currency; and for what is none, those of the standard."""
    try:
        return minor_units(currency)
    except BadMoney:
        return CENTS


def rounded(amount: Decimal, decimals: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def decimals_in(amount: Decimal) -> int:
    """As it is written: 1.50 has two."""
    exponent = amount.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
