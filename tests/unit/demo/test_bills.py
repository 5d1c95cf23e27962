"""When a match may be believed, and what is told of it."""

from decimal import Decimal
from typing import Any

import pytest

from procurement.entrypoints.demo import words
from procurement.entrypoints.demo.bills import Bill, has_heard


def line(accepted: str | None = "40", **more: Any) -> dict[str, Any]:
    found = {"line": "1", "order_line": 1, "accepted": accepted, "net": "174.00", "expected_net": "174"}
    return {**found, "explanation": "40 of 40", "exceptions": [], **more}


def exception(code: str = "price-too-high", **more: Any) -> dict[str, Any]:
    return {"code": code, "reason": "PRI", "line": "1", "detail": "too dear", "open": True, **more}


def a_match(status: str, *lines: Any, exceptions: Any = ()) -> dict[str, Any]:
    return {"status": status, "lines": [*lines], "exceptions": [*exceptions]}


@pytest.mark.parametrize(
    ("match", "believed"),
    [
        (a_match("Matched", line("20")), True),
        (a_match("Matching", line("20")), False),
        (a_match("Disputed", line("40")), True),
        (a_match("Disputed", line("40.000000")), True),
        (a_match("Disputed", line("0", order_line=2)), True),
        (a_match("Disputed", line(None, order_line=None), exceptions=[exception("item-not-ordered")]), True),
        (a_match("Disputed", line(None, order_line=None), exceptions=[exception("order-not-issued")]), False),
    ],
)
def test_a_match_is_believed_once_it_knows_what_came(match: dict[str, Any], believed: bool) -> None:
    assert has_heard(match, {1: Decimal(40)}) is believed


def told(match: dict[str, Any], *findings: Any, verbose: bool = False) -> list[str]:
    return [*words.why(Bill(standing={"findings": [*findings]}, match=match, compared=1), verbose=verbose)]


def test_a_line_as_ordered_is_told_to_those_who_ask() -> None:
    assert told(a_match("Matched", line())) == []
    assert told(a_match("Matched", line()), verbose=True) == ["line 1: 40 of 40"]


def test_a_line_that_differs_within_the_tolerance_is_told() -> None:
    assert told(a_match("Matched", line(net="174.01"))) == ["line 1: 40 of 40"]


def test_findings_and_open_exceptions_are_told_in_words() -> None:
    finding = {"rule": "BR-CO-17", "fatal": False, "detail": "19 % of 100 is 19"}
    released = exception("not-received-yet", open=False)
    general = exception("charges-not-ordered", line=None)
    match = a_match("Disputed", line(net="9", exceptions=[1]), exceptions=[exception(), released, general])
    assert told(match, finding) == [
        "warning BR-CO-17: 19 % of 100 is 19",
        "PRI price-too-high: line 1: too dear",
        "PRI charges-not-ordered: too dear",
    ]
