"""What it all comes to, and the VAT."""

from decimal import Decimal

from procurement.invoicing.adapters.inbound.ubl.lines import tax
from procurement.invoicing.adapters.inbound.ubl.node import Node
from procurement.invoicing.domain.document import Tax, Totals, VatSubtotal

_TAX_AMOUNT = "cbc:TaxAmount"


def totals(root: Node) -> Totals:
    node = root.child("cac:LegalMonetaryTotal")
    in_own, in_tax_currency = _vat(root)
    if node is None:
        root.missing("cac:LegalMonetaryTotal", "BR-12 to BR-15")
        return Totals(lines=Decimal(0), without_vat=Decimal(0), with_vat=Decimal(0), due=Decimal(0))
    return Totals(
        lines=node.amount_needed("cbc:LineExtensionAmount", "BR-12"),
        without_vat=node.amount_needed("cbc:TaxExclusiveAmount", "BR-13"),
        with_vat=node.amount_needed("cbc:TaxInclusiveAmount", "BR-14"),
        due=node.amount_needed("cbc:PayableAmount", "BR-15"),
        allowances=node.amount("cbc:AllowanceTotalAmount"),
        charges=node.amount("cbc:ChargeTotalAmount"),
        prepaid=node.amount("cbc:PrepaidAmount"),
        rounding=node.amount("cbc:PayableRoundingAmount"),
        vat=in_own,
        vat_in_tax_currency=in_tax_currency,
    )


def _vat(root: Node) -> tuple[Decimal | None, Decimal | None]:
    """BT-110 and BT-111 are told apart by their currencies, and are one each."""
    tax_currency = root.text("cbc:TaxCurrencyCode")
    found: dict[str | None, Decimal] = {}
    for total in root.children("cac:TaxTotal"):
        currency = total.attribute(_TAX_AMOUNT, "currencyID")
        amount = total.or_missing(total.number(_TAX_AMOUNT), _TAX_AMOUNT, "BR-CO-14", Decimal(0))
        if currency not in (root.reading.currency, tax_currency):
            total.amount(_TAX_AMOUNT)  # to say so
        elif currency in found:
            total.fault("repeated", _TAX_AMOUNT, f"the total VAT in {currency} is stated twice")
        else:
            found[currency] = amount
    own = found.pop(root.reading.currency, None)
    if own is None and any("cac:TaxSubtotal" in total for total in root.children("cac:TaxTotal")):
        root.missing(f"cac:TaxTotal/{_TAX_AMOUNT}", "BT-110")
    return own, found.get(tax_currency)


def breakdown(root: Node) -> tuple[VatSubtotal, ...]:
    return tuple(
        _subtotal(each)
        for total in root.children("cac:TaxTotal")
        for each in total.children("cac:TaxSubtotal")
    )


def _subtotal(node: Node) -> VatSubtotal:
    category = node.child("cac:TaxCategory")
    return VatSubtotal(
        taxable=node.amount_needed("cbc:TaxableAmount", "BR-45"),
        amount=node.amount_needed(_TAX_AMOUNT, "BR-46"),
        tax=node.or_missing(
            tax(node, "cac:TaxCategory"), "cac:TaxCategory/cbc:ID", "BR-47", Tax(category="")
        ),
        exemption_reason=category.joined("cbc:TaxExemptionReason") if category else None,
        exemption_code=category.text("cbc:TaxExemptionReasonCode") if category else None,
    )
