"""One element and the ways to ask it. What is wrong is noted and reading goes on: all is told at once."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from procurement.invoicing.adapters.inbound.ubl.faults import Fault
from procurement.invoicing.adapters.ubl import SPACES
from procurement.invoicing.domain.document import Identifier
from procurement.kernel.money import MAX_AMOUNT, finer_than
from procurement.kernel.quantity import QUANTITY_DECIMALS

LONGEST_TEXT = 20_000
LONGEST_NUMBER = 40
FINEST_NUMBER = 12
"""Decimals. No rule bounds those of a price, and some have eleven."""
MOST_FAULTS = 1_000
"""Then one more that says so."""

_NOTHING = Decimal(0)
_NO_DAY = date.min
_SAFE_DIGITS = 15
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]{1,37})", re.ASCII)
"""Written out with a zero before its point, what begins with it is no longer than any other."""
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)
_PREFIXES = {space: prefix for prefix, space in SPACES.items()}
_ONCE = frozenset(
    """
cac:AccountingCustomerParty cac:AccountingSupplierParty cac:ClassifiedTaxCategory cac:Item
cac:LegalMonetaryTotal cac:OrderReference cac:Party cac:Price cac:TaxCategory cbc:AllowanceTotalAmount
cbc:Amount cbc:BaseAmount cbc:BaseQuantity cbc:ChargeIndicator cbc:ChargeTotalAmount
cbc:CreditNoteTypeCode cbc:CreditedQuantity cbc:DocumentCurrencyCode cbc:DueDate cbc:ID
cbc:InvoiceTypeCode cbc:InvoicedQuantity cbc:IssueDate cbc:LineExtensionAmount cbc:MultiplierFactorNumeric
cbc:PaidAmount cbc:PayableAmount cbc:PayableRoundingAmount cbc:Percent cbc:PrepaidAmount cbc:PriceAmount
cbc:TaxAmount cbc:TaxCurrencyCode cbc:TaxExclusiveAmount cbc:TaxInclusiveAmount cbc:TaxPointDate
cbc:TaxableAmount
""".split()
)
"""A second amount, price or quantity would leave it open which one counts."""

T = TypeVar("T")


class Reading:
    """What all nodes of a document share."""

    def __init__(self) -> None:
        self.currency = ""
        self.faults: list[Fault] = []
        self._names: dict[str, str] = {}

    def name(self, tag: str) -> str:
        """`cbc:ID`; anything of another namespace has a name that nobody asks for."""
        name = self._names.get(tag)
        if name is None:
            space, _, local = tag[1:].partition("}")
            name = self._names[tag] = f"{_PREFIXES[space]}:{local}" if space in _PREFIXES else tag
        return name

    def fault(self, code: str, at: str, detail: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(code, at, detail))
        elif len(self.faults) == MOST_FAULTS:
            self.faults.append(Fault("too-many-faults", "/", f"these are the first {MOST_FAULTS}"))


class Node:
    __slots__ = ("_element", "_name", "_number", "_parent", "_parts", "reading")

    def __init__(
        self,
        reading: Reading,
        element: Any,
        name: str,
        parent: "Node | None" = None,
        number: int | None = None,
    ) -> None:
        self.reading = reading
        self._element = element
        self._name = name
        self._parent = parent
        self._number = number
        parts: dict[str, Any] = {}
        for child in element:
            part = reading.name(child.tag)
            if part not in parts:
                parts[part] = child
            elif part in _ONCE:
                reading.fault("repeated", f"{self.at}/{part}", f"{part} stands there more than once")
        self._parts = parts

    @property
    def at(self) -> str:
        step = self._name if self._number is None else f"{self._name}[{self._number}]"
        return f"{self._parent.at if self._parent else ''}/{step}"

    def fault(self, code: str, part: str, detail: str) -> None:
        self.reading.fault(code, f"{self.at}/{part}" if part else self.at, detail)

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def child(self, name: str) -> "Node | None":
        element = self._parts.get(name)
        return None if element is None else Node(self.reading, element, name, self)

    def children(self, name: str) -> list["Node"]:
        first = self._parts.get(name)
        if first is None:
            return []
        found = self._element.iterchildren(first.tag)
        return [Node(self.reading, element, name, self, n) for n, element in enumerate(found, start=1)]

    def text(self, name: str) -> str | None:
        element = self._parts.get(name)
        return None if element is None else self._text(element, name)

    def texts(self, name: str) -> tuple[str, ...]:
        first = self._parts.get(name)
        if first is None:
            return ()
        stated = (self._text(element, name) for element in self._element.iterchildren(first.tag))
        return tuple(text for text in stated if text is not None)

    def joined(self, name: str) -> str | None:
        """UBL lets it stand there several times, EN 16931 once."""
        return "\n".join(self.texts(name)) or None

    def needed(self, name: str, rule: str) -> str:
        text = self.text(name)
        if text is None:
            self.missing(name, rule)
            return ""
        return text

    def missing(self, part: str, rule: str) -> None:
        self.fault("missing", part, f"{part} is missing ({rule})")

    def attribute(self, name: str, attribute: str) -> str | None:
        element = self._parts.get(name)
        value = None if element is None else element.get(attribute)
        if value is not None and len(value) > LONGEST_TEXT:
            self.fault("too-long", f"{name}/@{attribute}", f"longer than {LONGEST_TEXT} characters")
        return (value.strip() or None) if value else None

    def identifier(
        self, name: str, scheme: str = "schemeID", version: str | None = None
    ) -> Identifier | None:
        value = self.text(name)
        if value is None:
            return None
        return Identifier(
            value=value,
            scheme=self.attribute(name, scheme),
            version=self.attribute(name, version) if version else None,
        )

    def day(self, name: str) -> date | None:
        text = self.text(name)
        if text is None:
            return None
        written = _DAY.fullmatch(text)
        try:
            return date.fromisoformat(written[1]) if written else self._no_day(name, text)
        except ValueError:
            return self._no_day(name, text)

    def _no_day(self, name: str, text: str) -> date:
        self.fault("not-a-date", name, f"{text[:LONGEST_NUMBER]!r} is no date like 2026-11-30")
        return _NO_DAY

    def amount(self, name: str) -> Decimal | None:
        """In the document's currency, and it must say so."""
        number = self.number(name)
        if number is not None and self.attribute(name, "currencyID") != self.reading.currency:
            self._other_currency(name)
        return number

    def _other_currency(self, name: str) -> None:
        stated = self.attribute(name, "currencyID") or "no currency"
        detail = f"in {stated}, and the document is in {self.reading.currency or 'none'}"
        self.fault("other-currency", f"{name}/@currencyID", detail)

    def amount_needed(self, name: str, rule: str) -> Decimal:
        return self.or_missing(self.amount(name), name, rule, _NOTHING)

    def quantity(self, name: str) -> Decimal | None:
        return self.number(name, QUANTITY_DECIMALS)

    def or_missing(self, found: T | None, name: str, rule: str, placeholder: T) -> T:
        if found is None:
            self.missing(name, rule)
            return placeholder
        return found

    def number(self, name: str, decimals: int = FINEST_NUMBER) -> Decimal | None:
        text = self.text(name)
        if text is None:
            return None
        if len(text) > LONGEST_NUMBER or not _DECIMAL.fullmatch(text):
            self.fault("not-a-number", name, f"{text[:LONGEST_NUMBER]!r} is no number like 1234.56")
            return _NOTHING
        number = Decimal(text)
        whole, _, fraction = text.partition(".")
        if len(whole) > _SAFE_DIGITS and abs(number) >= MAX_AMOUNT:
            self.fault("out-of-range", name, f"{text} is {MAX_AMOUNT:,} or more")
        elif len(fraction) > decimals and finer_than(number, decimals):
            self.fault("too-many-decimals", name, f"{text} has more than {decimals} decimals")
        return number

    def _text(self, element: Any, name: str) -> str | None:
        """Without the blanks that pretty printing puts around it."""
        text = element.text
        if len(element):
            self.fault("not-text", name, f"{name} holds elements, and should hold a value")
        if text is None:
            return None
        if len(text) > LONGEST_TEXT:
            self.fault("too-long", name, f"longer than {LONGEST_TEXT} characters")
        return text.strip() or None


def if_there(node: Node | None, read: Callable[[Node], T]) -> T | None:
    return None if node is None else read(node)
