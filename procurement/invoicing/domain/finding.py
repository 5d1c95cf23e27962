"""One thing that is wrong with a document by itself."""

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


def broken(
    rule: str,
    detail: str,
    at: str | None = None,
    *,
    stated: Decimal | None = None,
    computed: Decimal | None = None,
) -> Finding:
    return Finding(rule=rule, fatal=True, detail=detail, at=at, stated=stated, computed=computed)


def worth_knowing(
    rule: str,
    detail: str,
    at: str | None = None,
    *,
    stated: Decimal | None = None,
    computed: Decimal | None = None,
) -> Finding:
    return Finding(rule=rule, fatal=False, detail=detail, at=at, stated=stated, computed=computed)
