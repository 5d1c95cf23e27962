"""Lines, and what they share with the head: taxes, allowances and charges, periods."""

from decimal import Decimal
from typing import Any

from procurement.invoicing.adapters.inbound.ubl.node import Node, if_there
from procurement.invoicing.adapters.ubl import INVOICED_OBJECT, VAT, Dialect
from procurement.invoicing.domain.document import (
    AllowanceCharge,
    Identifier,
    Item,
    Line,
    Period,
    Price,
    Subline,
    Tax,
)

DEEPEST = 20
"""Levels of sub-lines."""

_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def line(node: Node, dialect: Dialect) -> Line:
    name = dialect.quantity
    unit = node.attribute(name, "unitCode")
    if unit is None and name in node:
        node.missing(f"{name}/@unitCode", "BR-23")
    return Line(
        **_position(node, dialect, 0),
        quantity=node.or_missing(node.quantity(name), name, "BR-22", Decimal(0)),
        unit=unit or "",
        price=node.or_missing(_price(node), "cac:Price/cbc:PriceAmount", "BR-26", Price(amount=Decimal(0))),
    )


def _subline(node: Node, dialect: Dialect, depth: int) -> Subline:
    return Subline(
        **_position(node, dialect, depth),
        quantity=node.quantity(dialect.quantity),
        unit=node.attribute(dialect.quantity, "unitCode"),
        price=_price(node),
    )


def _position(node: Node, dialect: Dialect, depth: int) -> dict[str, Any]:
    return {
        "id": node.needed("cbc:ID", "BR-21"),
        "net": node.amount_needed("cbc:LineExtensionAmount", "BR-24"),
        "item": _item(node),
        "note": node.joined("cbc:Note"),
        "order_line": if_there(node.child("cac:OrderLineReference"), lambda order: order.text("cbc:LineID")),
        "object_id": invoiced_object(node, "cac:DocumentReference"),
        "accounting_cost": node.text("cbc:AccountingCost"),
        "period": if_there(node.child("cac:InvoicePeriod"), period),
        "adjustments": adjustments(node),
        "sublines": _sublines(node, dialect, depth + 1),
    }


def _sublines(node: Node, dialect: Dialect, depth: int) -> tuple[Subline, ...]:
    if dialect.subline not in node:
        return ()
    if depth > DEEPEST:
        node.fault("too-deep", dialect.subline, f"sub-lines go deeper than {DEEPEST} levels")
        return ()
    return tuple(_subline(each, dialect, depth) for each in node.children(dialect.subline))


def _item(holder: Node) -> Item:
    node = holder.child("cac:Item")
    if node is None:
        holder.missing("cac:Item", "BR-25")
        return Item(name="")
    return Item(
        name=node.needed("cbc:Name", "BR-25"),
        tax=tax(node, "cac:ClassifiedTaxCategory"),
        description=node.joined("cbc:Description"),
        seller_id=_id(node, "cac:SellersItemIdentification"),
        buyer_id=_id(node, "cac:BuyersItemIdentification"),
        standard_id=if_there(
            node.child("cac:StandardItemIdentification"), lambda standard: standard.identifier("cbc:ID")
        ),
        classifications=_classifications(node),
        attributes=tuple(_attribute(each) for each in node.children("cac:AdditionalItemProperty")),
        origin=if_there(
            node.child("cac:OriginCountry"), lambda country: country.text("cbc:IdentificationCode")
        ),
    )


def _id(node: Node, name: str) -> str | None:
    return if_there(node.child(name), lambda identification: identification.text("cbc:ID"))


def _classifications(node: Node) -> tuple[Identifier, ...]:
    stated = (
        each.identifier("cbc:ItemClassificationCode", "listID", "listVersionID")
        for each in node.children("cac:CommodityClassification")
    )
    return tuple(identifier for identifier in stated if identifier is not None)


def _attribute(node: Node) -> tuple[str, str]:
    return node.needed("cbc:Name", "BR-54"), node.needed("cbc:Value", "BR-54")


def _price(holder: Node) -> Price | None:
    node = holder.child("cac:Price")
    amount = node.amount("cbc:PriceAmount") if node else None
    if node is None or amount is None:
        return None
    discounts = node.children("cac:AllowanceCharge")
    discount = discounts[0] if discounts else None
    if len(discounts) > 1:
        node.fault("repeated", "cac:AllowanceCharge", "a price has one discount at most")
    base_quantity = node.quantity("cbc:BaseQuantity")
    if base_quantity is not None and base_quantity <= 0:
        detail = f"a price is for more than nothing, not for {base_quantity:f} (PEPPOL-EN16931-R121)"
        node.fault("not-above-zero", "cbc:BaseQuantity", detail)
    return Price(
        amount=amount,
        base_quantity=base_quantity,
        base_unit=node.attribute("cbc:BaseQuantity", "unitCode"),
        discount=discount.amount("cbc:Amount") if discount else None,
        gross=discount.amount("cbc:BaseAmount") if discount else None,
    )


def tax(node: Node, name: str) -> Tax | None:
    """None where no category is stated."""
    category = node.child(name)
    code = category.text("cbc:ID") if category else None
    if category is None or code is None:
        return None
    scheme = category.child("cac:TaxScheme")
    stated = scheme.text("cbc:ID") if scheme else None
    if (stated or "").upper() != VAT:
        category.fault("not-vat", "cac:TaxScheme/cbc:ID", f"the tax is {stated}, and only VAT is known here")
    return Tax(category=code, rate=category.number("cbc:Percent"))


def adjustments(node: Node) -> tuple[AllowanceCharge, ...]:
    return tuple(_adjustment(each) for each in node.children("cac:AllowanceCharge"))


def _adjustment(node: Node) -> AllowanceCharge:
    stated = node.text("cbc:ChargeIndicator")
    if stated not in _TRUTH:
        node.fault("missing", "cbc:ChargeIndicator", f"{stated!r} is neither true (a charge) nor false")
    charge = _TRUTH.get(stated or "", False)
    return AllowanceCharge(
        charge=charge,
        amount=node.amount_needed("cbc:Amount", "BR-36, BR-43" if charge else "BR-31, BR-41"),
        base=node.amount("cbc:BaseAmount"),
        percentage=node.number("cbc:MultiplierFactorNumeric"),
        reason=node.joined("cbc:AllowanceChargeReason"),
        reason_code=node.text("cbc:AllowanceChargeReasonCode"),
        tax=tax(node, "cac:TaxCategory"),
    )


def period(node: Node) -> Period:
    return Period(start=node.day("cbc:StartDate"), end=node.day("cbc:EndDate"))


def invoiced_object(node: Node, name: str) -> Identifier | None:
    for reference in node.children(name):
        if reference.text("cbc:DocumentTypeCode") == INVOICED_OBJECT:
            return reference.identifier("cbc:ID")
    return None
