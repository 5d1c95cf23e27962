"""Documents as UBL can say them, right and wrong, with everything that a document may hold."""

from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from procurement.invoicing.domain.document import (
    Account,
    Address,
    AllowanceCharge,
    Attachment,
    Card,
    Contact,
    Delivery,
    Document,
    Identifier,
    Item,
    Kind,
    Line,
    Mandate,
    Party,
    PaymentMeans,
    Period,
    Price,
    Reference,
    Subline,
    Tax,
    ThirdPartyPayment,
    Totals,
    VatSubtotal,
)

T = TypeVar("T")

_LETTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"), exclude_characters="\ufffe\uffff"
)
TEXT = (
    st.lists(st.text(_LETTERS, min_size=1, max_size=8), min_size=1, max_size=3)
    .map(" ".join)
    .filter(lambda text: text == text.strip())
)
AMOUNT = st.decimals(-(10**9), 10**9, places=2)
FINE = st.integers(-(10**12), 10**12).flatmap(
    lambda whole: st.integers(0, 12).map(lambda places: Decimal(whole).scaleb(-places))
)
QUANTITY = st.integers(-(10**9), 10**9).flatmap(
    lambda whole: st.integers(0, 6).map(lambda places: Decimal(whole).scaleb(-places))
)
DAY = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


def few(strategy: st.SearchStrategy[T], most: int = 2) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


