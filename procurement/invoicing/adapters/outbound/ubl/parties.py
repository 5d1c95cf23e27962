"""Who is who, where it went and how it is to be paid."""

from typing import Any

from procurement.invoicing.adapters.outbound.ubl.elements import (
    nest,
    put,
    put_identifier,
    put_number,
    put_within,
)
from procurement.invoicing.adapters.ubl import NO_NETWORK, VAT
from procurement.invoicing.domain.document import (
    Address,
    Delivery,
    Document,
    Kind,
    Party,
    PaymentMeans,
    ThirdPartyPayment,
)

_STREETS = ("cbc:StreetName", "cbc:AdditionalStreetName")
_OTHER_REGISTRATION = "FC"
"""Fiscal code: by what is not VAT a reader knows the tax registration (BT-32)."""
_NO_MEANS = "1"
"""UNCL 4461: not defined. A credit note has no place for its due date but among the means of payment."""


def put_people(root: Any, document: Document) -> None:
    _put_party(nest(root, "cac:AccountingSupplierParty", "cac:Party"), document.seller)
    _put_party(nest(root, "cac:AccountingCustomerParty", "cac:Party"), document.buyer)
    if document.payee is not None:
        _put_other(nest(root, "cac:PayeeParty"), document.payee)
    if document.tax_representative is not None:
        _put_other(nest(root, "cac:TaxRepresentativeParty"), document.tax_representative)
    if document.delivery is not None:
        _put_delivery(nest(root, "cac:Delivery"), document.delivery)


def _put_party(node: Any, party: Party) -> None:
    _put_names(node, party, party.trading_name)
    _put_registrations(node, party, party.name)


def _put_other(node: Any, party: Party) -> None:
    """Payee and tax representative are called by one name only."""
    _put_names(node, party, party.name)
    _put_registrations(node, party, None)


def _put_names(node: Any, party: Party, called: str | None) -> None:
    put_identifier(node, "cbc:EndpointID", party.endpoint)
    for identifier in party.identifiers:
        put_identifier(nest(node, "cac:PartyIdentification"), "cbc:ID", identifier)
    put_within(node, "cac:PartyName", "cbc:Name", called)
    if party.address is not None:
        _put_address(nest(node, "cac:PostalAddress"), party.address)


def _put_registrations(node: Any, party: Party, legal_name: str | None) -> None:
    for number, scheme in ((party.vat_id, VAT), (party.tax_registration, _OTHER_REGISTRATION)):
        if number is not None:
            tax = nest(node, "cac:PartyTaxScheme")
            put(tax, "cbc:CompanyID", number)
            put_within(tax, "cac:TaxScheme", "cbc:ID", scheme)
    if any(part is not None for part in (legal_name, party.legal_id, party.legal_form)):
        legal = nest(node, "cac:PartyLegalEntity")
        put(legal, "cbc:RegistrationName", legal_name)
        put_identifier(legal, "cbc:CompanyID", party.legal_id)
        put(legal, "cbc:CompanyLegalForm", party.legal_form)
    if party.contact is not None:
        contact = nest(node, "cac:Contact")
        put(contact, "cbc:Name", party.contact.name)
        put(contact, "cbc:Telephone", party.contact.telephone)
        put(contact, "cbc:ElectronicMail", party.contact.email)


def _put_address(node: Any, address: Address) -> None:
    for name, line in zip(_STREETS, address.lines, strict=False):
        put(node, name, line)
    put(node, "cbc:CityName", address.city)
    put(node, "cbc:PostalZone", address.post_code)
    put(node, "cbc:CountrySubentity", address.subdivision)
    for line in address.lines[len(_STREETS) :]:
        put_within(node, "cac:AddressLine", "cbc:Line", line)
    put_within(node, "cac:Country", "cbc:IdentificationCode", address.country)


def _put_delivery(node: Any, delivery: Delivery) -> None:
    put(node, "cbc:ActualDeliveryDate", delivery.delivered)
    if delivery.location is not None or delivery.address is not None:
        location = nest(node, "cac:DeliveryLocation")
        put_identifier(location, "cbc:ID", delivery.location)
        if delivery.address is not None:
            _put_address(nest(location, "cac:Address"), delivery.address)
    if delivery.name is not None:
        put_within(nest(node, "cac:DeliveryParty"), "cac:PartyName", "cbc:Name", delivery.name)


def put_payment(root: Any, document: Document) -> None:
    due = document.due if document.kind is Kind.CREDIT_NOTE else None
    means = document.payment_means or ((PaymentMeans(code=_NO_MEANS),) if due else ())
    for each in means:
        node = nest(root, "cac:PaymentMeans")
        put(node, "cbc:PaymentMeansCode", each.code, name=each.text)
        put(node, "cbc:PaymentDueDate", due)
        put(node, "cbc:PaymentID", each.remittance)
        _put_accounts(node, each)
    put_within(root, "cac:PaymentTerms", "cbc:Note", document.payment_terms)
    if document.kind is Kind.CREDIT_NOTE:
        return
    for payment in document.third_party_payments:
        _put_third_party(nest(root, "cac:PrepaidPayment"), payment, document.currency)


def _put_accounts(node: Any, means: PaymentMeans) -> None:
    if means.card is not None:
        card = nest(node, "cac:CardAccount")
        put(card, "cbc:PrimaryAccountNumberID", means.card.number)
        put(card, "cbc:NetworkID", means.card.network or NO_NETWORK)
        put(card, "cbc:HolderName", means.card.holder)
    if means.account is not None:
        account = nest(node, "cac:PayeeFinancialAccount")
        put(account, "cbc:ID", means.account.id)
        put(account, "cbc:Name", means.account.name)
        put_within(account, "cac:FinancialInstitutionBranch", "cbc:ID", means.account.bic)
    if means.mandate is not None:
        mandate = nest(node, "cac:PaymentMandate")
        put(mandate, "cbc:ID", means.mandate.reference)
        put_within(mandate, "cac:PayerFinancialAccount", "cbc:ID", means.mandate.debited)


def _put_third_party(node: Any, payment: ThirdPartyPayment, currency: str) -> None:
    put(node, "cbc:ID", payment.type)
    put_number(node, "cbc:PaidAmount", payment.amount, currencyID=currency)
    put(node, "cbc:InstructionID", payment.description)
