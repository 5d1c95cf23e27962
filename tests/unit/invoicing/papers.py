"""Documents and orders to match, one knob at a time. Figures are written as people write them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from procurement.invoicing.domain.document import (
    Document,
    Identifier,
    Item,
    Kind,
    Line,
    Party,
    Price,
    Reference,
    Tax,
    Totals,
)
from procurement.invoicing.domain.findings import Finding
from procurement.invoicing.domain.matching import Match, match
from procurement.invoicing.domain.ordered import BillableLine, BillableOrder, Corrected, OrderedLine
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.kernel.ids import InvoiceId, OrderId, SupplierId
from procurement.kernel.tolerance import Tolerance

INVOICE = InvoiceId(UUID("01920000-0000-7000-8000-0000000000a1"))
ORDER = OrderId(UUID("01920000-0000-7000-8000-000000000002"))
SUPPLIER = SupplierId(UUID("01920000-0000-7000-8000-000000000001"))
NOBODY = Party(name="Somebody")


def tolerating(
    price: str = "0",
    quantity: str = "0",
    *,
    price_cap: str | None = None,
    quantity_cap: str | None = None,
    three_way: bool = True,
) -> InvoicingPolicy:
    return InvoicingPolicy(
        version=1,
        price=Tolerance(Decimal(price), None if price_cap is None else Decimal(price_cap)),
        quantity=Tolerance(Decimal(quantity), None if quantity_cap is None else Decimal(quantity_cap)),
        three_way=three_way,
        days_to_match=30,
    )


EXACT = tolerating()
TWO_WAY = tolerating(three_way=False)


def ordered(
    number: int = 1,
    quantity: str = "10",
    price: str = "41.00",
    *,
    accepted: str = "0",
    billed: str = "0",
    released: str = "0",
    failed: bool = False,
    **more: Any,
) -> BillableLine:
    told = {"name": f"Item {number}", "sku": None, "supplier_item_id": None, "gtin": None, "unit": "C62"}
    return BillableLine(
        ordered=OrderedLine(
            **{"base_quantity": Decimal(1), **told, **more},
            number=number,
            quantity=Decimal(quantity),
            price=Decimal(price),
        ),
        accepted=Decimal(accepted),
        billed=Decimal(billed),
        released=Decimal(released),
        failed=failed,
    )


def order(*lines: BillableLine, status: str = "Acknowledged", currency: str = "EUR") -> BillableOrder:
    return BillableOrder(
        order=ORDER,
        number="PO-2026-000001",
        supplier=SUPPLIER,
        status=status,
        currency=currency,
        requesters=frozenset(),
        receivers=frozenset(),
        lines={line.ordered.number: line for line in lines},
    )


def invoiced(
    quantity: str = "10",
    net: str | None = None,
    *,
    id: str = "1",  # noqa: A002 - the field's name
    price: str = "41.00",
    base: str | None = None,
    unit: str = "C62",
    order_line: str | None = None,
    name: str = "Item 1",
    gtin: str | None = None,
    **item: Any,
) -> Line:
    amount = Decimal(price) * Decimal(quantity) / Decimal(base or 1) if net is None else Decimal(net)
    standard = Identifier(value=gtin, scheme="0160") if gtin else None
    return Line(
        id=id,
        quantity=Decimal(quantity),
        unit=unit,
        net=amount,
        item=Item(**{"standard_id": standard, **item}, name=name),
        price=Price(amount=Decimal(price), base_quantity=Decimal(base) if base else None),
        order_line=order_line,
    )


def document(*lines: Line, charges: str = "0", vat: str = "0", **more: Any) -> Document:
    """`charges`: less allowances, of the whole document. `vat`: of all lines at one rate."""
    net = sum((line.net for line in lines), Decimal(0))
    if Decimal(vat):
        tax = Tax(category="S", rate=100 * Decimal(vat) / net)
        lines = tuple(replace(line, item=replace(line.item, tax=tax)) for line in lines)
    without_vat = net + Decimal(charges)
    with_vat = without_vat + Decimal(vat)
    told = {"kind": Kind.INVOICE, "type_code": "380", "number": "RE-1", "issued": date(2026, 3, 2)}
    return Document(
        **{"currency": "EUR", "order_number": "PO-2026-000001", **told, **more},
        seller=NOBODY,
        buyer=NOBODY,
        totals=Totals(lines=net, without_vat=without_vat, with_vat=with_vat, due=with_vat),
        lines=lines,
    )


def credit_note(*lines: Line, **more: Any) -> Document:
    return document(
        *lines,
        **{
            "kind": Kind.CREDIT_NOTE,
            "type_code": "381",
            "number": "GS-1",
            "preceding": (Reference(number="RE-1"),),
            **more,
        },
    )


def corrected(quantities: Mapping[int, str], total: str = "100000", credited: str = "0") -> Corrected:
    return Corrected(
        invoice=INVOICE,
        total=Decimal(total),
        credited=Decimal(credited),
        quantities={number: Decimal(quantity) for number, quantity in quantities.items()},
    )


def matched(
    said: Document,
    against: BillableOrder | None,
    policy: InvoicingPolicy = EXACT,
    *,
    assigned: Mapping[str, int] | None = None,
    findings: Sequence[Finding] = (),
    corrects: Corrected | None = None,
) -> Match:
    return match(said, against, policy, assigned=assigned or {}, findings=findings, corrected=corrects)


def codes(found: Match) -> list[tuple[str | None, str, str]]:
    """Line, reason and code of every difference."""
    return [(mismatch.line, mismatch.reason.value, mismatch.code) for mismatch in found.mismatches]


def figures(*values: object) -> tuple[object, ...]:
    """To compare them with plain numbers."""
    return values
