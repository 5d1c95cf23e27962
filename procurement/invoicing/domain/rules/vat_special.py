"""What only single VAT categories ask for."""

from collections.abc import Iterator

from procurement.invoicing.domain.document import Document, Party
from procurement.invoicing.domain.finding import Finding, broken
from procurement.invoicing.domain.rules.vat import NOT_SUBJECT

_INTRA_COMMUNITY = "K"
_SPLIT_PAYMENT = "B"
_STANDARD = "S"
_ITALY = "IT"


def intra_community(document: Document) -> Iterator[Finding]:
    if not any(each.tax.category == _INTRA_COMMUNITY for each in document.breakdown):
        return
    delivery = document.delivery
    if (delivery is None or delivery.delivered is None) and not _has_period(document):
        yield broken("BR-IC-11", "an intra-community supply says when it was delivered, or its period")
    if delivery is None or delivery.address is None or not delivery.address.country:
        yield broken("BR-IC-12", "an intra-community supply says to which country it was delivered")


def _has_period(document: Document) -> bool:
    period = document.period
    stated = period is not None and (period.start is not None or period.end is not None)
    return stated or document.tax_point_code is not None


def not_subject(document: Document) -> Iterator[Finding]:
    stated = [each.tax.category for each in document.breakdown]
    if NOT_SUBJECT not in stated:
        return
    if any(category != NOT_SUBJECT for category in stated):
        yield broken("BR-O-11", "beside a VAT breakdown that is not subject to VAT there is none else")
    for line in document.lines:
        if line.item.tax is not None and line.item.tax.category != NOT_SUBJECT:
            yield broken(
                "BR-O-12", "where one breakdown is not subject to VAT, no line is", f"line {line.id}"
            )
    for number, each in enumerate(document.adjustments, start=1):
        if each.tax is not None and each.tax.category != NOT_SUBJECT:
            rule, what = ("BR-O-14", "charge") if each.charge else ("BR-O-13", "allowance")
            yield broken(rule, f"where one breakdown is not subject to VAT, no {what} is", f"{what} {number}")


def split_payment(document: Document, used: set[str]) -> Iterator[Finding]:
    if _SPLIT_PAYMENT not in used | {each.tax.category for each in document.breakdown}:
        return
    if any(country != _ITALY for country in _countries(document)):
        yield broken("BR-B-01", "split payment is for invoices within Italy")
    if _STANDARD in used:
        yield broken("BR-B-02", "an invoice with split payment is not standard rated besides")


def _countries(document: Document) -> Iterator[str]:
    parties: tuple[Party | None, ...] = (
        document.seller,
        document.buyer,
        document.payee,
        document.tax_representative,
    )
    addresses = [party.address for party in parties if party is not None]
    for address in (*addresses, document.delivery.address if document.delivery else None):
        if address is not None and address.country:
            yield address.country
    for line in document.lines:
        if line.item.origin is not None:
            yield line.item.origin
