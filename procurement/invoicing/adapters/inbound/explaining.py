"""The last match, line by line: what was compared, and what came of it."""

from collections import defaultdict
from decimal import Decimal

from procurement.invoicing.adapters.inbound.responses import LineMatchBody, MatchBody
from procurement.invoicing.adapters.inbound.saying import (
    digits,
    encode,
    exception_body,
    id_or_none,
    policy_in_force,
)
from procurement.invoicing.domain.invoice import Invoice
from procurement.invoicing.domain.matching import LineMatch
from procurement.kernel.errors import NotFound
from procurement.kernel.ids import id_text
from procurement.kernel.money import in_digits
from procurement.kernel.quantity import plain


class NotMatchedYet(NotFound):
    """The match of this invoice follows by itself: ask again shortly."""

    code = "not-matched-yet"

    def __init__(self) -> None:
        super().__init__("it was not matched yet, which follows by itself: ask again shortly")


def match_body(invoice: Invoice) -> bytes:
    """Raise NotMatchedYet before the first match."""
    match = invoice.match
    if match is None:
        raise NotMatchedYet
    numbers = defaultdict[str | None, list[int]](list)
    for exception in invoice.exceptions:
        numbers[exception.mismatch.line].append(exception.number)
    return encode(
        MatchBody(
            invoice_id=id_text("inv", invoice.id),
            status=invoice.state,
            version=invoice.version,
            result=match.result,
            order_id=id_or_none("po", invoice.order),
            order_number=invoice.order_number,
            order_status=match.order_status,
            corrects=id_or_none("inv", invoice.corrects),
            policy=policy_in_force(match.policy),
            lines=[_line(line, numbers.get(line.line, [])) for line in match.lines],
            exceptions=[exception_body(exception) for exception in invoice.exceptions],
        )
    )


def _line(line: LineMatch, exceptions: list[int]) -> LineMatchBody:
    return LineMatchBody(
        line=line.line,
        order_line=line.order_line,
        rung=line.rung,
        unit=line.unit,
        quantity=plain(line.quantity),
        ordered=_plain(line.ordered),
        accepted=_plain(line.accepted),
        billed_before=_plain(line.billed_before),
        price=digits(line.price),
        ordered_price=digits(line.ordered_price),
        net=in_digits(line.net),
        expected_net=digits(line.expected_net),
        explanation=line.explanation,
        exceptions=exceptions,
    )


def _plain(quantity: Decimal | None) -> str | None:
    """Sums have the decimals of whatever went into them: 40.000000."""
    return None if quantity is None else plain(quantity)
