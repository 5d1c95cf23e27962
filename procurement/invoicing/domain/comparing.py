"""One invoice line against its order line: quality, unit, quantity, price. Every line counts for itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from procurement.invoicing.domain.evidence import Mismatch, Reason, Rung
from procurement.invoicing.domain.ordered import NONE, OrderedLine
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.invoicing.domain.said import Said
from procurement.invoicing.domain.standing import Standing
from procurement.kernel.money import PRICE_DECIMALS, in_digits, round_to_minor_unit
from procurement.kernel.quantity import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    order_number: str
    currency: str
    """Of the order."""
    priced: bool
    """Whether the document is in the same one; else no amount is compared."""
    policy: InvoicingPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An invoice line and the order line that was found for it, before the one is booked on the other."""

    said: Said
    rung: Rung
    standing: Standing
    terms: Terms

    @property
    def ordered(self) -> OrderedLine:
        return self.standing.line.ordered

    @property
    def bills(self) -> bool:
        """Or takes back."""
        return self.standing.bills(self.said.quantity)

    @property
    def comparable(self) -> bool:
        return self.said.line.unit == self.ordered.unit

    @property
    def price(self) -> Decimal:
        """Of one unit, by the stated amount."""
        return round(self.said.net / self.said.quantity, PRICE_DECIMALS)

    @property
    def ordered_price(self) -> Decimal:
        return round(self.ordered.price / self.ordered.base_quantity, PRICE_DECIMALS)

    @property
    def expected_net(self) -> Decimal | None:
        """What the order's price makes of the quantity, base quantity and all; rounded once."""
        if not (self.comparable and self.terms.priced):
            return None
        amount = self.ordered.price * self.said.quantity / self.ordered.base_quantity
        return round_to_minor_unit(amount, self.terms.currency)

    @property
    def limit(self) -> Decimal | None:
        """Up to where the order line may be billed, in the direction in which this line moves it."""
        return self.standing.now if self.bills else self.standing.floor

    @property
    def left_without_tolerance(self) -> Decimal:
        line, billed = self.standing.line, self.standing.billed
        if self.standing.negative:
            return max(billed - line.due, NONE)
        return max((line.accepted if self.terms.policy.three_way else line.due) - billed, NONE)

    def at_risk(self, quantity: Decimal) -> Decimal:
        """The part of the stated amount that so much of the quantity stands for."""
        if not self.terms.priced:
            return abs(self.said.net)
        share = self.said.net * quantity / self.said.quantity
        return abs(round_to_minor_unit(share, self.terms.currency))


def mismatches(pair: Pair) -> Iterator[Mismatch]:
    said, ordered = pair.said, pair.ordered
    if pair.bills and pair.standing.line.failed:
        yield Mismatch(
            reason=Reason.QUALITY,
            code="quality-failed",
            line=said.label,
            detail=f"goods of order line {ordered.number} failed their inspection; nobody decided on them",
            at_risk=abs(said.net),
        )
    if not pair.comparable:
        yield Mismatch(
            reason=Reason.QUANTITY,
            code="unit-differs",
            line=said.label,
            detail=f"invoiced in {said.line.unit}, order line {ordered.number} is in {ordered.unit}",
            at_risk=abs(said.net),
        )
        return
    yield from _too_much(pair) if pair.bills else _taken_back_too_much(pair)
    yield from _price(pair)


def _too_much(pair: Pair) -> Iterator[Mismatch]:
    said, quantity = pair.said, abs(pair.said.quantity)
    now, ever, _ = pair.standing.rooms
    if quantity <= now:
        return
    waits, left = quantity <= ever, pair.left_without_tolerance
    more = f"{plain(quantity - left)} {pair.ordered.unit} {'have yet to come' if waits else 'too much'}"
    yield Mismatch(
        reason=Reason.DELIVERY if waits else Reason.QUANTITY,
        code="not-received-yet" if waits else "quantity-too-high",
        line=said.label,
        detail=f"{quantities(pair)}: {more} (tolerance {pair.terms.policy.quantity})",
        stated=said.line.quantity,
        expected=left.copy_sign(said.line.quantity),
        at_risk=pair.at_risk(quantity - left),
    )


def _taken_back_too_much(pair: Pair) -> Iterator[Mismatch]:
    said, left, unit = pair.said, pair.standing.left_to_take_back, pair.ordered.unit
    over = abs(said.quantity) - left
    if over > 0:
        yield Mismatch(
            reason=Reason.QUANTITY,
            code="credited-too-much",
            line=said.label,
            detail=f"{plain(abs(said.quantity))} {unit} credited, {plain(left)} {unit} of order line"
            f" {pair.ordered.number} are invoiced and not credited yet: {plain(over)} {unit} too much",
            stated=said.line.quantity,
            expected=left.copy_sign(said.line.quantity),
            at_risk=pair.at_risk(over),
        )


def _price(pair: Pair) -> Iterator[Mismatch]:
    """Only to our disadvantage: charged too much, or given back too little."""
    said, expected, tolerance = pair.said, pair.expected_net, pair.terms.policy.price
    if expected is None or said.net - expected <= tolerance.of(abs(expected)):
        return
    over, takes_back = said.net - expected, said.quantity < 0
    how = "credited less than" if takes_back else "charged more than"
    yield Mismatch(
        reason=Reason.PRICE,
        code="credited-too-little" if takes_back else "price-too-high",
        line=said.label,
        detail=f"{in_digits(over)} {how} ordered: {prices(pair)} (tolerance {tolerance})",
        stated=said.line.net,
        expected=said.as_stated(expected),
        at_risk=over,
    )


def quantities(pair: Pair) -> str:
    line, unit = pair.standing.line, pair.said.line.unit
    what = f"{plain(abs(pair.said.quantity))} {unit} {'invoiced' if pair.bills else 'credited'}"
    released = f" less {plain(line.released)} given up" if line.released else ""
    ordered = f"{plain(line.ordered.quantity)} {line.ordered.unit} ordered{released}"
    return (
        f"{what} of order line {line.ordered.number}: {ordered}, {plain(line.accepted)} accepted,"
        f" {plain(pair.standing.billed)} billed before"
    )


def prices(pair: Pair) -> str:
    """What one unit costs by the stated amount, by the order and by the stated price."""
    said, currency = pair.said, pair.terms.currency
    if not pair.terms.priced:
        return "no price compared: another currency"
    if not pair.comparable:
        return "no price compared: another unit"
    as_ordered = said.net == pair.expected_net
    stated = round(said.stated_price, PRICE_DECIMALS)
    how = " as ordered" if as_ordered else f" instead of {plain(pair.ordered_price)} {currency}"
    but = "" if stated == pair.ordered_price else f", the price is stated as {plain(stated)} {currency}"
    return f"{in_digits(said.line.net)} {currency}, {plain(pair.price)} {currency} each{how}{but}"
