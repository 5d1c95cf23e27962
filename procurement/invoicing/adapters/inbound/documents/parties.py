"""Who is who on an invoice, and where it went."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from procurement.invoicing.adapters.inbound.documents.values import Text


class SchemedIdBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    value: Annotated[Text, Meta(examples=["4000001123452"])]
    scheme: (
        Annotated[Text, Meta(description="EAS or ICD code, or the list it is from.", examples=["0088"])]
        | None
    ) = None
    version: Annotated[Text, Meta(description="Of that list.")] | None = None


class AddressBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-5, BG-8, BG-12, BG-15."""

    country: (
        Annotated[Text, Meta(description="BT-40, BT-55, BT-69, BT-80: ISO 3166-1 alpha-2.", examples=["DE"])]
        | None
    ) = None
    lines: Annotated[
        list[Text],
        Meta(description="BT-35, BT-36, BT-162 and their like: up to three are usual."),
    ] = []
    city: Annotated[Text, Meta(description="BT-37, BT-52, BT-66, BT-77.")] | None = None
    post_code: Annotated[Text, Meta(description="BT-38, BT-53, BT-67, BT-78.")] | None = None
    subdivision: Annotated[Text, Meta(description="BT-39, BT-54, BT-68, BT-79: a region.")] | None = None


class ContactBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-6, BG-9."""

    name: Annotated[Text, Meta(description="BT-41, BT-56.")] | None = None
    telephone: Annotated[Text, Meta(description="BT-42, BT-57.")] | None = None
    email: Annotated[Text, Meta(description="BT-43, BT-58.")] | None = None


class PartyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-4 seller, BG-7 buyer, BG-10 payee, BG-11 the seller's tax representative."""

    name: (
        Annotated[Text, Meta(description="BT-27, BT-44, BT-59, BT-62: the legal one.", examples=["Kabel AG"])]
        | None
    ) = None
    trading_name: Annotated[Text, Meta(description="BT-28, BT-45.")] | None = None
    identifiers: Annotated[list[SchemedIdBody], Meta(description="BT-29, BT-46, BT-60.")] = []
    legal_id: Annotated[
        SchemedIdBody | None, Meta(description="BT-30, BT-47, BT-61: in a register of companies.")
    ] = None
    legal_form: Annotated[Text, Meta(description="BT-33: what the law wants said of the seller.")] | None = (
        None
    )
    vat_id: Annotated[Text, Meta(description="BT-31, BT-48, BT-63.", examples=["DE136695976"])] | None = None
    tax_registration: Annotated[Text, Meta(description="BT-32: with the tax office.")] | None = None
    endpoint: Annotated[SchemedIdBody | None, Meta(description="BT-34, BT-49: electronic address.")] = None
    address: AddressBody | None = None
    contact: ContactBody | None = None


class DeliveryBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-13: where and when it went."""

    name: Annotated[Text, Meta(description="BT-70: who received it.")] | None = None
    delivered: Annotated[date | None, Meta(description="BT-72.")] = None
    location: Annotated[SchemedIdBody | None, Meta(description="BT-71.")] = None
    address: AddressBody | None = None
