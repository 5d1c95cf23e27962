"""Elements, put one after the other: UBL has an order for them, and the order of the calls is that order."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from lxml import etree

from procurement.invoicing.adapters.ubl import SPACES
from procurement.invoicing.domain.document import Identifier
from procurement.kernel.money import in_digits


@cache
def tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{SPACES[prefix]}}}{local}"


def nest(parent: Any, *names: str) -> Any:
    """One in the other, and the innermost is answered."""
    for name in names:
        parent = etree.SubElement(parent, tag(name))
    return parent


def put(parent: Any, name: str, text: str | date | None, /, **attributes: str | None) -> None:
    """Nothing where nothing is stated."""
    if text is None:
        return
    element = etree.SubElement(parent, tag(name))
    element.text = str(text)
    for attribute, value in attributes.items():
        if value is not None:
            element.set(attribute, value)


def put_number(parent: Any, name: str, number: Decimal | None, /, **attributes: str | None) -> None:
    put(parent, name, None if number is None else in_digits(number), **attributes)


def put_identifier(parent: Any, name: str, identifier: Identifier | None) -> None:
    if identifier is not None:
        put(parent, name, identifier.value, schemeID=identifier.scheme)


def put_within(parent: Any, holder: str, name: str, text: str | None) -> None:
    """An element of its own around one value, as UBL loves it."""
    if text is not None:
        put(nest(parent, holder), name, text)
