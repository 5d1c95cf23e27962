"""Documents that break no rule, one for each VAT category. Tests change one thing at a time."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from procurement.invoicing.domain.amounts import computed
from procurement.invoicing.domain.document import (
    Account,
    Address,
    AllowanceCharge,
    Contact,
    Delivery,
    Document,
    Identifier,
    Item,
    Kind,
    Line,
    Party,
    PaymentMeans,
    Price,
    Reference,
    Tax,
    Totals,
    VatSubtotal,
)
from procurement.invoicing.domain.findings import findings

STANDARD = Tax(category="S", rate=Decimal(19))
NO_TOTALS = Totals(lines=Decimal(0), without_vat=Decimal(0), with_vat=Decimal(0), due=Decimal(0))
SELLER = Party(
    name="Papier & Feder GmbH",
    trading_name="Papier & Feder",
    vat_id="DE301234565",
    legal_id=Identifier(value="4000001000006", scheme="0088"),
    endpoint=Identifier(value="rechnung@papier-feder.example", scheme="EM"),
    address=Address(country="DE", lines=("Stiftgasse 1",), city="Beispielhausen", post_code="34567"),
    contact=Contact(name="Pia Papier", telephone="+49 1", email="pia@papier-feder.example"),
)
BUYER = Party(
    name="Beispiel Werke AG",
    legal_id=Identifier(value="HRB 815"),
    endpoint=Identifier(value="einkauf@beispiel-werke.example", scheme="EM"),
    address=Address(country="DE", city="Beispielhausen"),
)
EXEMPTION = {
    "E": "VATEX-EU-132",
    "AE": "VATEX-EU-AE",
    "K": "VATEX-EU-IC",
    "G": "VATEX-EU-G",
    "O": "VATEX-EU-O",
}


def d(number: str) -> Decimal:
    return Decimal(number)


def line(id: str = "1", quantity: str = "2", price: str = "50.00", **changes: Any) -> Line:  # noqa: A002
    """Its amount is quantity times price, unless said otherwise."""
    item = changes.pop("item", Item(name="Paper", tax=changes.pop("tax", STANDARD)))
    whole = Line(
        id=id,
        quantity=d(quantity),
        unit="C62",
        net=Decimal(0),
        item=item,
        price=Price(amount=d(price)),
    )
    whole = replace(whole, **changes)
    if "net" in changes:
        return whole
    alone = replace(_BARE, lines=(whole,))
    return replace(whole, net=computed(alone).line_nets[0])


def taxed(category: str, rate: str | None, id: str = "1", price: str = "50.00") -> Line:  # noqa: A002
    return line(id, price=price, tax=Tax(category=category, rate=None if rate is None else d(rate)))


def allowance(amount: str = "10.00", tax: Tax | None = STANDARD, **changes: Any) -> AllowanceCharge:
    return replace(AllowanceCharge(charge=False, amount=d(amount), tax=tax, reason="Discount"), **changes)


def charge(amount: str = "10.00", tax: Tax | None = STANDARD, **changes: Any) -> AllowanceCharge:
    return replace(AllowanceCharge(charge=True, amount=d(amount), tax=tax, reason="Freight"), **changes)


_BARE = Document(
    kind=Kind.INVOICE,
    type_code="380",
    number="R-2026-17",
    issued=date(2026, 11, 2),
    currency="EUR",
    seller=SELLER,
    buyer=BUYER,
    totals=NO_TOTALS,
    lines=(),
    due=date(2026, 12, 2),
    customization="urn:cen.eu:en16931:2017",
    payment_means=(PaymentMeans(code="58", account=Account(id="DE02120300000000202051")),),
    buyer_reference="04011000-12345-34",
)


def invoice(**changes: Any) -> Document:
    """With totals and VAT as they must be, unless they are given. Single totals come with `stating`."""
    lines = changes.pop("lines", (line(),))
    stating = changes.pop("stating", {})
    document = replace(_BARE, lines=lines, **changes)
    amounts = computed(document)
    if "breakdown" not in changes:
        document = replace(document, breakdown=tuple(_exempted(each) for each in amounts.breakdown))
    if "totals" not in changes:
        totals = amounts.totals
        there = {each.charge for each in document.adjustments}
        totals = replace(
            totals,
            allowances=totals.allowances if False in there else None,
            charges=totals.charges if True in there else None,
        )
        document = replace(document, totals=replace(totals, **stating))
    return document


def _exempted(subtotal: VatSubtotal) -> VatSubtotal:
    return replace(subtotal, exemption_code=EXEMPTION.get(subtotal.tax.category))


def credit_note(**changes: Any) -> Document:
    preceding = changes.pop("preceding", (Reference(number="R-2026-16", issued=date(2026, 10, 1)),))
    return invoice(kind=Kind.CREDIT_NOTE, type_code="381", preceding=preceding, **changes)


def of_category(category: str, **changes: Any) -> Document:
    """One line, one allowance and one charge of it."""
    rate = {"S": "19", "L": "7", "M": "4", "O": None}.get(category, "0")
    tax = Tax(category=category, rate=None if rate is None else d(rate))
    parties = PARTIES.get(category, {})
    whole = {
        "lines": (taxed(category, rate),),
        "adjustments": (allowance(tax=tax), charge("5.00", tax=tax)),
        **parties,
        **changes,
    }
    return invoice(**whole)


_BUYER_WITH_VAT_ID = replace(BUYER, vat_id="ATU12345675")
_NO_VAT_ID = replace(SELLER, vat_id=None)
_TO_AUSTRIA = Delivery(delivered=date(2026, 11, 1), address=Address(country="AT", city="Wien"))
_ITALIAN = Address(country="IT", city="Roma")
PARTIES: dict[str, dict[str, Any]] = {
    "AE": {"buyer": _BUYER_WITH_VAT_ID},
    "K": {"buyer": _BUYER_WITH_VAT_ID, "delivery": _TO_AUSTRIA},
    "O": {"seller": _NO_VAT_ID},
    "B": {
        "seller": replace(SELLER, vat_id="IT12345670017", address=_ITALIAN),
        "buyer": replace(BUYER, address=_ITALIAN),
    },
}


def rules_of(document: Document) -> set[str]:
    return {finding.rule for finding in findings(document)}


def with_line(document: Document | None = None, **changes: Any) -> Document:
    """The good one, with its line written otherwise; the totals stay."""
    whole = document or invoice()
    return replace(whole, lines=(replace(whole.lines[0], **changes), *whole.lines[1:]))


def with_item(document: Document | None = None, **changes: Any) -> Document:
    whole = document or invoice()
    return with_line(whole, item=replace(whole.lines[0].item, **changes))


def with_subtotal(document: Document | None = None, **changes: Any) -> Document:
    whole = document or invoice()
    return replace(whole, breakdown=(replace(whole.breakdown[0], **changes), *whole.breakdown[1:]))


def with_totals(document: Document | None = None, **changes: str | None) -> Document:
    whole = document or invoice()
    stated: dict[str, Any] = {name: None if text is None else d(text) for name, text in changes.items()}
    return replace(whole, totals=replace(whole.totals, **stated))


def of_party(role: str, **changes: Any) -> Document:
    whole = invoice()
    return replace(whole, **{role: replace(getattr(whole, role), **changes)})
