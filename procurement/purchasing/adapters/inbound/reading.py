"""How the bodies of purchasing's API become the trade's values."""

from decimal import Decimal
from uuid import UUID

from procurement.kernel.actor import Role
from procurement.kernel.ids import SupplierId
from procurement.kernel.money import UnitPrice, minor_units
from procurement.kernel.quantity import Quantity
from procurement.kernel.tolerance import Tolerance
from procurement.platform.http.fields import Fields, each_line_once
from procurement.purchasing.adapters.inbound.requests import (
    AcknowledgeBody,
    CloseShortBody,
    ContentBody,
    DraftBody,
    LineBody,
    PolicyBody,
    PriceBody,
    ToleranceBody,
)
from procurement.purchasing.domain.content import Content
from procurement.purchasing.domain.line import Commodity, CounterProposal, Item, Line
from procurement.purchasing.domain.policy import PurchasingPolicy, Tier


def supplier_of(body: DraftBody) -> SupplierId:
    return SupplierId(UUID(body.supplier_id.removeprefix("sup_")))


def content_of(body: ContentBody) -> Content:
    """Every field that cannot be is told at once."""
    with Fields() as found:
        found.take("/currency", lambda: minor_units(body.currency))
        lines = [_line(found, number, line) for number, line in enumerate(body.lines, start=1)]
    return Content(
        currency=body.currency,
        lines=tuple(line for line in lines if line is not None),
        note=body.note,
        buyer_reference=body.buyer_reference,
    )


def _line(found: Fields, number: int, body: LineBody) -> Line | None:
    """At once; where something is wrong with it once more, part by part, to tell all faults."""
    try:
        quantity = Quantity(Decimal(body.quantity.value), body.quantity.unit)
        return Line(
            number=number,
            item=_item(body),
            quantity=quantity,
            price=_price(body.price),
            need_by=body.need_by,
            over_receipt=_tolerance(body.over_receipt) if body.over_receipt else None,
        )
    except (ValueError, ArithmeticError):
        return _line_with_faults(found, number, body)


def _line_with_faults(found: Fields, number: int, body: LineBody) -> Line | None:
    at = f"/lines/{number - 1}"
    quantity = found.take(
        f"{at}/quantity", lambda: Quantity(Decimal(body.quantity.value), body.quantity.unit)
    )
    price = found.take(f"{at}/price", lambda: _price(body.price))
    item = found.take(at, lambda: _item(body))
    if body.over_receipt is not None:
        agreed = body.over_receipt
        found.take(f"{at}/over_receipt", lambda: _tolerance(agreed))
    if quantity is None or price is None or item is None:
        return None
    return found.take(
        at, lambda: Line(number=number, item=item, quantity=quantity, price=price, need_by=body.need_by)
    )


def _tolerance(body: ToleranceBody) -> Tolerance:
    return Tolerance(Decimal(body.percentage), None if body.cap is None else Decimal(body.cap))


def _price(body: PriceBody) -> UnitPrice:
    return UnitPrice(Decimal(body.amount), body.currency, Decimal(body.base_quantity))


def _item(body: LineBody) -> Item:
    commodity = body.commodity
    return Item(
        name=body.name,
        sku=body.sku,
        supplier_item_id=body.supplier_item_id,
        gtin=body.gtin,
        commodity=Commodity(commodity.scheme, commodity.version, commodity.code) if commodity else None,
    )


def proposals_of(body: AcknowledgeBody) -> list[CounterProposal]:
    each_line_once("proposals", (proposal.line for proposal in body.proposals))
    return [
        CounterProposal(
            line=proposal.line,
            quantity=None if proposal.quantity is None else Decimal(proposal.quantity),
            price=None if proposal.price is None else Decimal(proposal.price),
            deliver_by=proposal.deliver_by,
            note=proposal.note,
        )
        for proposal in body.proposals
    ]


def release_of(body: CloseShortBody) -> dict[int, Decimal] | None:
    if body.lines is None:
        return None
    each_line_once("lines", (line.line for line in body.lines))
    return {line.line: Decimal(line.quantity) for line in body.lines}


def policy_of(body: PolicyBody) -> PurchasingPolicy:
    with Fields() as found:
        policy = found.take("", lambda: _policy(body))
    assert policy is not None  # noqa: S101 - or a field was at fault
    return policy


def _policy(body: PolicyBody) -> PurchasingPolicy:
    return PurchasingPolicy(
        version=0,
        base_currency=body.base_currency,
        tiers=tuple(
            Tier(
                None if tier.up_to is None else Decimal(tier.up_to),
                tuple(int(level[1]) for level in tier.levels),
            )
            for tier in body.tiers
        ),
        rates={currency: Decimal(rate) for currency, rate in body.rates.items()},
        issuers=frozenset(Role(role) for role in body.issuers),
        approver_may_issue=body.approver_may_issue,
        days_to_approve=body.days_to_approve,
    )
