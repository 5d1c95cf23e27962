"""What an invoice decides: who may, what counts, which exceptions stay."""

from datetime import timedelta
from decimal import Decimal

import pytest

from procurement.invoicing.domain.billing import NOTHING, Billed
from procurement.invoicing.domain.duplicates import Possible
from procurement.invoicing.domain.events import InvoiceDisputed, InvoiceMatched
from procurement.invoicing.domain.invoice import SYSTEM, Invoice
from procurement.invoicing.domain.lifecycle import State
from procurement.kernel.actor import Actor
from procurement.kernel.errors import RuleBroken
from tests.unit.invoicing.builders import (
    BEA,
    CARL,
    CLARA,
    CREDIT,
    FINN,
    LATER,
    NOW,
    OVERCHARGED,
    RISK,
    UNKNOWN,
    WILL,
    an_invoice,
    an_order,
    facts,
    rematched,
    stored,
)
from tests.unit.invoicing.papers import corrected, credit_note, document, invoiced, ordered

TEN = {1: Billed(quantity=Decimal(10), net=Decimal(410))}


def disputed() -> Invoice:
    return rematched(stored(an_invoice(document=OVERCHARGED)))


def test_a_matched_invoice_counts_and_a_cancelled_one_no_longer_does() -> None:
    invoice = stored(an_invoice())
    assert invoice.counted == {}
    rematched(invoice)
    assert (invoice.state, invoice.counted, invoice.limits) == (State.MATCHED, TEN, {1: Decimal(10)})
    invoice.cancel("scanned twice", by=CLARA, order=None)
    assert (invoice.counted, invoice.limits) == ({1: NOTHING}, {})


def test_what_is_matched_stays_matched_while_it_agrees_and_falls_when_goods_go_back() -> None:
    invoice = rematched(stored(an_invoice()))
    assert not invoice.rematch(by=SYSTEM, facts=facts())
    assert invoice.rematch(by=SYSTEM, facts=facts(an_order(accepted="7")))
    assert (invoice.state, invoice.counted) == (State.MATCHING, {1: NOTHING})
    rematched(stored(invoice))
    assert (invoice.state, invoice.counted) == (State.MATCHED, TEN)


def test_an_invoice_that_only_waits_for_goods_is_not_disputed() -> None:
    invoice = rematched(stored(an_invoice()), facts(an_order(accepted="4")))
    assert invoice.state is State.MATCHING
    assert [(e.number, e.mismatch.reason, e.waits) for e in invoice.exceptions] == [(1, "DEL", True)]
    assert not invoice.rematch(by=SYSTEM, facts=facts(an_order(accepted="4")))
    assert rematched(invoice).state is State.MATCHED


def test_an_exception_keeps_its_number_and_owner_and_its_release_only_for_the_same_figures() -> None:
    invoice = disputed()
    assert [(e.number, e.mismatch.code, e.mismatch.at_risk) for e in invoice.exceptions] == [
        (1, "price-too-high", RISK)
    ]
    invoice.assign(1, "carl.clerk", by=FINN, order=an_order())
    stored(invoice)
    invoice.release(1, "agreed by phone", by=FINN, facts=facts())
    event = invoice.take_event()
    assert isinstance(event, InvoiceMatched)
    assert (invoice.state, event.reason, event.action) == (State.MATCHED, "agreed by phone", "release")
    invoice.version += 1
    assert not invoice.rematch(by=SYSTEM, facts=facts())
    rematched(invoice, facts(an_order(ordered(price="30.00", accepted="10"))))
    (exception,) = invoice.exceptions
    assert (exception.number, exception.owner, exception.is_open) == (1, "carl.clerk", True)
    assert (invoice.state, invoice.counted) == (State.DISPUTED, {1: NOTHING})


def test_who_releases_releases_the_figures_that_he_saw() -> None:
    invoice = disputed()
    dearer = facts(an_order(ordered(price="30.00", accepted="10")))
    with pytest.raises(RuleBroken) as refused:
        invoice.release(1, "agreed", by=FINN, facts=dearer)
    assert [b.code for b in refused.value.blockers] == ["exception-changed"]
    assert invoice.state is State.DISPUTED


@pytest.mark.parametrize("number", [0, 2])
def test_an_exception_that_is_not_there_is_not_released(number: int) -> None:
    with pytest.raises(RuleBroken, match=f"the invoice has no exception {number}"):
        disputed().release(number, "agreed", by=FINN, facts=facts())


