"""Who is who in the document, where it was delivered, and how it is to be paid."""

from procurement.invoicing.adapters.inbound.ubl.node import Node, if_there
from procurement.invoicing.adapters.ubl import NO_NETWORK, VAT
from procurement.invoicing.domain.document import (
    Account,
    Address,
    Card,
    Contact,
    Delivery,
    Identifier,
    Mandate,
    Party,
    PaymentMeans,
    ThirdPartyPayment,
)


def party(holder: Node | None) -> Party:
    """Seller and buyer: their legal name is the one that counts."""
    node = holder.child("cac:Party") if holder else None
    if node is None:
        return Party()
    legal = node.child("cac:PartyLegalEntity")
    return _party(
        node,
        name=legal.text("cbc:RegistrationName") if legal else None,
        trading_name=_called(node),
        legal_form=legal.text("cbc:CompanyLegalForm") if legal else None,
    )


def other_party(node: Node) -> Party:
    """Payee and tax representative are called by one name only."""
    return _party(node, name=_called(node))


def _party(
    node: Node, *, name: str | None, trading_name: str | None = None, legal_form: str | None = None
) -> Party:
    legal = node.child("cac:PartyLegalEntity")
    schemes = reversed(list(node.children("cac:PartyTaxScheme")))
    taxes = {_scheme(tax): tax.text("cbc:CompanyID") for tax in schemes}
    return Party(
        name=name,
        trading_name=trading_name,
        identifiers=_identifiers(node),
        legal_id=legal.identifier("cbc:CompanyID") if legal else None,
        legal_form=legal_form,
        vat_id=taxes.get(True),
        tax_registration=taxes.get(False),
        endpoint=node.identifier("cbc:EndpointID"),
        address=if_there(node.child("cac:PostalAddress"), address),
        contact=if_there(node.child("cac:Contact"), _contact),
    )


def _called(node: Node) -> str | None:
    return if_there(node.child("cac:PartyName"), lambda name: name.text("cbc:Name"))


def _scheme(tax: Node) -> bool:
    """Whether it is registered for VAT; anything else is BT-32."""
    scheme = tax.child("cac:TaxScheme")
    return scheme is not None and (scheme.text("cbc:ID") or "").upper() == VAT


def _identifiers(node: Node) -> tuple[Identifier, ...]:
    stated = (each.identifier("cbc:ID") for each in node.children("cac:PartyIdentification"))
    return tuple(identifier for identifier in stated if identifier is not None)


def address(node: Node) -> Address:
    further = (each.text("cbc:Line") for each in node.children("cac:AddressLine"))
    lines = (node.text("cbc:StreetName"), node.text("cbc:AdditionalStreetName"), *further)
    return Address(
        country=if_there(node.child("cac:Country"), lambda country: country.text("cbc:IdentificationCode")),
        lines=tuple(line for line in lines if line is not None),
        city=node.text("cbc:CityName"),
        post_code=node.text("cbc:PostalZone"),
        subdivision=node.text("cbc:CountrySubentity"),
    )


def _contact(node: Node) -> Contact:
    return Contact(
        name=node.text("cbc:Name"),
        telephone=node.text("cbc:Telephone"),
        email=node.text("cbc:ElectronicMail"),
    )


def delivery(node: Node) -> Delivery:
    location = node.child("cac:DeliveryLocation")
    return Delivery(
        name=if_there(node.child("cac:DeliveryParty"), _called),
        delivered=node.day("cbc:ActualDeliveryDate"),
        location=location.identifier("cbc:ID") if location else None,
        address=if_there(location.child("cac:Address"), address) if location else None,
    )


def payment_means(node: Node) -> PaymentMeans:
    return PaymentMeans(
        code=node.text("cbc:PaymentMeansCode"),
        text=node.attribute("cbc:PaymentMeansCode", "name"),
        remittance=node.joined("cbc:PaymentID"),
        account=if_there(node.child("cac:PayeeFinancialAccount"), _account),
        card=if_there(node.child("cac:CardAccount"), _card),
        mandate=if_there(node.child("cac:PaymentMandate"), _mandate),
    )


def _account(node: Node) -> Account:
    branch = node.child("cac:FinancialInstitutionBranch")
    return Account(
        id=node.text("cbc:ID"),
        name=node.text("cbc:Name"),
        bic=branch.text("cbc:ID") if branch else None,
    )


def _card(node: Node) -> Card:
    network = node.text("cbc:NetworkID")
    return Card(
        number=node.needed("cbc:PrimaryAccountNumberID", "BR-51"),
        network=None if network == NO_NETWORK else network,
        holder=node.text("cbc:HolderName"),
    )


def _mandate(node: Node) -> Mandate:
    account = node.child("cac:PayerFinancialAccount")
    return Mandate(reference=node.text("cbc:ID"), debited=account.text("cbc:ID") if account else None)


def third_party_payment(node: Node) -> ThirdPartyPayment:
    return ThirdPartyPayment(
        amount=node.amount_needed("cbc:PaidAmount", "BR-DEX-02"),
        type=node.text("cbc:ID"),
        description=node.text("cbc:InstructionID"),
    )
