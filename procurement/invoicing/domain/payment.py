"""How an invoice says that it is to be paid."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """BG-17: where the money is to go."""

    id: str | None = None
    """IBAN or national number, as stated."""
    name: str | None = None
    bic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """BG-18: what it was paid with."""

    number: str
    """Only the last digits, if the sender keeps the rules of card payments."""
    network: str | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """BG-19: the seller will collect it. His creditor id stands among his identifiers, scheme SEPA."""

    reference: str | None = None
    debited: str | None = None
    """The buyer's account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMeans:
    """BG-16."""

    code: str | None = None
    """UNCL 4461: 30 credit transfer, 58 SEPA, 48 card, 59 SEPA debit ..."""
    text: str | None = None
    remittance: str | None = None
    """BT-83: what the seller wants to read on his statement."""
    account: Account | None = None
    card: Card | None = None
    mandate: Mandate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyPayment:
    """An extension of XRechnung: what is due to a third party besides, collected with this invoice."""

    amount: Decimal
    type: str | None = None
    description: str | None = None
