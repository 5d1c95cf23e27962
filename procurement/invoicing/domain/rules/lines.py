"""Lines: what each must say, in which codes, and whether its amount is its quantity times its price."""

from collections.abc import Iterator

from procurement.invoicing.domain.amounts import line_net
from procurement.invoicing.domain.codes.goods import CLASSIFICATIONS, CLEAN_VEHICLES, CLEAN_VEHICLES_PROFILE
from procurement.invoicing.domain.codes.money import CATEGORIES
from procurement.invoicing.domain.codes.parties import COUNTRIES, REGISTERS
from procurement.invoicing.domain.document import Document, Item, Line, Price
from procurement.invoicing.domain.finding import Finding, broken, worth_knowing
from procurement.invoicing.domain.rounding import decimals_of
from procurement.invoicing.domain.rules.adjustments import of_line, too_fine
from procurement.invoicing.domain.rules.head import object_findings, period_findings
from procurement.kernel.units import UNIT_CODES


def lines(document: Document) -> Iterator[Finding]:
    decimals, lists = decimals_of(document.currency), _lists_of(document)
    for number, line in enumerate(document.lines, start=1):
        at = f"line {line.id or number}"
        yield from _line(line, at)
        yield from _item(line.item, at, lists)
        yield from _price(line.price, line.unit, at)
        yield from _net(line, at, decimals)


def _line(line: Line, at: str) -> Iterator[Finding]:
    if not line.id:
        yield broken("BR-21", "the line has no identifier", at)
    if not line.unit:
        yield broken("BR-23", "the quantity has no unit", at)
    elif line.unit not in UNIT_CODES:
        yield broken("BR-CL-23", f"unit {line.unit!r} is none of UN/ECE Recommendation 20 or 21", at)
    if line.period is not None:
        yield from period_findings(line.period, f"{at} period", empty="BR-CO-20", backwards="BR-30")
    if line.object_id is not None:
        yield from object_findings(line.object_id, at)
    if line.adjustments:
        yield from of_line(line.adjustments, at)


def _item(item: Item, at: str, lists: frozenset[str]) -> Iterator[Finding]:
    if not item.name:
        yield broken("BR-25", "the item has no name", at)
    if item.tax is None or not item.tax.category:
        yield broken("BR-CO-04", "the line has no VAT category", at)
    elif item.tax.category not in CATEGORIES:
        yield broken("BR-CL-18", f"VAT category {item.tax.category!r} is none of UNCL 5305", at)
    if item.origin is not None and item.origin not in COUNTRIES:
        yield broken("BR-CL-15", f"{item.origin!r} is no country of ISO 3166-1", at)
    for name, value in item.attributes:
        if not name or not value:
            yield broken("BR-54", f"attribute {name!r} has no name or no value", at)
    yield from _identifiers(item, at)
    yield from _classes(item, at, lists)


def _identifiers(item: Item, at: str) -> Iterator[Finding]:
    standard = item.standard_id
    if standard is not None and standard.scheme is None:
        yield broken("BR-64", f"item id {standard.value} does not say of which scheme it is", at)
    elif standard is not None and standard.scheme not in REGISTERS:
        yield broken("BR-CL-21", f"scheme {standard.scheme!r} of the item id is not of ISO 6523", at)


def _classes(item: Item, at: str, lists: frozenset[str]) -> Iterator[Finding]:
    """From lists of UNCL 7143. One of the profile's own is told too, but is right there."""
    for each in item.classifications:
        if each.scheme is None:
            yield broken("BR-65", f"class {each.value} does not say from which list it is", at)
        elif each.scheme not in CLASSIFICATIONS:
            tell = worth_knowing if each.scheme in lists else broken
            yield tell("BR-CL-13", f"class {each.value} is from {each.scheme!r}, no list of UNCL 7143", at)


def _lists_of(document: Document) -> frozenset[str]:
    return CLEAN_VEHICLES if CLEAN_VEHICLES_PROFILE in (document.customization or "") else frozenset()


def _price(price: Price, unit: str, at: str) -> Iterator[Finding]:
    if price.amount < 0:
        yield broken("BR-27", f"the price is {price.amount:f}, below zero", at, stated=price.amount)
    if price.gross is not None and price.gross < 0:
        yield broken("BR-28", f"the gross price is {price.gross:f}, below zero", at, stated=price.gross)
    if price.base_unit is not None and price.base_unit not in UNIT_CODES:
        yield broken("BR-CL-23", f"the price is per {price.base_unit!r}, no unit of UN/ECE 20 or 21", at)
    if price.base_unit is not None and price.base_unit != unit:
        yield worth_knowing(
            "PEPPOL-EN16931-R130", f"{unit} are invoiced, the price is per {price.base_unit}", at
        )
    if price.gross is not None and price.gross - (price.discount or 0) != price.amount:
        computed = price.gross - (price.discount or 0)
        detail = f"gross price less discount is {computed:f}, and the price is {price.amount:f}"
        yield worth_knowing("PEPPOL-EN16931-R046", detail, at, stated=price.amount, computed=computed)


def _net(line: Line, at: str, decimals: int) -> Iterator[Finding]:
    """To the cent, where Peppol lets two of them pass: every difference is worth knowing."""
    yield from too_fine("BR-DEC-23", line.net, at)
    computed = line_net(line, decimals)
    if line.net != computed:
        detail = f"quantity, price, allowances and charges make {computed:f}, and {line.net:f} is stated"
        yield worth_knowing("PEPPOL-EN16931-R120", detail, at, stated=line.net, computed=computed)
