"""How it is to be paid."""

from collections.abc import Iterator

from procurement.invoicing.domain.codes.money import PAYMENT_MEANS
from procurement.invoicing.domain.document import Document, PaymentMeans
from procurement.invoicing.domain.finding import Finding, broken, worth_knowing

_TRANSFERS = frozenset({"30", "58"})
"""Credit transfer, and that of SEPA."""
_MOST_DIGITS = 10
"""The first six and the last four."""


def payment(document: Document) -> Iterator[Finding]:
    if document.totals.due > 0 and document.due is None and not document.payment_terms:
        yield broken(
            "BR-CO-25", f"{document.totals.due} is due, and neither when (BT-9) nor the terms (BT-20)"
        )
    for number, means in enumerate(document.payment_means, start=1):
        yield from _means(means, f"payment {number}")


def _means(means: PaymentMeans, at: str) -> Iterator[Finding]:
    account = means.account
    if means.code is None:
        yield broken("BR-49", "a payment instruction without its kind (BT-81)", at)
    elif means.code not in PAYMENT_MEANS:
        yield broken("BR-CL-16", f"means of payment {means.code!r} is none of UNCL 4461", at)
    if means.code in _TRANSFERS:
        if account is not None and not account.id:
            yield broken("BR-50", "an account to transfer to, without its number (BT-84)", at)
        if account is None or not account.id:
            yield broken("BR-61", "it is to be transferred, and to no account (BT-84)", at)
    if means.card is not None and len(means.card.number) > _MOST_DIGITS:
        yield worth_knowing("BR-51", "a card number is never stated in full: the last 4 to 6 digits do", at)
