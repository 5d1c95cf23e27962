"""Second copies: what an invoice looks like that we have already, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from procurement.invoicing.domain.document import Document, Kind
from procurement.kernel.errors import Blocker, Concern
from procurement.kernel.ids import InvoiceId, id_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document of the same supplier that we hold, and that was neither rejected nor cancelled."""

    invoice: InvoiceId
    kind: Kind
    number: str
    issued: date
    total: Decimal
    """With VAT."""
    currency: str
    sha256: str
    order_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """One document that it might be a copy of."""

    invoice: InvoiceId
    number: str
    reasons: tuple[str, ...]
    """In words."""
    blocks: bool
    """Whether it takes a reason to enter it all the same."""

    @property
    def blocker(self) -> Blocker:
        return Blocker(
            "duplicate-invoice",
            Concern.STATE,
            f"it looks like {id_text('inv', self.invoice)} (number {self.number}): {'; '.join(self.reasons)};"
            " if it is another one, say why in duplicate_reason",
        )


def normalised(number: str) -> str:
    raise NotImplementedError  # the branch `match` brings it


def explained(document: Document, sha256: str, candidates: Sequence[Candidate]) -> tuple[Possible, ...]:
    raise NotImplementedError  # the branch `match` brings it
