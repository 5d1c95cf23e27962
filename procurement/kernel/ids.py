"""Identifiers as people and systems exchange them: a prefix that says what it is, then a UUID."""

from typing import NewType
from uuid import UUID

TenantId = NewType("TenantId", UUID)
SupplierId = NewType("SupplierId", UUID)
OrderId = NewType("OrderId", UUID)
GoodsReceiptId = NewType("GoodsReceiptId", UUID)
InvoiceId = NewType("InvoiceId", UUID)

_UUID_LENGTH = 36
_NIL = UUID(int=0)


class MalformedId(ValueError):
    """Not an identifier of that kind."""


def id_text(prefix: str, identifier: UUID) -> str:
    return f"{prefix}_{identifier}"


def parse_id(prefix: str, text: str) -> UUID:
    """Strict: the prefix, an underscore and a whole UUID in its canonical form; nil is nobody."""
    kind, _, rest = text.partition("_")
    if kind != prefix or len(rest) != _UUID_LENGTH:
        raise MalformedId(f"{text!r} is not of the form {prefix}_<uuid>")
    try:
        identifier = UUID(rest)
    except ValueError as error:
        raise MalformedId(f"{text!r} is not of the form {prefix}_<uuid>") from error
    if identifier == _NIL or str(identifier) != rest:
        raise MalformedId(f"{text!r} is not of the form {prefix}_<uuid>")
    return identifier