def test_what_somebody_let_pass_has_no_limit_and_everything_else_has() -> None:
    two = an_order(ordered(accepted="10"), ordered(2, accepted="10"))
    bill = document(invoiced("12"), invoiced(id="2", name="Item 2", price="50.00"))
    invoice = rematched(stored(an_invoice(document=bill, known=two)), facts(two))
    assert [e.mismatch.reason for e in invoice.exceptions] == ["QTY", "PRI"]
    invoice.release(1, "agreed", by=FINN, facts=facts(two))
    stored(invoice)
    invoice.release(2, "agreed", by=FINN, facts=facts(two))
    assert invoice.limits == {1: None, 2: Decimal(10)}, "a price that was let pass lifts no limit"


def test_one_of_two_exceptions_released_leaves_the_invoice_where_it_was() -> None:
    bill = document(invoiced("12", price="50.00"))
    invoice = rematched(stored(an_invoice(document=bill)))
    assert [e.mismatch.reason for e in invoice.exceptions] == ["QTY", "PRI"]
    invoice.release(2, "agreed", by=FINN, facts=facts())
    stored(invoice)
    assert (invoice.state, [e.is_open for e in invoice.exceptions]) == (State.DISPUTED, [True, False])
    assert rematched(invoice).state is State.DISPUTED


@pytest.mark.parametrize(
    ("actor", "codes"),
    [
        (CLARA, ["role-missing", "releaser-is-enterer"]),
        (BEA, ["releaser-is-requester"]),
        (WILL, ["role-missing", "releaser-is-receiver"]),
    ],
)
def test_a_second_person_releases(actor: Actor, codes: list[str]) -> None:
    with pytest.raises(RuleBroken) as refused:
        disputed().release(1, "agreed", by=actor, facts=facts())
    assert [b.code for b in refused.value.blockers] == codes


def test_who_resubmits_answers_for_the_figures_too() -> None:
    invoice = disputed()
    invoice.resubmit("line 1", an_order(), {"1": 1}, by=CARL, at=NOW)
    assert invoice.entered_by_persons == {"clara.clerk", "carl.clerk"}


def test_who_received_the_goods_does_not_enter_their_invoice() -> None:
    with pytest.raises(RuleBroken) as refused:
        an_invoice(by=WILL)
    assert [b.code for b in refused.value.blockers] == ["enterer-is-receiver"]


def test_who_received_the_goods_after_he_entered_their_invoice_is_found_by_the_match() -> None:
    invoice = stored(an_invoice(by=WILL, known=an_order(), order=None))
    rematched(invoice)
    assert [(e.mismatch.code, e.mismatch.reason) for e in invoice.exceptions] == [
        ("enterer-is-receiver", "OTH")
    ]
    assert invoice.state is State.DISPUTED


def test_a_clerk_says_which_order_line_is_meant() -> None:
    bill = document(invoiced(name="Something else"))
    invoice = rematched(stored(an_invoice(document=bill)))
    assert [e.mismatch.reason for e in invoice.exceptions] == ["ITM"]
    with pytest.raises(RuleBroken) as refused:
        invoice.resubmit("meant", an_order(), {"1": 7, "8": 1}, by=CLARA, at=NOW)
    assert [(b.code, b.pointer) for b in refused.value.blockers] == [
        ("order-line-unknown", "/lines/0/order_line"),
        ("line-unknown", "/lines/1/line"),
    ]
    invoice.resubmit("meant", an_order(), {"1": 1}, by=CLARA, at=NOW)
    assert rematched(stored(invoice)).state is State.MATCHED


@pytest.mark.parametrize(
    ("ids", "labels"),
    [
        (["1", "1"], ["1", "1 (2)"]),
        (["1", "1", "1"], ["1", "1 (2)", "1 (3)"]),
        (["1", "1", "1 (2)"], ["1", "1 (3)", "1 (2)"]),
        (["1 (2)", "1", "1", "1 (2)"], ["1 (2)", "1", "1 (3)", "1 (2) (2)"]),
    ],
)
def test_a_clerk_says_it_in_the_names_that_the_match_gives_the_lines(
    ids: list[str], labels: list[str]
) -> None:
    """Also where a document uses one id for several lines."""
    lines = [invoiced("1", id=name, name=f"Something {n}") for n, name in enumerate(ids)]
    invoice = rematched(stored(an_invoice(document=document(*lines))))
    assert invoice.match
    assert [line.line for line in invoice.match.lines] == labels
    assert [each.mismatch.line for each in invoice.exceptions] == labels
    invoice.resubmit("all of them", an_order(), dict.fromkeys(labels, 1), by=CLARA, at=NOW)
    assert rematched(stored(invoice)).state is State.MATCHED
    assert [line.rung for line in invoice.match.lines] == ["assigned"] * len(ids)


