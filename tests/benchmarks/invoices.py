"""The documents that are taken in: one of the demo's, with as many lines as wanted."""

from decimal import Decimal
from pathlib import Path

from tests.benchmarks.orders import Asking

_TOLD = Path("procurement/entrypoints/demo/documents/paper-and-pens.xml").read_text()
_LINE = "cac:InvoiceLine>"
_NUMBER = "<cbc:ID>{}</cbc:ID>"


def a_document(lines: int) -> str:
    """Breaks no rule of EN 16931; {key} in it stands for its number. Every line is its first one."""
    head, line, *_ = _TOLD.split(f"<{_LINE}")
    net, vat = Decimal("174.00") * lines, Decimal("33.06") * lines
    for told, amount in (("274.62", net), ("52.18", vat), ("326.80", net + vat)):
        head = head.replace(f">{told}<", f">{amount}<")
    numbered = (line.replace(_NUMBER.format(1), _NUMBER.format(number), 1) for number in range(1, lines + 1))
    body = "".join(f"<{_LINE}{each}" for each in numbered).rstrip()
    return f"{head.replace('MP-2026-1001', '{key}')}{body}\n</Invoice>\n"


def takes_in(asking: Asking, document: str) -> str:
    """Each is of a supplier of its own: nobody sends the same amount a thousand times a minute, and what
    looks alike would be looked at."""
    return asking.post("/v1/invoices?supplier_id=sup_{key}", document, "application/xml")