IDENTIFIER = st.builds(Identifier, value=TEXT, scheme=maybe(TEXT))
PERIOD = st.builds(Period, start=maybe(DAY), end=maybe(DAY))
ADDRESS = st.builds(
    Address,
    country=maybe(TEXT),
    lines=few(TEXT, 4),
    city=maybe(TEXT),
    post_code=maybe(TEXT),
    subdivision=maybe(TEXT),
)
PARTY_PARTS: dict[str, Any] = {
    "name": maybe(TEXT),
    "identifiers": few(IDENTIFIER),
    "legal_id": maybe(IDENTIFIER),
    "vat_id": maybe(TEXT),
    "tax_registration": maybe(TEXT),
    "endpoint": maybe(IDENTIFIER),
    "address": maybe(ADDRESS),
    "contact": maybe(st.builds(Contact, name=maybe(TEXT), telephone=maybe(TEXT), email=maybe(TEXT))),
}
PARTY = st.builds(Party, trading_name=maybe(TEXT), legal_form=maybe(TEXT), **PARTY_PARTS)
OTHER_PARTY = st.builds(Party, trading_name=st.none(), legal_form=st.none(), **PARTY_PARTS)
TAX = st.builds(Tax, category=TEXT, rate=maybe(FINE))
ADJUSTMENT = st.builds(
    AllowanceCharge,
    charge=st.booleans(),
    amount=AMOUNT,
    base=maybe(AMOUNT),
    percentage=maybe(FINE),
    reason=maybe(TEXT),
    reason_code=maybe(TEXT),
    tax=maybe(TAX),
)
PRICE = st.builds(Price, amount=FINE, discount=maybe(FINE), gross=maybe(FINE)) | st.builds(
    Price, amount=FINE, base_quantity=QUANTITY.filter(lambda base: base > 0), base_unit=maybe(TEXT)
)
ITEM = st.builds(
    Item,
    name=TEXT,
    tax=maybe(TAX),
    description=maybe(TEXT),
    seller_id=maybe(TEXT),
    buyer_id=maybe(TEXT),
    standard_id=maybe(IDENTIFIER),
    classifications=few(st.builds(Identifier, value=TEXT, scheme=maybe(TEXT), version=maybe(TEXT))),
    attributes=few(st.tuples(TEXT, TEXT)),
    origin=maybe(TEXT),
)
POSITION: dict[str, Any] = {
    "id": TEXT,
    "net": AMOUNT,
    "item": ITEM,
    "note": maybe(TEXT),
    "order_line": maybe(TEXT),
    "object_id": maybe(IDENTIFIER),
    "accounting_cost": maybe(TEXT),
    "period": maybe(PERIOD),
    "adjustments": few(ADJUSTMENT),
}
SUBLINE = st.builds(
    Subline, **POSITION, sublines=st.just(()), quantity=st.none(), unit=st.none(), price=maybe(PRICE)
) | st.builds(
    Subline, **POSITION, sublines=st.just(()), quantity=QUANTITY, unit=maybe(TEXT), price=maybe(PRICE)
)
LINE = st.builds(Line, **POSITION, sublines=few(SUBLINE), quantity=QUANTITY, unit=TEXT, price=PRICE)
MEANS = st.builds(
    PaymentMeans,
    code=TEXT,
    text=maybe(TEXT),
    remittance=maybe(TEXT),
    account=maybe(st.builds(Account, id=maybe(TEXT), name=maybe(TEXT), bic=maybe(TEXT))),
    card=maybe(st.builds(Card, number=TEXT, network=maybe(TEXT), holder=maybe(TEXT))),
    mandate=maybe(st.builds(Mandate, reference=maybe(TEXT), debited=maybe(TEXT))),
)
ATTACHMENT = st.builds(
    Attachment,
    number=maybe(TEXT),
    description=maybe(TEXT),
    uri=maybe(TEXT),
    file_name=maybe(TEXT),
    mime=maybe(TEXT),
)
TOTALS: dict[str, Any] = {
    **dict.fromkeys(("lines", "without_vat", "with_vat", "due"), AMOUNT),
    **dict.fromkeys(("allowances", "charges", "prepaid", "rounding"), maybe(AMOUNT)),
    "vat": AMOUNT,
}
SUBTOTAL = st.builds(
    VatSubtotal,
    taxable=AMOUNT,
    amount=AMOUNT,
    tax=TAX,
    exemption_reason=maybe(TEXT),
    exemption_code=maybe(TEXT),
)
WORDS = (
    "order_number", "buyer_reference", "accounting_cost", "project", "contract", "sales_order",
    "receiving_advice", "despatch_advice", "tender", "payment_terms", "customization", "profile",
)  # fmt: skip
HEAD: dict[str, Any] = {
    "number": TEXT,
    "type_code": TEXT,
    "issued": DAY,
    "currency": st.sampled_from(["EUR", "GBP", "JPY", "KWD"]),
    "tax_point": maybe(DAY),
    "period": maybe(PERIOD),
    "notes": few(TEXT),
    "invoiced_object": maybe(IDENTIFIER),
    "attachments": few(ATTACHMENT),
    "preceding": few(st.builds(Reference, number=TEXT, issued=maybe(DAY))),
    "seller": PARTY,
    "buyer": PARTY,
    "payee": maybe(OTHER_PARTY),
    "tax_representative": maybe(OTHER_PARTY),
    "delivery": maybe(
        st.builds(
            Delivery,
            name=maybe(TEXT),
            delivered=maybe(DAY),
            location=maybe(IDENTIFIER),
            address=maybe(ADDRESS),
        )
    ),
    "adjustments": few(ADJUSTMENT),
    "breakdown": few(SUBTOTAL),
    "lines": st.lists(LINE, min_size=1, max_size=2).map(tuple),
    **dict.fromkeys(WORDS, maybe(TEXT)),
}
IN_ONE_CURRENCY: dict[str, Any] = {"totals": st.builds(Totals, **TOTALS), "tax_currency": st.none()}
IN_TWO: dict[str, Any] = {
    "totals": st.builds(Totals, **TOTALS, vat_in_tax_currency=AMOUNT),
    "tax_currency": st.just("CHF"),
}
INVOICE: dict[str, Any] = {
    "kind": st.just(Kind.INVOICE),
    "due": maybe(DAY),
    "payment_means": few(MEANS),
    "third_party_payments": few(
        st.builds(ThirdPartyPayment, amount=AMOUNT, type=maybe(TEXT), description=maybe(TEXT))
    ),
}
CREDIT_NOTE: dict[str, Any] = {
    "kind": st.just(Kind.CREDIT_NOTE),
    "due": maybe(DAY),
    "payment_means": st.lists(MEANS, min_size=1, max_size=2).map(tuple),
}
DOCUMENT = st.one_of(
    *(
        st.builds(Document, **HEAD, **kind, **money)
        for kind in (INVOICE, CREDIT_NOTE)
        for money in (IN_ONE_CURRENCY, IN_TWO)
    )
)
