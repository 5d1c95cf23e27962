"""Whether an invoice was here before, and why one might think so."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from unicodedata import normalize

from procurement.invoicing.domain.document import Document, Kind
from procurement.kernel.errors import Blocker, Concern
from procurement.kernel.ids import InvoiceId, id_text

DAYS_APART = 14
"""The same amount within so many days is worth a look."""

_LOOK_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1"})


def normalised(number: str) -> str:
    """What makes a supplier's number that number: no case, no blanks, no punctuation."""
    folded = normalize("NFKC", number).casefold()
    return "".join(c for c in folded if c.isalnum()) or folded.strip()


def looser(number: str) -> str:
    """As somebody reads it off paper: O or 0, I or l or 1, and leading zeros are all the same."""
    read = normalize("NFKC", number).casefold().translate(_LOOK_ALIKE)
    return "".join(digits.lstrip("0") + rest for digits, rest in re.findall(r"([0-9]*)([^\W_0-9]*)", read))


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


def explained(document: Document, sha256: str, candidates: Iterable[Candidate]) -> tuple[Possible, ...]:
    """Those that block first."""
    found = (_likeness(document, sha256, candidate) for candidate in candidates)
    return tuple(sorted((p for p in found if p.reasons), key=lambda p: (not p.blocks, p.invoice)))


def _likeness(document: Document, sha256: str, candidate: Candidate) -> Possible:
    same_file = sha256 == candidate.sha256
    blocking, worth_a_look = ["the same file"] if same_file else [], list[str]()
    if document.kind is candidate.kind:  # a credit note may bear its invoice's number
        if normalised(document.number) == normalised(candidate.number):
            blocking.append(_same_number(document, candidate))
        else:
            worth_a_look.extend(_numbers_alike(document, candidate))
        worth_a_look.extend(_amounts_alike(document, candidate))
    return Possible(
        invoice=candidate.invoice,
        number=candidate.number,
        reasons=(*blocking, *worth_a_look),
        blocks=bool(blocking),
    )


def _same_number(document: Document, candidate: Candidate) -> str:
    but = "" if document.number == candidate.number else " but for case, blanks or punctuation"
    year = (
        "" if document.issued.year == candidate.issued.year else f", used in {candidate.issued.year} before"
    )
    return f"the same number{but}{year}"


def _numbers_alike(document: Document, candidate: Candidate) -> Iterator[str]:
    if looser(document.number) == looser(candidate.number):
        yield "the same number but for leading zeros or characters that look alike"
    elif _same_amount(document, candidate) and _digits(document.number) == _digits(candidate.number) != "":
        yield "the same number but for its letters"


def _amounts_alike(document: Document, candidate: Candidate) -> Iterator[str]:
    days = abs((document.issued - candidate.issued).days)
    orders = {document.order_number, candidate.order_number} - {None}
    if _same_amount(document, candidate) and days <= DAYS_APART and len(orders) <= 1:
        both = document.order_number and candidate.order_number
        yield f"the same amount {_apart(days)}{' on the same order' if both else ''}"


def _apart(days: int) -> str:
    return f"{days} day{'s' if days > 1 else ''} apart" if days else "on the same day"


def _same_amount(document: Document, candidate: Candidate) -> bool:
    return (document.totals.with_vat, document.currency) == (candidate.total, candidate.currency)


def _digits(number: str) -> str:
    return re.sub("[^0-9]", "", number)
