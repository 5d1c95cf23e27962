"""Whether a document comes out as it came in: what we read of it, and every figure of the file by itself."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from procurement.invoicing.adapters.inbound import ubl

_FIGURES = ("Amount", "Quantity", "Percent", "Numeric", "Rate")
"""How UBL's elements that state a figure end."""
_TOLD = 5


def figures(content: bytes) -> dict[str, str]:
    """Every stated amount, quantity and rate with its currency or unit, by where it stands."""
    return dict(_figures(etree.fromstring(content), ""))


def _figures(element: Any, at: str) -> Iterator[tuple[str, str]]:
    seen = Counter[str]()
    for child in element.iterchildren("*"):
        name = etree.QName(child).localname
        seen[name] += 1
        here = f"{at}/{name}[{seen[name]}]"
        if name.endswith(_FIGURES) and child.text is not None:
            of = child.get("currencyID") or child.get("unitCode")
            yield here, " ".join(filter(None, (child.text.strip(), of)))
        yield from _figures(child, here)


def differences(file: bytes, export: bytes) -> tuple[list[str], int]:
    """Between the file and our export; and how many figures were compared."""
    stated, told = figures(file), figures(export)
    found = list(_different(stated, told))
    if not found and ubl.read(export) != ubl.read(file):
        found.append("export: it reads otherwise than the file, though every figure is the same")
    return found[:_TOLD], len(stated)


def _different(stated: Mapping[str, str], told: Mapping[str, str]) -> Iterator[str]:
    for at in dict.fromkeys((*stated, *told)):
        if stated.get(at) != told.get(at):
            yield f"export: {at} is {told.get(at)}, the file says {stated.get(at)}"
