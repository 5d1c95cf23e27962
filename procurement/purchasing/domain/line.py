"""What is ordered, at which price."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from unicodedata import category

from stdnum import ean
from stdnum.exceptions import ValidationError

from procurement.kernel.money import Money, UnitPrice
from procurement.kernel.quantity import Quantity
from procurement.kernel.swift import swift
from procurement.kernel.tolerance import Tolerance

SKU_LENGTH = 64
NAME_LENGTH = 1000


class BadItem(ValueError):
    """Nothing that could be told to a supplier."""


@dataclass(frozen=True, slots=True)
class Commodity:
    """A category by its list: UNSPSC or CPV, the list's version, the code."""

    scheme: str
    version: str | None
    code: str


@swift
@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    name: str
    sku: str | None = None
    supplier_item_id: str | None = None
    gtin: str | None = None
    commodity: Commodity | None = None

    def __post_init__(self) -> None:
        _text("name", self.name, NAME_LENGTH, also=_BREAKS)
        if self.sku is not None:
            _text("sku", self.sku, SKU_LENGTH)
        if self.supplier_item_id is not None:
            _text("supplier_item_id", self.supplier_item_id, SKU_LENGTH)
        if self.gtin is not None:
            try:
                ean.validate(self.gtin)
            except ValidationError as error:
                raise BadItem(f"gtin {self.gtin!r} has a wrong length or check digit") from error


def _text(label: str, value: str, longest: int, also: str = "") -> None:
    if not 1 <= len(value) <= longest:
        raise BadItem(f"{label} has 1 to {longest} characters")
    if value != value.strip() or not (value.isprintable() or all(_printable(c, also) for c in value)):
        raise BadItem(f"{label} has blanks at an end or a control character")


@swift
@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Immutable: a revised order has new lines, and the old ones are kept as they were approved."""

    number: int
    item: Item
    quantity: Quantity
    price: UnitPrice
    need_by: date | None = None
    over_receipt: Tolerance | None = None
    """How much more than ordered was agreed; whoever receives has a policy where nothing was."""
    total: Money = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Raise BadMoney when the line's total is out of range."""
        object.__setattr__(self, "total", self.price.times(self.quantity.value))


@dataclass(frozen=True, slots=True)
class CounterProposal:
    """What the supplier would rather deliver on a line. Recorded, not applied."""

    line: int
    quantity: Decimal | None = None
    price: Decimal | None = None
    deliver_by: date | None = None
    note: str | None = None


_ORDINARY = "\u00ad\u200c\u200d"
"""Soft hyphen, and the joiners that some scripts are written with."""

_BREAKS = "\n\t"


def _printable(character: str, also: str) -> bool:
    return character.isprintable() or character in _ORDINARY + also or category(character) == "Zs"
