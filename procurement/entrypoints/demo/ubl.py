"""Read a UBL 2 invoice as what its buyer bought: who sold, and the lines as they stand, figure for figure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree
from stdnum import ean

LARGEST = 20 * 1024 * 1024
"""Bytes: room for a few attachments."""

_INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
_SPACES = {
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
}
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_LONGEST_NUMBER = 40
_GTIN = "0160"


class Unreadable(Exception):
    """Not an invoice that could be ordered from; the message names everything that is missing."""


@dataclass(frozen=True, slots=True)
class Named:
    """An identifier as the document states it."""

    scheme: str | None
    value: str

    def __str__(self) -> str:
        return f"{self.scheme or 'without a scheme'}:{self.value}"


@dataclass(frozen=True, slots=True)
class Seller:
    name: str
    identifiers: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    name: str
    sku: str | None
    """The buyer's own item id."""
    supplier_item_id: str | None
    gtin: str | None
    quantity: Decimal
    unit: str
    price: Decimal
    currency: str
    base_quantity: Decimal
    stated_net: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    number: str
    currency: str
    buyer_reference: str | None
    seller: Seller
    lines: tuple[InvoiceLine, ...]
    left_out: tuple[str, ...]
    """What an order has no place for, in words."""


def read(path: Path) -> Invoice:
    """Raise Unreadable, whatever the file holds."""
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"larger than {LARGEST // 1024**2} MiB")
        return parse(path.read_bytes())
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error


def parse(document: bytes) -> Invoice:
    """Raise Unreadable. Nothing outside the document is looked at, and no entity is expanded."""
    root = _root(document)
    if root.tag != _INVOICE:
        raise Unreadable(f"a {root.tag} and not a UBL 2 Invoice")
    reading = _Reading()
    invoice = reading.invoice(root)
    if reading.faults:
        raise Unreadable("; ".join(reading.faults))
    return invoice


def _root(document: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"not XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("it brings its own document type (DTD), which no UBL document has")
    return root


def _find(place: Any, path: str) -> Any:
    return place.find(path, _SPACES)


def _text(element: Any) -> str:
    """Without the blanks that pretty printing puts around it."""
    return "" if element is None else str(element.xpath("string()")).strip()


class _Reading:
    """Reads on after a fault, so that all of them are told at once."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._left_out: list[str] = []

    def invoice(self, root: Any) -> Invoice:
        lines = root.findall("cac:InvoiceLine", _SPACES)
        if not lines:
            self.faults.append("it has no InvoiceLine")
        if breakdown := sum(1 for _ in root.iterfind(".//cac:SubInvoiceLine", _SPACES)):
            self._left_out.append(f"{breakdown} sub-lines: they explain a line's price, the line is ordered")
        return Invoice(
            number=self._needed(root, "cbc:ID", "its number (cbc:ID)"),
            currency=self._needed(root, "cbc:DocumentCurrencyCode", "its currency"),
            buyer_reference=_text(_find(root, "cbc:BuyerReference")) or None,
            seller=self._seller(root),
            lines=tuple(self._line(line, f"line {number}") for number, line in enumerate(lines, start=1)),
            left_out=tuple(self._left_out),
        )

    def _seller(self, root: Any) -> Seller:
        party = _find(root, "cac:AccountingSupplierParty/cac:Party")
        if party is None:
            self.faults.append("no seller (cac:AccountingSupplierParty)")
            return Seller("", ())
        legal = _find(party, "cac:PartyLegalEntity/cbc:RegistrationName")
        name = _text(legal) or _text(_find(party, "cac:PartyName/cbc:Name"))
        if not name:
            self.faults.append("no name of the seller")
        return Seller(" ".join(name.split()), tuple(dict.fromkeys(_identifiers(party))))

    def _line(self, line: Any, at: str) -> InvoiceLine:
        quantity = _find(line, "cbc:InvoicedQuantity")
        price = _find(line, "cac:Price/cbc:PriceAmount")
        base = _find(line, "cac:Price/cbc:BaseQuantity")
        unit = self._attribute(quantity, "unitCode", f"{at}: no unit of the quantity")
        if base is not None and base.get("unitCode", unit) != unit:
            self.faults.append(f"{at}: the quantity is in {unit}, the price is per {base.get('unitCode')}")
        net = _find(line, "cbc:LineExtensionAmount")
        return InvoiceLine(
            name=self._needed(line, "cac:Item/cbc:Name", f"{at}: no name of the item"),
            sku=_text(_find(line, "cac:Item/cac:BuyersItemIdentification/cbc:ID")) or None,
            supplier_item_id=_text(_find(line, "cac:Item/cac:SellersItemIdentification/cbc:ID")) or None,
            gtin=self._gtin(_find(line, "cac:Item/cac:StandardItemIdentification/cbc:ID"), at),
            quantity=self._number(quantity, f"{at}: the quantity"),
            unit=unit,
            price=self._number(price, f"{at}: the price"),
            currency=self._attribute(price, "currencyID", f"{at}: no currency of the price"),
            base_quantity=Decimal(1) if base is None else self._number(base, f"{at}: the base quantity"),
            stated_net=None if net is None else self._number(net, f"{at}: the net amount"),
        )

    def _gtin(self, stated: Any, at: str) -> str | None:
        if stated is None or not _text(stated):
            return None
        named = Named(stated.get("schemeID"), _text(stated))
        if named.scheme == _GTIN and named.value.isdigit() and ean.is_valid(named.value):
            return named.value
        self._left_out.append(f"{at}: item id {named}: not a GTIN ({_GTIN}) with a right check digit")
        return None

    def _needed(self, place: Any, path: str, what: str) -> str:
        text = _text(_find(place, path))
        if not text:
            self.faults.append(what if what.startswith("line") else f"it lacks {what}")
        return text

    def _attribute(self, element: Any, name: str, fault: str) -> str:
        value = "" if element is None else str(element.get(name, "")).strip()
        if not value:
            self.faults.append(fault)
        return value

    def _number(self, element: Any, what: str) -> Decimal:
        text = _text(element)
        if _DECIMAL.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
            return Decimal(text)
        self.faults.append(
            f"{what} is {text[:_LONGEST_NUMBER]!r}, no number" if text else f"{what} is missing"
        )
        return Decimal(0)


def _identifiers(party: Any) -> Iterator[Named]:
    """Where a party says who it is: electronic address, identifiers, tax and trade registrations."""
    for path in ("cbc:EndpointID", "cac:PartyIdentification/cbc:ID", "cac:PartyLegalEntity/cbc:CompanyID"):
        for element in party.iterfind(path, _SPACES):
            if value := _text(element):
                yield Named(element.get("schemeID"), value)
    for tax in party.iterfind("cac:PartyTaxScheme", _SPACES):
        if value := _text(_find(tax, "cbc:CompanyID")):
            yield Named(_text(_find(tax, "cac:TaxScheme/cbc:ID")) or None, value)
