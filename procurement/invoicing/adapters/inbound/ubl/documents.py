"""The head of a document, and all of it."""

from datetime import date
from typing import Any

from procurement.invoicing.adapters.inbound.ubl.faults import Unreadable
from procurement.invoicing.adapters.inbound.ubl.lines import adjustments, invoiced_object, line, period
from procurement.invoicing.adapters.inbound.ubl.node import Node, Reading, if_there
from procurement.invoicing.adapters.inbound.ubl.parties import (
    delivery,
    other_party,
    party,
    payment_means,
    third_party_payment,
)
from procurement.invoicing.adapters.inbound.ubl.totals import breakdown, totals
from procurement.invoicing.adapters.inbound.ubl.xml import refusal, root_of
from procurement.invoicing.adapters.ubl import DIALECTS, INVOICED_OBJECT, PROJECT, Dialect
from procurement.invoicing.domain.document import (
    Attachment,
    Document,
    Kind,
    Line,
    Period,
    Reference,
    ThirdPartyPayment,
)
from procurement.kernel.money import BadMoney, minor_units

MOST_LINES = 10_000


def read(document: bytes) -> Document:
    """Raise Unreadable with every fault. Nothing outside of it is looked at, and no entity is expanded."""
    root = root_of(document)
    kind = next((kind for kind, dialect in DIALECTS.items() if dialect.tag == root.tag), None)
    if kind is None:
        raise refusal("not-ubl", f"a {root.tag}, and no UBL 2 Invoice or CreditNote")
    reading = Reading()
    found = _document(reading, root, kind)
    if reading.faults:
        raise Unreadable(reading.faults)
    return found


def _document(reading: Reading, root: Any, kind: Kind) -> Document:
    dialect = DIALECTS[kind]
    node = Node(reading, root, dialect.root)
    reading.currency = _currency(node)
    return Document(
        kind=kind,
        type_code=node.needed(dialect.type_code, "BR-04"),
        number=node.needed("cbc:ID", "BR-02"),
        issued=node.or_missing(node.day("cbc:IssueDate"), "cbc:IssueDate", "BR-03", date.min),
        currency=reading.currency,
        tax_currency=node.text("cbc:TaxCurrencyCode"),
        due=_due(node),
        tax_point=node.day("cbc:TaxPointDate"),
        tax_point_code=if_there(
            node.child("cac:InvoicePeriod"), lambda each: each.text("cbc:DescriptionCode")
        ),
        period=_period(node),
        notes=node.texts("cbc:Note"),
        buyer_reference=node.text("cbc:BuyerReference"),
        accounting_cost=node.text("cbc:AccountingCost"),
        customization=node.text("cbc:CustomizationID"),
        profile=node.text("cbc:ProfileID"),
        **_references(node),
        **_people(node),
        payment_means=tuple(payment_means(each) for each in node.children("cac:PaymentMeans")),
        payment_terms=_payment_terms(node),
        third_party_payments=_third_party_payments(node, kind),
        adjustments=adjustments(node),
        breakdown=breakdown(node),
        totals=totals(node),
        lines=_lines(node, dialect),
    )


def _currency(node: Node) -> str:
    currency = node.needed("cbc:DocumentCurrencyCode", "BR-05")
    try:
        minor_units(currency)
    except BadMoney as error:
        if currency:
            node.fault("unknown-currency", "cbc:DocumentCurrencyCode", f"{error} (BR-CL-04)")
    return currency


def _lines(node: Node, dialect: Dialect) -> tuple[Line, ...]:
    stated = node.children(dialect.line)
    if not stated:
        node.missing(dialect.line, "BR-16")
    if len(stated) > MOST_LINES:
        node.fault(
            "too-many-lines", dialect.line, f"{len(stated):,} lines, at most {MOST_LINES:,} are taken in"
        )
        return ()
    return tuple(line(each, dialect) for each in stated)