def test_who_resubmits_has_all_the_days_again() -> None:
    """Else an invoice that ran out of time and was mended would run out of it again at once."""
    few, days = an_order(accepted="4"), LATER - NOW
    invoice = rematched(stored(an_invoice()), facts(few))
    invoice.time_out(by=SYSTEM, at=LATER, facts=facts(few))
    stored(invoice).resubmit("line 1", few, {"1": 1}, by=CLARA, at=LATER)
    rematched(stored(invoice), facts(few))
    assert (invoice.state, invoice.timed_out) == (State.MATCHING, False)
    with pytest.raises(RuleBroken) as refused:
        invoice.time_out(by=SYSTEM, at=LATER + days - timedelta(seconds=1), facts=facts(few))
    assert [b.code for b in refused.value.blockers] == ["not-overdue"]
    assert refused.value.blockers[0].detail == f"it has 30 days from {LATER} on"
    invoice.time_out(by=SYSTEM, at=LATER + days, facts=facts(few))
    assert (invoice.state, invoice.timed_out) == (State.DISPUTED, True)


def test_an_invoice_whose_order_nobody_knows_is_disputed_and_matches_once_the_order_is_heard_of() -> None:
    invoice = rematched(stored(an_invoice(order=None)), UNKNOWN)
    assert (invoice.state, [e.mismatch.reason for e in invoice.exceptions]) == (State.DISPUTED, ["REF"])
    rematched(invoice)
    assert (invoice.state, invoice.order) == (State.MATCHED, an_order().order)


def test_an_invoice_is_disputed_when_its_time_is_up_and_not_before() -> None:
    invoice = rematched(stored(an_invoice()), facts(an_order(accepted="4")))
    with pytest.raises(RuleBroken) as refused:
        invoice.time_out(by=SYSTEM, at=LATER - timedelta(seconds=1), facts=facts())
    assert [b.code for b in refused.value.blockers] == ["not-overdue"]
    invoice.time_out(by=SYSTEM, at=LATER, facts=facts())
    event = invoice.take_event()
    assert isinstance(event, InvoiceDisputed)
    assert (event.reason, event.action) == ("timeout", "time-out")
    invoice.version += 1
    rematched(invoice, facts(an_order(accepted="5")))
    assert invoice.state is State.DISPUTED, "it does not go back to waiting"
    assert rematched(invoice).state is State.MATCHED


def a_duplicate(*, blocks: bool) -> Possible:
    return Possible(invoice=CREDIT, number="RE-01", reasons=("the same file",), blocks=blocks)


def test_a_duplicate_is_refused_with_the_one_that_it_looks_like_unless_somebody_says_why_not() -> None:
    with pytest.raises(RuleBroken, match=r"looks like inv_01920000-.*\(number RE-01\): the same file"):
        an_invoice(duplicates=(a_duplicate(blocks=True),))
    an_invoice(duplicates=(a_duplicate(blocks=True),), duplicate_reason="numbers start anew each year")
    an_invoice(duplicates=(a_duplicate(blocks=False),))


def test_a_credit_note_settles_an_invoice_for_more_than_came() -> None:
    invoice = rematched(stored(an_invoice(document=document(invoiced("12")))))
    assert (invoice.state, [e.mismatch.reason for e in invoice.exceptions]) == (State.DISPUTED, ["QTY"])
    note = stored(an_invoice(id=CREDIT, document=credit_note(invoiced("2"))))
    owed = corrected({1: "12"}, total="492.00")
    rematched(note, facts(corrects=owed))
    assert (note.state, note.corrects) == (State.MATCHED, owed.invoice)
    assert note.counted == {1: Billed(quantity=Decimal(-2), net=Decimal(-82))}
    rematched(invoice, facts(an_order(ordered(accepted="10", billed="-2"))))
    assert (invoice.state, invoice.counted[1].quantity) == (State.MATCHED, Decimal(12))


def test_the_time_of_registration_is_the_one_passed_in() -> None:
    assert an_invoice().registered_at == NOW


def test_that_the_order_moved_on_is_no_news_for_an_invoice_that_waits() -> None:
    invoice = rematched(stored(an_invoice()), facts(an_order(accepted="4", status="Issued")))
    assert not invoice.rematch(by=SYSTEM, facts=facts(an_order(accepted="4", status="Acknowledged")))
