"""Whatever comes in whatever order: on no order line more is billed than came, tolerance included.

The model does what the use cases will do: a document counts while it is matched; whenever goods come or go
back, an invoice comes or is cancelled, the matched ones are matched again, newest first, while somewhere too
much is billed, and then those that wait or are disputed, oldest first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from procurement.invoicing.domain.document import Document
from procurement.invoicing.domain.matching import Match, Result, ceilings
from procurement.invoicing.domain.ordered import BillableOrder, Corrected
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.kernel.ids import InvoiceId
from tests.unit.invoicing.papers import (
    INVOICE,
    credit_note,
    document,
    invoiced,
    matched,
    order,
    ordered,
    tolerating,
)

LINES = (1, 2, 3)
pieces = st.integers(1, 12)
some_lines = st.lists(st.tuples(st.sampled_from(LINES), st.integers(-4, 12)), min_size=1, max_size=3)


@dataclass(slots=True)
class Paper:
    """A document, and what of it counts."""

    said: Document
    corrects: "Paper | None" = None
    match: Match | None = None
    cancelled: bool = False
    counted: dict[int, Decimal] = field(default_factory=dict)

    @property
    def is_matched(self) -> bool:
        return self.match is not None and self.match.result is Result.MATCHED and not self.cancelled


def summed(match: Match | None) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for line in match.lines if match else ():
        if line.order_line is not None:
            sums[line.order_line] = sums.get(line.order_line, Decimal(0)) + line.quantity
    return sums


class Office:
    """An order and everything that was said and done about it."""

    def __init__(self, quantities: Iterable[int], policy: InvoicingPolicy) -> None:
        self.policy, self.papers = policy, list[Paper]()
        self.lines = {n: ordered(n, str(quantity), "41.00") for n, quantity in enumerate(quantities, start=1)}

    def billed(self, number: int, without: Paper | None = None) -> Decimal:
        papers = (paper for paper in self.papers if paper is not without)
        return sum((paper.counted.get(number, Decimal(0)) for paper in papers), Decimal(0))

    def as_of_now(self, without: Paper) -> BillableOrder:
        lines = (replace(line, billed=self.billed(n, without)) for n, line in self.lines.items())
        return order(*lines)

    def corrected(self, note: Paper) -> Corrected | None:
        if note.corrects is None:
            return None
        left = summed(note.corrects.match)
        others = [p for p in self.papers if p.corrects is note.corrects and p is not note and p.is_matched]
        for number in left:
            left[number] += sum((p.counted.get(number, Decimal(0)) for p in others), Decimal(0))
        credited = sum((max(p.said.totals.with_vat, Decimal(0)) for p in others), Decimal(0))
        total = note.corrects.said.totals.with_vat
        return Corrected(invoice=InvoiceId(INVOICE), total=total, credited=credited, quantities=left)

    def look_at(self, paper: Paper) -> None:
        corrects = self.corrected(paper)
        paper.match = matched(paper.said, self.as_of_now(paper), self.policy, corrects=corrects)
        paper.counted = summed(paper.match) if paper.is_matched else {}
        for number, ceiling in ceilings(paper.match).items() if paper.is_matched else ():
            fits = self.billed(number) <= ceiling
            assert fits if paper.counted[number] > 0 else self.billed(number) >= ceiling

    def limit(self, number: int) -> Decimal:
        line = self.lines[number]
        return line.accepted + self.policy.quantity.of(max(line.accepted, Decimal(0)))

    def overdrawn(self) -> bool:
        return any(self.billed(number) > max(self.limit(number), Decimal(0)) for number in self.lines)

    def settle(self) -> None:
        """One that falls may have given room to others, and then those fall, too: each tells it as an event,
        after which all are looked at again."""
        for paper in self.papers[::-1] * len(self.papers):
            if self.overdrawn() and paper.is_matched:
                self.look_at(paper)
        for paper in self.papers:
            if not (paper.is_matched or paper.cancelled):
                self.look_at(paper)

    def receive(self, number: int, quantity: int) -> None:
        line = self.lines[number]
        self.lines[number] = replace(line, accepted=max(line.accepted + quantity, Decimal(0)))
        self.settle()

    def take_in(self, said: list[tuple[int, int]], corrects: Paper | None = None) -> None:
        lines = [
            invoiced(str(quantity), id=str(n), order_line=str(number), name="?")
            for n, (number, quantity) in enumerate(said)
        ]
        paper = Paper((credit_note if corrects else document)(*lines), corrects)
        self.papers.append(paper)
        self.look_at(paper)
        self.settle()

    def cancel(self, paper: Paper) -> None:
        paper.cancelled, paper.counted = True, {}
        self.settle()


class Billing(RuleBasedStateMachine):
    @initialize(
        quantities=st.lists(pieces, min_size=3, max_size=3),
        tolerance=st.sampled_from([("0", None), ("10", None), ("10", "1")]),
    )
    def begin(self, quantities: list[int], tolerance: tuple[str, str | None]) -> None:
        percentage, cap = tolerance
        self.office = Office(quantities, tolerating(quantity=percentage, quantity_cap=cap))

    @rule(number=st.sampled_from(LINES), quantity=pieces)
    def goods_come(self, number: int, quantity: int) -> None:
        self.office.receive(number, quantity)

    @rule(number=st.sampled_from(LINES), quantity=pieces)
    def goods_go_back(self, number: int, quantity: int) -> None:
        self.office.receive(number, -quantity)

    @rule(said=some_lines)
    def an_invoice_comes(self, said: list[tuple[int, int]]) -> None:
        self.office.take_in(said)

    @precondition(lambda self: self.office.papers)
    @rule(said=some_lines, which=st.randoms(use_true_random=False))
    def a_credit_note_comes(self, said: list[tuple[int, int]], which: st.DataObject) -> None:
        papers = [paper for paper in self.office.papers if paper.corrects is None]
        self.office.take_in(said, which.choice(papers))  # type: ignore[attr-defined]

    @precondition(lambda self: self.office.papers)
    @rule(which=st.randoms(use_true_random=False))
    def a_document_is_cancelled(self, which: st.DataObject) -> None:
        self.office.cancel(which.choice(self.office.papers))  # type: ignore[attr-defined]

    @invariant()
    def no_more_is_billed_than_came(self) -> None:
        for number in self.office.lines if hasattr(self, "office") else ():
            assert self.office.billed(number) <= max(self.office.limit(number), Decimal(0))

    @invariant()
    def nobody_credits_more_than_was_invoiced(self) -> None:
        for paper in self.office.papers if hasattr(self, "office") else ():
            notes = [p for p in self.office.papers if p.corrects is paper and p.is_matched]
            credited = sum((note.said.totals.with_vat for note in notes), Decimal(0))
            assert not notes or credited <= paper.said.totals.with_vat


Billing.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_any_interleaving = Billing.TestCase


@given(st.permutations([("in", 6), ("in", 4), ("bill", 6), ("bill", 4), ("back", 2), ("in", 2)]))
def test_what_came_and_was_invoiced_alike_is_matched_in_the_end(steps: list[tuple[str, int]]) -> None:
    """10 ordered, 12 come, 2 go back, 6 and 4 are billed. What goes back before it came is not believed."""
    office, here = Office([10], tolerating()), 0
    for what, quantity in steps:
        if what == "bill":
            office.take_in([(1, quantity)])
        else:
            here += quantity if what == "in" else -quantity
            office.lines[1] = replace(office.lines[1], accepted=Decimal(max(here, 0)))
            office.settle()
    assert [paper.is_matched for paper in office.papers] == [True, True]
    assert office.billed(1) == 10
