"""What is wrong with a document by itself, rule by rule, in the names of EN 16931."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    rule: str
    """BR-CO-10, BR-S-08, BR-DEC-12, BR-CL-01 ... and PEPPOL-EN16931-R120 for the line amount."""
    fatal: bool
    """By the standard the document may not be sent like this; a warning is only worth knowing."""
    detail: str
    """In words, with the figures."""
    at: str | None = None
    """Where: `line 3`, `VAT S 19`, `total BT-106`."""
    stated: Decimal | None = None
    computed: Decimal | None = None
