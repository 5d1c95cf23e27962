"""How an invoice says that it is to be paid."""

from typing import Annotated

from msgspec import Meta, Struct

from procurement.invoicing.adapters.inbound.documents.values import Number, Text


class AccountBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-17: where the money is to go."""

    id: (
        Annotated[
            Text, Meta(description="BT-84: IBAN or national number.", examples=["DE89370400440532013000"])
        ]
        | None
    ) = None
    name: Annotated[Text, Meta(description="BT-85.")] | None = None
    bic: Annotated[Text, Meta(description="BT-86.")] | None = None


class CardBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-18: what it was paid with."""

    number: Annotated[Text, Meta(description="BT-87: the last four to six digits.")]
    network: Annotated[Text, Meta(examples=["VISA"])] | None = None
    holder: Annotated[Text, Meta(description="BT-88.")] | None = None


class MandateBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-19: the seller will collect it."""

    reference: Annotated[Text, Meta(description="BT-89.")] | None = None
    debited: Annotated[Text, Meta(description="BT-91: the buyer's account.")] | None = None


class PaymentMeansBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BG-16."""

    code: (
        Annotated[
            Text, Meta(description="BT-81, UNCL 4461: 30 credit transfer, 58 SEPA, 59 SEPA debit, 48 card.")
        ]
        | None
    ) = None
    text: Annotated[Text, Meta(description="BT-82.")] | None = None
    remittance: (
        Annotated[Text, Meta(description="BT-83: what the seller wants to read on his statement.")] | None
    ) = None
    account: AccountBody | None = None
    card: CardBody | None = None
    mandate: MandateBody | None = None


class ThirdPartyPaymentBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An extension of XRechnung: due to a third party besides, and collected with this invoice."""

    amount: Number
    type: Text | None = None
    description: Text | None = None
