"""What a document may hold and UBL has no place for: it could come in as JSON, and never go out as UBL."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from procurement.invoicing.adapters.inbound.ubl.lines import DEEPEST
from procurement.invoicing.domain.document import Document, Kind, Position, Price, Subline

Fault: TypeAlias = tuple[str, str, str]
"""Pointer, code, and what to do about it."""


def unsayable(document: Document) -> Iterator[Fault]:
    for ask in _ASKED:
        yield from ask(document)


def _third_parties(document: Document) -> Iterator[Fault]:
    if document.kind is Kind.CREDIT_NOTE and document.third_party_payments:
        yield "/third_party_payments", "not-on-credit-notes", "only an invoice pays third parties"


def _vat(document: Document) -> Iterator[Fault]:
    totals = document.totals
    if document.breakdown and totals.vat is None:
        yield "/totals/vat", "missing", "a breakdown has its total (BT-110)"
    if totals.vat_in_tax_currency is None:
        return
    if document.tax_currency is None:
        yield "/tax_currency", "missing", "the VAT in the tax currency (BT-111) says which one it is (BT-6)"
    elif document.tax_currency == document.currency:
        twice = f"{document.currency} is the document's own currency: its VAT is the total VAT (BT-110)"
        yield "/totals/vat_in_tax_currency", "repeated", twice


def _parties(document: Document) -> Iterator[Fault]:
    for role, party in (("payee", document.payee), ("tax_representative", document.tax_representative)):
        for part in ("trading_name", "legal_form"):
            if party is not None and getattr(party, part) is not None:
                yield f"/{role}/{part}", "not-of-this-party", "only seller and buyer have it"


def _payment_means(document: Document) -> Iterator[Fault]:
    for place, means in enumerate(document.payment_means):
        if means.text is not None and means.code is None:
            yield f"/payment_means/{place}/code", "missing", "what the text explains (BT-81)"


def _lines(document: Document) -> Iterator[Fault]:
    for place, line in enumerate(document.lines):
        yield from _position(line, f"/lines/{place}", 0)


def _position(position: Position, at: str, depth: int) -> Iterator[Fault]:
    price = getattr(position, "price", None)
    if price is not None:
        yield from _price(price, f"{at}/price/base_quantity")
    if isinstance(position, Subline) and position.unit is not None and position.quantity is None:
        yield f"{at}/quantity", "missing", f"how many {position.unit}"
    if not position.sublines:
        return
    if depth == DEEPEST:
        yield f"{at}/sublines", "too-deep", f"sub-lines go deeper than {DEEPEST} levels"
        return
    for place, subline in enumerate(position.sublines):
        yield from _position(subline, f"{at}/sublines/{place}", depth + 1)


def _price(price: Price, at: str) -> Iterator[Fault]:
    if price.base_quantity is None:
        if price.base_unit is not None:
            yield at, "missing", f"how many {price.base_unit} the price is for"
    elif price.base_quantity <= 0:
        yield at, "not-above-zero", "a price is for more than nothing (PEPPOL-EN16931-R121)"


_ASKED: tuple[Callable[[Document], Iterator[Fault]], ...] = (
    _third_parties,
    _vat,
    _parties,
    _payment_means,
    _lines,
)
