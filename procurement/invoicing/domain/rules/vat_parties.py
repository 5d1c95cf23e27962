"""Which registrations the parties must have, or must not, for a VAT category: None where all is well."""

from procurement.invoicing.domain.document import Document


def any_seller_registration(document: Document) -> str | None:
    if document.seller.vat_id or document.seller.tax_registration or _representative(document):
        return None
    return "the seller has neither VAT id nor tax registration, nor a representative with one"


def seller_vat_id(document: Document) -> str | None:
    if document.seller.vat_id or _representative(document):
        return None
    return "neither the seller nor a tax representative has a VAT id"


def any_seller_registration_and_buyer(document: Document) -> str | None:
    if document.buyer.vat_id or document.buyer.legal_id:
        return any_seller_registration(document)
    return "the buyer has neither VAT id nor legal registration"


def seller_vat_id_and_buyer(document: Document) -> str | None:
    return seller_vat_id(document) if document.buyer.vat_id else "the buyer has no VAT id"


def no_vat_ids(document: Document) -> str | None:
    if document.seller.vat_id or document.buyer.vat_id or _representative(document):
        return "the seller, his tax representative or the buyer has a VAT id"
    return None


def _representative(document: Document) -> bool:
    return document.tax_representative is not None and document.tax_representative.vat_id is not None
