"""What is on a supplier's record: the name, what he declared, his documents, and the holds on him."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from procurement.kernel.actor import Role
from procurement.supplier.domain.identifiers import Identifier


class DocumentKind(StrEnum):
    TRADE_REGISTER_EXTRACT = "TradeRegisterExtract"
    TAX_CLEARANCE = "TaxClearance"
    CODE_OF_CONDUCT = "CodeOfConduct"
    INSURANCE_CERTIFICATE = "InsuranceCertificate"
    QUALITY_CERTIFICATE = "QualityCertificate"


@dataclass(frozen=True, slots=True)
class Document:
    """Proof that somebody keeps elsewhere; here stands where to find it, and how long it holds."""

    kind: DocumentKind
    reference: str
    valid_until: date | None = None

    def valid(self, today: date) -> bool:
        return self.valid_until is None or today <= self.valid_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a supplier is said to be, by those who prepare his approval."""

    name: str
    identifiers: tuple[Identifier, ...]
    documents: tuple[Document, ...] = ()


class Scope(StrEnum):
    ORDERS = "orders"
    INVOICES = "invoices"
    PAYMENTS = "payments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Nothing new of that scope while it binds: until somebody in the named role releases it, or its last
    day has passed."""

    scope: Scope
    reason: str
    releaser: Role
    until: date | None = None

    def binds(self, today: date) -> bool:
        return self.until is None or today <= self.until
