"""Finds the order line that an invoice line is about: by the surest name that it has on the order."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias
from unicodedata import category, normalize

from procurement.invoicing.domain.document import Item
from procurement.invoicing.domain.evidence import Rung
from procurement.invoicing.domain.ordered import OrderedLine
from procurement.invoicing.domain.said import Said
from procurement.invoicing.domain.standing import Standing

GTIN_SCHEME = "0160"
_LONGEST_NUMBER = 9

_Key: TypeAlias = tuple[object, ...]
"""Rung and name; then whether below zero, unit and unit price, each among those that share all before."""

_NAME_ONLY = 2


class Ladder:
    """Every order line is filed under each of its names once, so that finding is a look-up."""

    def __init__(self, lines: Mapping[int, Standing], assigned: Mapping[str, int]) -> None:
        self._lines, self._assigned = lines, assigned
        self._index: dict[_Key, list[int]] = {}
        self._pools: dict[_Key, _Pool] = {}
        for number, standing in lines.items():
            for key in _keys(standing.line.ordered):
                self._index.setdefault(key, []).append(number)

    def find(self, said: Said) -> tuple[Rung, int] | None:
        assigned = self._assigned.get(said.label)
        if assigned is not None and assigned in self._lines:
            return Rung.ASSIGNED, assigned
        referred = line_number(said.line.order_line)
        if referred is not None and referred in self._lines and not self._is_another(said, referred):
            return Rung.LINE_REFERENCE, referred
        for rung, name in _names_said(said.line.item):
            number = self._chosen(rung, name, said)
            if number and not (rung is Rung.DESCRIPTION and self._is_another(said, number)):
                return rung, number
        return None

    def booked(self, number: int) -> None:
        """The room of that order line has changed."""
        if self._pools:
            rooms = self._lines[number].rooms
            for key in _keys(self._lines[number].line.ordered):
                if pool := self._pools.get(key):
                    pool.moved(number, rooms)

    def _chosen(self, rung: Rung, name: str, said: Said) -> int | None:
        """Of several lines with one name the one that is most alike; among equals the tightest that has room
        for all of it, else the roomiest."""
        line = said.line
        key = (rung, name, line.quantity < 0, line.unit, said.stated_price)
        for length in range(len(key), _NAME_ONLY - 1, -1):
            alike = key[:length]
            if numbers := self._index.get(alike):
                if len(numbers) == 1:
                    return numbers[0]
                pool = self._pools.get(alike) or self._pools.setdefault(alike, _Pool(numbers, self._lines))
                return pool.choose(abs(line.quantity), takes_back=said.credit != (length == _NAME_ONLY))
        return None

    def _is_another(self, said: Said, number: int) -> bool:
        """No item id that both sides state agrees, and at least one differs."""
        ordered, stated = dict(_ids_ordered(self._lines[number].line.ordered)), _ids_said(said.line.item)
        both = [(name, ordered[rung]) for rung, name in stated if rung in ordered]
        return bool(both) and all(name != other for name, other in both)


class _Pool:
    """Order lines with one name, sorted by the room that they have: now, ever, and for taking back."""

    def __init__(self, numbers: Sequence[int], lines: Mapping[int, Standing]) -> None:
        self._rooms = {number: lines[number].rooms for number in numbers}
        self._sorted = [sorted((rooms[i], number) for number, rooms in self._rooms.items()) for i in range(3)]

    def choose(self, quantity: Decimal, *, takes_back: bool) -> int:
        for rooms in self._sorted[2:] if takes_back else self._sorted[:2]:
            place = bisect_left(rooms, (quantity, 0))
            if place < len(rooms):
                return rooms[place][1]
        return rooms[bisect_left(rooms, (rooms[-1][0], 0))][1]

    def moved(self, number: int, rooms: tuple[Decimal, ...]) -> None:
        for places, old, new in zip(self._sorted, self._rooms[number], rooms, strict=True):
            del places[bisect_left(places, (old, number))]
            insort(places, (new, number))
        self._rooms[number] = (rooms[0], rooms[1], rooms[2])


def line_number(reference: str | None) -> int | None:
    """A number, whatever zeros and blanks stand around it; None for a supplier's own way of counting."""
    digits = (reference or "").strip().lstrip("0")
    plausible = digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER
    return int(digits) if plausible else None


def _keys(ordered: OrderedLine) -> Iterator[_Key]:
    price = ordered.price / ordered.base_quantity
    for rung, name in (*_ids_ordered(ordered), (Rung.DESCRIPTION, _words(ordered.name))):
        key = (rung, name, ordered.quantity < 0, ordered.unit, price)
        for length in range(_NAME_ONLY, len(key) + 1):
            yield key[:length]


def _ids_ordered(ordered: OrderedLine) -> Iterator[tuple[Rung, str]]:
    yield from _known(ordered.sku, ordered.supplier_item_id, ordered.gtin)


def _ids_said(item: Item) -> Iterator[tuple[Rung, str]]:
    standard = item.standard_id
    gtin = standard.value if standard and standard.scheme == GTIN_SCHEME else None
    yield from _known(item.buyer_id, item.seller_id, gtin)


def _known(buyers: str | None, sellers: str | None, gtin: str | None) -> Iterator[tuple[Rung, str]]:
    if buyers and buyers.strip():
        yield Rung.BUYER_ITEM, buyers.strip().casefold()
    if sellers and sellers.strip():
        yield Rung.SELLER_ITEM, sellers.strip().casefold()
    if gtin and (digits := gtin.strip().lstrip("0")):  # GTIN-8, 12, 13 and 14 differ by leading zeros only
        yield Rung.GTIN, digits


def _names_said(item: Item) -> Iterator[tuple[Rung, str]]:
    yield from _ids_said(item)
    for text in (item.name, item.description):
        if words := _words(text or ""):
            yield Rung.DESCRIPTION, words


def _words(text: str) -> str:
    """Case, accents' spelling, blanks and punctuation don't make another item."""
    folded = normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() or category(c)[0] == "M" else " " for c in folded).split())
