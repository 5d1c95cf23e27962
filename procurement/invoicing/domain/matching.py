"""The match: does the invoice agree with what was ordered and what came? Same inputs, same result."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Context, localcontext

from procurement.invoicing.domain.comparing import Pair, Terms, mismatches, prices, quantities
from procurement.invoicing.domain.document import Document, Kind
from procurement.invoicing.domain.evidence import (
    LineMatch,
    Match,
    Mismatch,
    Reason,
    Result,
    Rung,
    ceilings,
)
from procurement.invoicing.domain.findings import Finding
from procurement.invoicing.domain.ladder import Ladder
from procurement.invoicing.domain.ordered import NONE, BillableOrder, Corrected
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.invoicing.domain.said import Said, lines_of
from procurement.invoicing.domain.standing import standings
from procurement.invoicing.domain.totals import beyond_the_lines, of_document
from procurement.kernel.money import in_digits
from procurement.kernel.quantity import plain

__all__ = [
    "LineMatch",
    "Match",
    "Mismatch",
    "Reason",
    "Result",
    "Rung",
    "ceilings",
    "match",
]

_EXACT = Context(prec=60)
"""The largest amounts times the largest quantities, without a digit lost, whatever the caller's context."""


def match(  # noqa: PLR0913 - what a decision rests on
    document: Document,
    order: BillableOrder | None,
    policy: InvoicingPolicy,
    *,
    assigned: Mapping[str, int],
    findings: Sequence[Finding],
    corrected: Corrected | None = None,
) -> Match:
    """`order`: None while it is unknown; that it is this supplier's was asked before. `assigned`: order line
    by invoice line, where a clerk said so. `corrected`: for a credit note."""
    with localcontext(_EXACT):
        general = list(of_document(document, order, findings, corrected))
        if order is None or not order.lines:
            lines = [_alone(said, "no order to compare it with") for said in lines_of(document)]
            found: list[Mismatch] = []
        else:
            lines, found = _compared(document, order, policy, assigned, corrected)
            if order.currency == document.currency:
                general.extend(beyond_the_lines(document, lines, policy))
    every = (*general, *found)
    return Match(
        result=_result(every),
        lines=tuple(lines),
        mismatches=every,
        policy=policy,
        order_status=order.status if order else None,
    )


def _result(found: Sequence[Mismatch]) -> Result:
    if not found:
        return Result.MATCHED
    return Result.WAITING if all(mismatch.waits for mismatch in found) else Result.DISPUTED


def _compared(
    document: Document,
    order: BillableOrder,
    policy: InvoicingPolicy,
    assigned: Mapping[str, int],
    corrected: Corrected | None,
) -> tuple[list[LineMatch], list[Mismatch]]:
    credit = document.kind is Kind.CREDIT_NOTE
    standing = standings(order, policy, corrected.quantities if credit and corrected else None)
    ladder = Ladder(standing, assigned)
    terms = Terms(
        order_number=order.number,
        currency=order.currency,
        priced=order.currency == document.currency,
        policy=policy,
    )
    lines, found = list[LineMatch](), list[Mismatch]()
    for said in lines_of(document):
        way = ladder.find(said) if said.quantity else None
        if way is None:
            found.extend(_without_pair(said, terms))
            lines.append(_alone(said, _why_alone(said, terms)))
            continue
        pair = Pair(said=said, rung=way[0], standing=standing[way[1]], terms=terms)
        found.extend(mismatches(pair))
        lines.append(_line_match(pair))
        pair.standing.book(said.quantity)
        ladder.booked(way[1])
    return lines, found


def _without_pair(said: Said, terms: Terms) -> Iterator[Mismatch]:
    """A line without quantity and amount only says something."""
    if said.quantity:
        yield Mismatch(
            reason=Reason.ITEM,
            code="item-not-ordered",
            line=said.label,
            detail=f"{said.line.item.name!r} is not on order {terms.order_number}",
            stated=said.line.quantity,
            expected=NONE,
            at_risk=abs(said.net),
        )
    elif said.net:
        yield Mismatch(
            reason=Reason.QUANTITY,
            code="amount-without-quantity",
            line=said.label,
            detail=f"an amount of {in_digits(said.line.net)} for a quantity of zero",
            stated=said.line.net,
            expected=NONE,
            at_risk=abs(said.net),
        )


def _why_alone(said: Said, terms: Terms) -> str:
    if not said.quantity:
        return "without a quantity nothing of the order is taken up"
    return f"on order {terms.order_number} nothing goes by its line reference, item ids or name"


def _alone(said: Said, why: str) -> LineMatch:
    return LineMatch(
        line=said.label,
        order_line=None,
        rung=None,
        quantity=said.quantity,
        unit=said.line.unit,
        net=said.net,
        explanation=f"{plain(abs(said.quantity))} {said.line.unit} of {said.line.item.name!r}: {why}",
    )


def _line_match(pair: Pair) -> LineMatch:
    said, line = pair.said, pair.standing.line
    return LineMatch(
        line=said.label,
        order_line=pair.ordered.number,
        rung=pair.rung,
        quantity=said.quantity,
        unit=said.line.unit,
        ordered=line.due,
        accepted=line.accepted,
        billed_before=pair.standing.billed,
        price=pair.price,
        ordered_price=pair.ordered_price,
        net=said.net,
        expected_net=pair.expected_net,
        limit=pair.limit,
        explanation=f"{quantities(pair)}; found by {_FOUND_BY[pair.rung]}; {prices(pair)}",
    )


_FOUND_BY = {
    Rung.ASSIGNED: "what a clerk said",
    Rung.LINE_REFERENCE: "the order line's number",
    Rung.BUYER_ITEM: "our item id",
    Rung.SELLER_ITEM: "the seller's item id",
    Rung.GTIN: "the GTIN",
    Rung.DESCRIPTION: "the item's name",
}
