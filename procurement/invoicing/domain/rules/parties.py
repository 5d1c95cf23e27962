"""Seller, buyer, payee, tax representative, and where it was delivered."""

from collections.abc import Iterator
from dataclasses import dataclass

from procurement.invoicing.domain.codes.parties import COUNTRIES, REGISTERS, VAT_PREFIXES
from procurement.invoicing.domain.document import Address, Document, Party
from procurement.invoicing.domain.finding import Finding, broken
from procurement.kernel.schemes import EAS

_CREDITOR = "SEPA"
"""Scheme of a bank's creditor id (BT-90), at the one who is paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    at: str
    name: str
    address: str
    country: str
    endpoint: str


_SELLER = _Rules(at="seller", name="BR-06", address="BR-08", country="BR-09", endpoint="BR-62")
_BUYER = _Rules(at="buyer", name="BR-07", address="BR-10", country="BR-11", endpoint="BR-63")


def parties(document: Document) -> Iterator[Finding]:
    yield from _named(document.seller, _SELLER)
    yield from _named(document.buyer, _BUYER)
    yield from _seller(document.seller)
    if document.payee is not None:
        yield from _payee(document.payee, document.seller)
    if document.tax_representative is not None:
        yield from _representative(document.tax_representative)
    yield from _codes(document.seller, "seller", (_CREDITOR,))
    yield from _codes(document.buyer, "buyer", ())
    yield from _delivery(document)


def _named(party: Party, rules: _Rules) -> Iterator[Finding]:
    if not party.name:
        yield broken(rules.name, f"the {rules.at} has no name", rules.at)
    yield from _addressed(party.address, rules.at, rules.address, rules.country)
    if party.endpoint is not None and party.endpoint.scheme is None:
        yield broken(rules.endpoint, "the electronic address does not say of which scheme it is", rules.at)


def _addressed(address: Address | None, at: str, missing: str, country: str) -> Iterator[Finding]:
    if address is None:
        yield broken(missing, f"the {at} has no postal address", at)
    elif not address.country:
        yield broken(country, "the postal address has no country", at)


def _seller(seller: Party) -> Iterator[Finding]:
    if not (seller.vat_id or seller.identifiers or seller.legal_id):
        yield broken("BR-CO-26", "the seller has neither identifier nor registration nor VAT id", "seller")


def _payee(payee: Party, seller: Party) -> Iterator[Finding]:
    if not payee.name:
        yield broken("BR-17", "the payee has no name (BT-59)", "payee")
    elif payee.name == seller.trading_name or _shared(payee, seller):
        yield broken(
            "BR-17", f"the payee {payee.name} is the seller: it is named only if it is another", "payee"
        )
    yield from _codes(payee, "payee", (_CREDITOR,))


def _shared(payee: Party, seller: Party) -> bool:
    known = {identifier.value for identifier in seller.identifiers}
    return any(identifier.value in known for identifier in payee.identifiers)


def _representative(party: Party) -> Iterator[Finding]:
    at = "tax representative"
    if not party.name:
        yield broken("BR-18", "the tax representative has no name (BT-62)", at)
    yield from _addressed(party.address, at, "BR-19", "BR-20")
    if not party.vat_id:
        yield broken("BR-56", "the tax representative has no VAT id (BT-63)", at)
    yield from _codes(party, at, ())


def _codes(party: Party, at: str, further: tuple[str, ...]) -> Iterator[Finding]:
    if party.vat_id is not None and party.vat_id[:2] not in VAT_PREFIXES:
        yield broken("BR-CO-09", f"VAT id {party.vat_id} does not begin with its country", at)
    for identifier in party.identifiers:
        if identifier.scheme is not None and identifier.scheme not in REGISTERS | {*further}:
            yield broken("BR-CL-10", f"scheme {identifier.scheme!r} of an identifier is not of ISO 6523", at)
    legal, endpoint = party.legal_id, party.endpoint
    if legal is not None and legal.scheme is not None and legal.scheme not in REGISTERS:
        yield broken("BR-CL-11", f"scheme {legal.scheme!r} of the registration is not of ISO 6523", at)
    if endpoint is not None and endpoint.scheme is not None and endpoint.scheme not in EAS:
        yield broken("BR-CL-25", f"scheme {endpoint.scheme!r} of the electronic address is not of EAS", at)
    yield from _country(party.address, at)


def _country(address: Address | None, at: str) -> Iterator[Finding]:
    if address is not None and address.country and address.country not in COUNTRIES:
        yield broken("BR-CL-14", f"{address.country!r} is no country of ISO 3166-1", at)


def _delivery(document: Document) -> Iterator[Finding]:
    delivery, at = document.delivery, "delivery"
    if delivery is None:
        return
    if delivery.address is not None and not delivery.address.country:
        yield broken("BR-57", "the address has no country (BT-80)", at)
    yield from _country(delivery.address, at)
    location = delivery.location
    if location is not None and location.scheme is not None and location.scheme not in REGISTERS:
        yield broken("BR-CL-26", f"scheme {location.scheme!r} of the location is not of ISO 6523", at)
