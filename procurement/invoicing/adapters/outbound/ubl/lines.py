"""Lines, what is added and taken off, taxes and totals."""

from typing import Any

from procurement.invoicing.adapters.outbound.ubl.elements import (
    nest,
    put,
    put_identifier,
    put_number,
    put_within,
)
from procurement.invoicing.adapters.ubl import INVOICED_OBJECT, VAT, Dialect
from procurement.invoicing.domain.document import (
    AllowanceCharge,
    Document,
    Item,
    Line,
    Period,
    Price,
    Subline,
    Tax,
    VatSubtotal,
)


def put_line(parent: Any, name: str, line: Line | Subline, currency: str, dialect: Dialect) -> None:
    node = nest(parent, name)
    put(node, "cbc:ID", line.id)
    put(node, "cbc:Note", line.note)
    put_number(node, dialect.quantity, line.quantity, unitCode=line.unit)
    put_number(node, "cbc:LineExtensionAmount", line.net, currencyID=currency)
    put(node, "cbc:AccountingCost", line.accounting_cost)
    put_period(node, line.period)
    put_within(node, "cac:OrderLineReference", "cbc:LineID", line.order_line)
    if line.object_id is not None:
        reference = nest(node, "cac:DocumentReference")
        put_identifier(reference, "cbc:ID", line.object_id)
        put(reference, "cbc:DocumentTypeCode", INVOICED_OBJECT)
    put_adjustments(node, line.adjustments, currency)
    _put_item(nest(node, "cac:Item"), line.item)
    if line.price is not None:
        _put_price(nest(node, "cac:Price"), line.price, currency)
    for subline in line.sublines:
        put_line(node, dialect.subline, subline, currency, dialect)


def put_period(node: Any, period: Period | None, tax_point_code: str | None = None) -> None:
    if period is None and tax_point_code is None:
        return
    stated = nest(node, "cac:InvoicePeriod")
    if period is not None:
        put(stated, "cbc:StartDate", period.start)
        put(stated, "cbc:EndDate", period.end)
    put(stated, "cbc:DescriptionCode", tax_point_code)


def _put_item(node: Any, item: Item) -> None:
    put(node, "cbc:Description", item.description)
    put(node, "cbc:Name", item.name)
    put_within(node, "cac:BuyersItemIdentification", "cbc:ID", item.buyer_id)
    put_within(node, "cac:SellersItemIdentification", "cbc:ID", item.seller_id)
    if item.standard_id is not None:
        put_identifier(nest(node, "cac:StandardItemIdentification"), "cbc:ID", item.standard_id)
    put_within(node, "cac:OriginCountry", "cbc:IdentificationCode", item.origin)
    for each in item.classifications:
        put(
            nest(node, "cac:CommodityClassification"),
            "cbc:ItemClassificationCode",
            each.value,
            listID=each.scheme,
            listVersionID=each.version,
        )
    _put_tax(node, "cac:ClassifiedTaxCategory", item.tax)
    for name, value in item.attributes:
        attribute = nest(node, "cac:AdditionalItemProperty")
        put(attribute, "cbc:Name", name)
        put(attribute, "cbc:Value", value)


def _put_price(node: Any, price: Price, currency: str) -> None:
    put_number(node, "cbc:PriceAmount", price.amount, currencyID=currency)
    put_number(node, "cbc:BaseQuantity", price.base_quantity, unitCode=price.base_unit)
    if price.discount is not None or price.gross is not None:
        discount = nest(node, "cac:AllowanceCharge")
        put(discount, "cbc:ChargeIndicator", "false")
        put_number(discount, "cbc:Amount", price.discount, currencyID=currency)
        put_number(discount, "cbc:BaseAmount", price.gross, currencyID=currency)


def put_adjustments(node: Any, adjustments: tuple[AllowanceCharge, ...], currency: str) -> None:
    for each in adjustments:
        stated = nest(node, "cac:AllowanceCharge")
        put(stated, "cbc:ChargeIndicator", "true" if each.charge else "false")
        put(stated, "cbc:AllowanceChargeReasonCode", each.reason_code)
        put(stated, "cbc:AllowanceChargeReason", each.reason)
        put_number(stated, "cbc:MultiplierFactorNumeric", each.percentage)
        put_number(stated, "cbc:Amount", each.amount, currencyID=currency)
        put_number(stated, "cbc:BaseAmount", each.base, currencyID=currency)
        _put_tax(stated, "cac:TaxCategory", each.tax)


def _put_tax(node: Any, name: str, tax: Tax | None, subtotal: VatSubtotal | None = None) -> None:
    if tax is None:
        return
    category = nest(node, name)
    put(category, "cbc:ID", tax.category)
    put_number(category, "cbc:Percent", tax.rate)
    if subtotal is not None:
        put(category, "cbc:TaxExemptionReasonCode", subtotal.exemption_code)
        put(category, "cbc:TaxExemptionReason", subtotal.exemption_reason)
    put_within(category, "cac:TaxScheme", "cbc:ID", VAT)


def put_taxes(root: Any, document: Document) -> None:
    totals, currency = document.totals, document.currency
    if totals.vat is not None or document.breakdown:
        node = nest(root, "cac:TaxTotal")
        put_number(node, "cbc:TaxAmount", totals.vat, currencyID=currency)
        for each in document.breakdown:
            subtotal = nest(node, "cac:TaxSubtotal")
            put_number(subtotal, "cbc:TaxableAmount", each.taxable, currencyID=currency)
            put_number(subtotal, "cbc:TaxAmount", each.amount, currencyID=currency)
            _put_tax(subtotal, "cac:TaxCategory", each.tax, each)
    if totals.vat_in_tax_currency is not None and document.tax_currency is not None:
        node = nest(root, "cac:TaxTotal")
        put_number(node, "cbc:TaxAmount", totals.vat_in_tax_currency, currencyID=document.tax_currency)


def put_totals(root: Any, document: Document) -> None:
    node = nest(root, "cac:LegalMonetaryTotal")
    totals = document.totals
    for name, amount in (
        ("cbc:LineExtensionAmount", totals.lines),
        ("cbc:TaxExclusiveAmount", totals.without_vat),
        ("cbc:TaxInclusiveAmount", totals.with_vat),
        ("cbc:AllowanceTotalAmount", totals.allowances),
        ("cbc:ChargeTotalAmount", totals.charges),
        ("cbc:PrepaidAmount", totals.prepaid),
        ("cbc:PayableRoundingAmount", totals.rounding),
        ("cbc:PayableAmount", totals.due),
    ):
        put_number(node, name, amount, currencyID=document.currency)
