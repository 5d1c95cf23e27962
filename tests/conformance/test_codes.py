"""The document shows every code that a command can be refused with, as the rules themselves say it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from procurement.invoicing.adapters.inbound.refusals import REFUSALS as INVOICING
from procurement.kernel.errors import Blocker, NotFound, NotYet
from procurement.platform.http.responses import Refused
from procurement.purchasing.adapters.inbound.refusals import REFUSALS as PURCHASING
from procurement.receiving.adapters.inbound.refusals import REFUSALS as RECEIVING
from procurement.supplier.adapters.inbound.refusals import REFUSALS as SUPPLIER
from tests.published.api import described
from tests.published.codes import CONTEXTS, refusals, reported

DOCUMENT = described()
SHOWN: Mapping[str, Mapping[Any, Sequence[Refused]]] = {
    "purchasing": PURCHASING,
    "receiving": RECEIVING,
    "invoicing": INVOICING,
    "supplier": SUPPLIER,
}
TOLD_BEFORE = {
    "purchasing": {"role-missing", "line-count"},
    "receiving": {"role-missing", "line-count"},
    "invoicing": {"role-missing"},
    "supplier": {"role-missing", "identifier-count", "reason-missing", "releaser-unknown"},
}
"""By the route, which asks for the role, and by the schema of the body."""
OF_THE_SYSTEM = {
    "purchasing": {"order-not-done", "not-overdue", "escalated-before"},
    "receiving": {"not-billed"},
    "invoicing": {"not-overdue"},
}
"""Of commands that nobody sends. Asked what may be done, the API tells them as well."""


def shown(context: str) -> list[Blocker]:
    told = {each.code: each for row in SHOWN[context].values() for each in row if isinstance(each, Blocker)}
    return list(told.values())


def test_every_context_says_what_its_commands_are_refused_with() -> None:
    assert sorted(SHOWN) == CONTEXTS


@pytest.mark.parametrize("context", SHOWN)
def test_every_code_of_a_rule_is_shown_by_some_command(context: str) -> None:
    codes = {each.code for each in reported(context)}
    others = TOLD_BEFORE[context] | OF_THE_SYSTEM.get(context, set())
    assert {each.code for each in shown(context)} == codes - others
    assert others <= codes


@pytest.mark.parametrize(("context", "blocker"), [(c, b) for c in SHOWN for b in shown(c)], ids=str)
def test_an_example_says_what_the_rule_says(context: str, blocker: Blocker) -> None:
    said = [each for each in reported(context) if each.code == blocker.code]
    assert blocker.concern in {each.concern for each in said}
    patterns = [".*".join(map(re.escape, each.detail.split("…"))) for each in said]
    assert [pattern for pattern in patterns if re.fullmatch(pattern, blocker.detail)]


def problems(operation: Any, status: str) -> set[str]:
    answer = operation["responses"].get(status, {})
    return set(answer.get("content", {}).get("application/problem+json", {}).get("examples", {}))


@pytest.mark.parametrize("kind", refusals(NotYet), ids=lambda kind: kind.__name__)
def test_a_fact_on_its_way_is_shown_where_retry_after_is(kind: type[NotYet]) -> None:
    context = kind.__module__.split(".")[1]
    assert kind in {type(each) for row in SHOWN[context].values() for each in row}
    answers = [
        operation["responses"]["409"]
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        if kind.code in problems(operation, "409")
    ]
    assert answers
    assert all(kind.code in answer["headers"]["Retry-After"]["description"] for answer in answers)


@pytest.mark.parametrize("kind", refusals(NotFound), ids=lambda kind: kind.__name__)
def test_what_is_not_found_for_a_reason_of_its_own_is_shown(kind: type[NotFound]) -> None:
    operations = [each for methods in DOCUMENT["paths"].values() for each in methods.values()]
    assert any(kind.code in problems(operation, "404") for operation in operations)
