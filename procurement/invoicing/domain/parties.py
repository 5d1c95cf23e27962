"""Who is who on an invoice, and where it went."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    value: str
    scheme: str | None = None
    """EAS or ICD code, or the list it is from."""
    version: str | None = None
    """Of that list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    country: str | None = None
    """ISO 3166-1 alpha-2."""
    lines: tuple[str, ...] = ()
    """Up to three."""
    city: str | None = None
    post_code: str | None = None
    subdivision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    name: str | None = None
    telephone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """BG-4 seller, BG-7 buyer, BG-10 payee, BG-11 the seller's tax representative."""

    name: str | None = None
    trading_name: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    legal_id: Identifier | None = None
    legal_form: str | None = None
    vat_id: str | None = None
    tax_registration: str | None = None
    endpoint: Identifier | None = None
    address: Address | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """BG-13: where and when it went."""

    name: str | None = None
    """Of who received it."""
    delivered: date | None = None
    location: Identifier | None = None
    address: Address | None = None
