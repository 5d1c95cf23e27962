"""The head of a document, and all of it. Invoices and credit notes differ in their order."""

from typing import Any

from lxml import etree

from procurement.invoicing.adapters.outbound.ubl.elements import nest, put, put_identifier, put_within
from procurement.invoicing.adapters.outbound.ubl.lines import (
    put_adjustments,
    put_line,
    put_period,
    put_taxes,
    put_totals,
)
from procurement.invoicing.adapters.outbound.ubl.parties import put_payment, put_people
from procurement.invoicing.adapters.ubl import DIALECTS, INVOICED_OBJECT, PROJECT, SPACES
from procurement.invoicing.domain.document import Attachment, Document, Kind, Reference


def write(document: Document) -> bytes:
    """Valid UBL 2.1. What was embedded is named, and stays in the original."""
    dialect = DIALECTS[document.kind]
    root = etree.Element(dialect.tag, nsmap={**SPACES, None: dialect.space})
    put(root, "cbc:CustomizationID", document.customization)
    put(root, "cbc:ProfileID", document.profile)
    put(root, "cbc:ID", document.number)
    put(root, "cbc:IssueDate", document.issued)
    _put_kind(root, document)
    put(root, "cbc:DocumentCurrencyCode", document.currency)
    put(root, "cbc:TaxCurrencyCode", document.tax_currency)
    put(root, "cbc:AccountingCost", document.accounting_cost)
    put(root, "cbc:BuyerReference", document.buyer_reference)
    put_period(root, document.period, document.tax_point_code)
    _put_references(root, document)
    put_people(root, document)
    put_payment(root, document)
    put_adjustments(root, document.adjustments, document.currency)
    put_taxes(root, document)
    put_totals(root, document)
    for line in document.lines:
        put_line(root, dialect.line, line, document.currency, dialect)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _put_kind(root: Any, document: Document) -> None:
    name = DIALECTS[document.kind].type_code
    if document.kind is Kind.INVOICE:
        put(root, "cbc:DueDate", document.due)
        put(root, name, document.type_code)
        _put_notes(root, document)
        put(root, "cbc:TaxPointDate", document.tax_point)
    else:
        put(root, "cbc:TaxPointDate", document.tax_point)
        put(root, name, document.type_code)
        _put_notes(root, document)


def _put_notes(root: Any, document: Document) -> None:
    for note in document.notes:
        put(root, "cbc:Note", note)


def _put_references(root: Any, document: Document) -> None:
    if document.order_number is not None or document.sales_order is not None:
        order = nest(root, "cac:OrderReference")
        put(order, "cbc:ID", document.order_number)
        put(order, "cbc:SalesOrderID", document.sales_order)
    for reference in document.preceding:
        _put_preceding(nest(root, "cac:BillingReference", "cac:InvoiceDocumentReference"), reference)
    put_within(root, "cac:DespatchDocumentReference", "cbc:ID", document.despatch_advice)
    put_within(root, "cac:ReceiptDocumentReference", "cbc:ID", document.receiving_advice)
    if document.kind is Kind.INVOICE:
        put_within(root, "cac:OriginatorDocumentReference", "cbc:ID", document.tender)
    put_within(root, "cac:ContractDocumentReference", "cbc:ID", document.contract)
    _put_documents(root, document)
    if document.kind is Kind.INVOICE:
        put_within(root, "cac:ProjectReference", "cbc:ID", document.project)
    else:
        put_within(root, "cac:OriginatorDocumentReference", "cbc:ID", document.tender)


def _put_preceding(node: Any, reference: Reference) -> None:
    put(node, "cbc:ID", reference.number)
    put(node, "cbc:IssueDate", reference.issued)


def _put_documents(root: Any, document: Document) -> None:
    if document.invoiced_object is not None:
        node = nest(root, "cac:AdditionalDocumentReference")
        put_identifier(node, "cbc:ID", document.invoiced_object)
        put(node, "cbc:DocumentTypeCode", INVOICED_OBJECT)
    if document.kind is Kind.CREDIT_NOTE and document.project is not None:
        node = nest(root, "cac:AdditionalDocumentReference")
        put(node, "cbc:ID", document.project)
        put(node, "cbc:DocumentTypeCode", PROJECT)
    for attachment in document.attachments:
        _put_attachment(nest(root, "cac:AdditionalDocumentReference"), attachment)


def _put_attachment(node: Any, attachment: Attachment) -> None:
    put(node, "cbc:ID", attachment.number)
    put(node, "cbc:DocumentDescription", attachment.description)
    if attachment.file_name is None and attachment.mime is None and attachment.uri is None:
        return
    held = nest(node, "cac:Attachment")
    if attachment.file_name is not None or attachment.mime is not None:
        binary = {"mimeCode": attachment.mime, "filename": attachment.file_name}
        put(held, "cbc:EmbeddedDocumentBinaryObject", "", **binary)
    put_within(held, "cac:ExternalReference", "cbc:URI", attachment.uri)
