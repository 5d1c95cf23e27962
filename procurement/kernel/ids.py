"""Identifiers as people and systems exchange them: a prefix that says what it is, then a UUID."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NewType
from uuid import UUID

TenantId = NewType("TenantId", UUID)
SupplierId = NewType("SupplierId", UUID)
OrderId = NewType("OrderId", UUID)
GoodsReceiptId = NewType("GoodsReceiptId", UUID)
InvoiceId = NewType("InvoiceId", UUID)

PREFIXES: Mapping[object, str] = {OrderId: "po", SupplierId: "sup", GoodsReceiptId: "grn", InvoiceId: "inv"}
"""What the public form of each begins with."""

_canonical = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


class MalformedId(ValueError):
    """Not an identifier of that kind."""


def id_text(prefix: str, identifier: UUID) -> str:
    return f"{prefix}_{identifier}"


@lru_cache(8192)
def parse_id(prefix: str, text: str) -> UUID:
    """Strict: the prefix, an underscore and a whole UUID in its canonical form; nil is nobody."""
    kind, _, rest = text.partition("_")
    number = int(rest.replace("-", ""), 16) if kind == prefix and _canonical(rest) else 0
    if not number:
        raise MalformedId(f"{text!r} is not of the form {prefix}_<uuid>")
    return UUID(int=number)
