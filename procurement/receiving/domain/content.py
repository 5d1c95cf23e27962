"""What may be said about a delivery: its lines exist, its quantities can be, and there is room for them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from procurement.kernel.errors import Blocker, Concern
from procurement.kernel.quantity import BadQuantity, Quantity, plain
from procurement.receiving.domain.expectation import ExpectedLine
from procurement.receiving.domain.guards import Facts
from procurement.receiving.domain.line import Delivered, Discrepancy, Inspected, ReceiptLine
from procurement.receiving.domain.policy import ReceivingPolicy

MAX_LINES = 1000


def of_delivery(delivered: Sequence[Delivered], facts: Facts) -> Iterator[Blocker]:
    if not 1 <= len(delivered) <= MAX_LINES:
        yield _content("line-count", f"a receipt has 1 to {MAX_LINES} lines", "/lines")
    yield from _repeated([item.line for item in delivered])
    if not (facts.expected.is_open or facts.expected.lines):
        return  # not issued as far as we know: its lines were never told
    for place, item in enumerate(delivered):
        expected = facts.expected.lines.get(item.line)
        at = f"/lines/{place}"
        if expected is None:
            yield _content(
                "line-unknown", f"order {facts.expected.number} has no line {item.line}", f"{at}/line"
            )
        else:
            yield from _fitting(item, expected, facts.policy, at)


def _fitting(item: Delivered, expected: ExpectedLine, policy: ReceivingPolicy, at: str) -> Iterator[Blocker]:
    if expected.ordered.quantity < 0:
        detail = f"line {item.line} is ordered below zero: its goods go back, nothing of it is received"
        yield _content("line-goes-back", detail, f"{at}/line")
        return
    yield from countable(item.received, expected.ordered.unit, f"{at}/received")
    if item.advised:
        yield from countable(item.advised, expected.ordered.unit, f"{at}/advised")
    if item.received > expected.room(policy):
        yield over_receipt(item.line, item.received, expected, policy, f"{at}/received")


def no_room(lines: Sequence[ReceiptLine], facts: Facts) -> Iterator[Blocker]:
    """What a receipt about to be opened takes beyond what is left."""
    for place, line in enumerate(lines):
        expected = facts.expected.lines[line.line]
        if line.received > expected.room(facts.policy):
            yield over_receipt(line.line, line.received, expected, facts.policy, f"/lines/{place}/received")


def over_receipt(
    line: int, received: Decimal, expected: ExpectedLine, policy: ReceivingPolicy, pointer: str
) -> Blocker:
    """With the figures, so that nobody has to guess which limit was crossed by how much."""
    unit, room = expected.ordered.unit, expected.room(policy)
    detail = (
        f"line {line}: at most {plain(expected.most(policy))} {unit} ({plain(expected.due)} due, over-receipt"
        f" tolerance {expected.over(policy)}), {plain(expected.accepted)} accepted and"
        f" {plain(expected.pending)} awaiting verification leave room for {plain(room)};"
        f" {plain(received)} is {plain(received - room)} too much"
    )
    return _content("over-receipt", detail, pointer)


def received(item: Delivered, expected: ExpectedLine, policy: ReceivingPolicy) -> ReceiptLine:
    ordered = expected.ordered
    return ReceiptLine(
        line=item.line,
        name=ordered.name,
        sku=ordered.sku,
        unit=ordered.unit,
        received=item.received,
        enough=expected.enough(policy),
        advised=item.advised,
    )


def of_inspection(found: Sequence[Inspected], lines: Sequence[ReceiptLine]) -> Iterator[Blocker]:
    known = {line.line: line for line in lines}
    yield from _repeated([item.line for item in found])
    for place, item in enumerate(found):
        at = f"/lines/{place}"
        if item.line not in known:
            yield _unknown(item.line, f"{at}/line")
            continue
        line = known[item.line]
        if item.rejected:
            yield from countable(item.rejected, line.unit, f"{at}/rejected")
        if item.rejected > line.received:
            detail = f"{plain(item.rejected)} rejected, but only {plain(line.received)} {line.unit} came"
            yield _content("rejected-too-much", detail, f"{at}/rejected")
        if item.rejected and not item.reason:
            yield _content("reason-missing", "say why it was rejected", f"{at}/reason")


def inspected(line: ReceiptLine, found: Inspected | None) -> ReceiptLine:
    found = found or Inspected(line=line.line)
    return replace(line, rejected=found.rejected, reason=found.reason, quality=found.quality)


def of_assignment(number: int, known: Iterable[Discrepancy]) -> Iterator[Blocker]:
    if number not in {discrepancy.number for discrepancy in known}:
        yield _content("discrepancy-unknown", f"the receipt has no discrepancy {number}", "/discrepancy")


def of_return(quantities: Mapping[int, Decimal], lines: Sequence[ReceiptLine]) -> Iterator[Blocker]:
    known = {line.line: line for line in lines}
    for place, (number, quantity) in enumerate(quantities.items()):
        at = f"/lines/{place}"
        if number not in known:
            yield _unknown(number, f"{at}/line")
            continue
        line = known[number]
        yield from countable(quantity, line.unit, f"{at}/quantity")
        if quantity > line.kept:
            detail = (
                f"line {number}: {plain(line.kept)} {line.unit} of this receipt are here;"
                f" {plain(quantity)} cannot go back"
            )
            yield _content("returned-too-much", detail, f"{at}/quantity")


def received_before(delivery_note: str | None, order_number: str) -> Blocker:
    return Blocker(
        "delivery-note-received",
        Concern.STATE,
        f"delivery note {delivery_note} of order {order_number} was received before; reverse that receipt"
        " if it was a mistake",
        "/delivery_note",
    )


def countable(value: Decimal, unit: str, pointer: str) -> Iterator[Blocker]:
    try:
        Quantity(value, unit)
    except BadQuantity as error:
        yield _content("bad-quantity", str(error), pointer)
    else:
        if value < 0:
            yield _content("bad-quantity", f"{value} {unit} cannot come or go", pointer)


def _repeated(numbers: Sequence[int]) -> Iterator[Blocker]:
    for number, times in Counter(numbers).items():
        if times > 1:
            yield _content("line-repeated", f"line {number} is named {times} times", "/lines")


def _unknown(number: int, pointer: str) -> Blocker:
    return _content("line-unknown", f"the receipt has no line {number} of the order", pointer)


def _content(code: str, detail: str, pointer: str) -> Blocker:
    return Blocker(code, Concern.CONTENT, detail, pointer)
