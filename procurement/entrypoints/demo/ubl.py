"""A UBL 2 invoice as what its buyer bought: who sold, and the lines as they stand, figure for figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from stdnum import ean

from procurement.invoicing.adapters.inbound import ubl
from procurement.invoicing.domain.document import Document, Identifier, Kind, Line, Party, Position
from procurement.supplier.domain.identifiers import VAT

_GTIN = "0160"
_ONE = Decimal(1)


class Unreadable(Exception):
    """Not an invoice that could be ordered from; the message names everything that is wrong with it."""


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
    stated_net: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    number: str
    currency: str
    buyer_reference: str | None
    seller: Seller
    lines: tuple[InvoiceLine, ...]
    left_out: tuple[str, ...]
    """What an order has no place for, in words."""
    document: Document
    """All of it."""
    content: bytes
    """The file, as it came."""


def read(path: Path) -> Invoice:
    """Raise Unreadable, whatever the file holds."""
    try:
        if path.stat().st_size > ubl.LARGEST:
            raise Unreadable(f"larger than {ubl.LARGEST // 1024**2} MiB")
        return parse(path.read_bytes())
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error


def parse(content: bytes) -> Invoice:
    """Raise Unreadable. It is read as any supplier's invoice is."""
    try:
        document = ubl.read(content)
    except ubl.Unreadable as error:
        raise Unreadable(str(error)) from error
    if faults := list(_not_for_orders(document)):
        raise Unreadable("; ".join(faults))
    gtins = [_gtin(line.item.standard_id) for line in document.lines]
    return Invoice(
        number=document.number,
        currency=document.currency,
        buyer_reference=document.buyer_reference,
        seller=_seller(document.seller),
        lines=tuple(
            _line(line, gtin, document.currency) for line, gtin in zip(document.lines, gtins, strict=True)
        ),
        left_out=tuple(_left_out(document, gtins)),
        document=document,
        content=content,
    )


def _not_for_orders(document: Document) -> Iterator[str]:
    if document.kind is Kind.CREDIT_NOTE:
        yield "it is a credit note, and nothing was bought by that"
    if not (document.seller.name or document.seller.trading_name):
        yield "it lacks the name of the seller"
    for number, line in enumerate(document.lines, start=1):
        if line.price.base_unit not in (None, line.unit):
            yield f"line {number}: the quantity is in {line.unit}, the price is per {line.price.base_unit}"


def _line(line: Line, gtin: str | None, currency: str) -> InvoiceLine:
    return InvoiceLine(
        name=line.item.name,
        sku=line.item.buyer_id,
        supplier_item_id=line.item.seller_id,
        gtin=gtin,
        quantity=line.quantity,
        unit=line.unit,
        price=line.price.amount,
        currency=currency,
        base_quantity=_ONE if line.price.base_quantity is None else line.price.base_quantity,
        stated_net=line.net,
    )


def _gtin(stated: Identifier | None) -> str | None:
    if stated is None or stated.scheme != _GTIN:
        return None
    return stated.value if stated.value.isdigit() and ean.is_valid(stated.value) else None


def _left_out(document: Document, gtins: list[str | None]) -> Iterator[str]:
    if explained := sum(_count(line) for line in document.lines):
        yield f"{explained} sub-lines: they explain a line's price, the line is ordered"
    for number, (line, gtin) in enumerate(zip(document.lines, gtins, strict=True), start=1):
        if (stated := line.item.standard_id) is not None and gtin is None:
            named = Named(stated.scheme, stated.value)
            yield f"line {number}: item id {named}: not a GTIN ({_GTIN}) with a right check digit"


def _count(position: Position) -> int:
    return sum(1 + _count(subline) for subline in position.sublines)


def _seller(party: Party) -> Seller:
    name = party.name or party.trading_name or ""
    return Seller(" ".join(name.split()), tuple(dict.fromkeys(_identifiers(party))))


def _identifiers(party: Party) -> Iterator[Named]:
    """Where a party says who it is: electronic address, identifiers, trade and tax registrations."""
    for stated in (party.endpoint, *party.identifiers, party.legal_id):
        if stated is not None:
            yield Named(stated.scheme, stated.value)
    if party.vat_id is not None:
        yield Named(VAT, party.vat_id)
    if party.tax_registration is not None:
        yield Named(None, party.tax_registration)