def _due(node: Node) -> date | None:
    """A credit note has it among the means of payment."""
    if "cbc:DueDate" in node:
        return node.day("cbc:DueDate")
    means = (each.day("cbc:PaymentDueDate") for each in node.children("cac:PaymentMeans"))
    return next((day for day in means if day is not None), None)


def _period(node: Node) -> Period | None:
    """None where it holds nothing but a code for the tax point."""
    stated = node.child("cac:InvoicePeriod")
    if stated is None or ("cbc:DescriptionCode" in stated and period(stated) == Period()):
        return None
    return period(stated)


def _third_party_payments(node: Node, kind: Kind) -> tuple[ThirdPartyPayment, ...]:
    """UBL has them for invoices only."""
    if kind is Kind.CREDIT_NOTE and "cac:PrepaidPayment" in node:
        node.fault("not-on-credit-notes", "cac:PrepaidPayment", "only an invoice pays third parties")
    return tuple(third_party_payment(each) for each in node.children("cac:PrepaidPayment"))


def _payment_terms(node: Node) -> str | None:
    stated = (terms.joined("cbc:Note") for terms in node.children("cac:PaymentTerms"))
    return "\n".join(note for note in stated if note) or None


def _people(node: Node) -> dict[str, Any]:
    return {
        "seller": party(node.child("cac:AccountingSupplierParty")),
        "buyer": party(node.child("cac:AccountingCustomerParty")),
        "payee": if_there(node.child("cac:PayeeParty"), other_party),
        "tax_representative": if_there(node.child("cac:TaxRepresentativeParty"), other_party),
        "delivery": if_there(node.child("cac:Delivery"), delivery),
    }


def _references(node: Node) -> dict[str, Any]:
    order = node.child("cac:OrderReference")
    further = node.children("cac:AdditionalDocumentReference")
    types = [each.text("cbc:DocumentTypeCode") for each in further]
    projects = [each for each, code in zip(further, types, strict=True) if code == PROJECT]
    own_project = node.child("cac:ProjectReference")
    return {
        "order_number": order.text("cbc:ID") if order else None,
        "sales_order": order.text("cbc:SalesOrderID") if order else None,
        "preceding": tuple(_preceding(each) for each in node.children("cac:BillingReference")),
        "despatch_advice": _number(node, "cac:DespatchDocumentReference"),
        "receiving_advice": _number(node, "cac:ReceiptDocumentReference"),
        "tender": _number(node, "cac:OriginatorDocumentReference"),
        "contract": _number(node, "cac:ContractDocumentReference"),
        "project": next((each.text("cbc:ID") for each in [own_project, *projects] if each), None),
        "invoiced_object": invoiced_object(node, "cac:AdditionalDocumentReference"),
        "attachments": tuple(
            _attachment(each)
            for each, code in zip(further, types, strict=True)
            if code not in (PROJECT, INVOICED_OBJECT)
        ),
    }


def _number(node: Node, name: str) -> str | None:
    return if_there(node.child(name), lambda reference: reference.text("cbc:ID"))


def _preceding(node: Node) -> Reference:
    reference = node.child("cac:InvoiceDocumentReference") or node.child("cac:CreditNoteDocumentReference")
    if reference is None:
        node.missing("cac:InvoiceDocumentReference", "BR-55")
        return Reference(number="")
    return Reference(number=reference.needed("cbc:ID", "BR-55"), issued=reference.day("cbc:IssueDate"))


def _attachment(node: Node) -> Attachment:
    held = node.child("cac:Attachment")
    binary = "cbc:EmbeddedDocumentBinaryObject"
    external = held.child("cac:ExternalReference") if held else None
    return Attachment(
        number=node.text("cbc:ID"),
        description=node.joined("cbc:DocumentDescription"),
        uri=external.text("cbc:URI") if external else None,
        file_name=held.attribute(binary, "filename") if held else None,
        mime=held.attribute(binary, "mimeCode") if held else None,
    )
