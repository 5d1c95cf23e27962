"""What each guard is for, and that all that fail are told at once: state, then content, then authority."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from procurement.kernel.actor import Actor, Role
from procurement.kernel.errors import RuleBroken
from procurement.supplier.domain.identifiers import Identifier
from procurement.supplier.domain.lifecycle import Command
from procurement.supplier.domain.record import Document, DocumentKind, Scope
from procurement.supplier.domain.supplier import Supplier
from tests.unit.supplier.builders import (
    ADMIN,
    FINANCE,
    REQUIRED,
    REVIEWER,
    SCORE,
    TODAY,
    a_declaration,
    a_hold,
    a_person,
    a_supplier,
    stored,
)

TOMORROW = TODAY + timedelta(days=1)
YESTERDAY = TODAY - timedelta(days=1)


def codes(refused: pytest.ExceptionInfo[RuleBroken]) -> list[str]:
    return [blocker.code for blocker in refused.value.blockers]


def approve(supplier: Supplier, by: Actor = REVIEWER, score: Decimal = SCORE) -> None:
    supplier.approve(score, by=by, today=TODAY)


def test_everything_that_is_wrong_is_told_at_once_in_order() -> None:
    supplier = stored(a_supplier(documents=REQUIRED[:1]))
    supplier.blacklist("fraud", by=REVIEWER, today=TODAY)
    stored(supplier)
    with pytest.raises(RuleBroken) as refused:
        approve(supplier, by=ADMIN, score=Decimal("0.1"))
    assert codes(refused) == [
        "supplier-state",
        "document-missing",
        "document-missing",
        "risk-score-too-low",
        "role-missing",
        "reviewer-prepared-it",
    ]


@pytest.mark.parametrize(
    ("score", "code"),
    [
        ("0.5999", "risk-score-too-low"),
        ("0", "risk-score-too-low"),
        ("0.59999", "risk-score-invalid"),
        ("1.0001", "risk-score-invalid"),
        ("-0.1", "risk-score-invalid"),
        ("NaN", "risk-score-invalid"),
        ("Infinity", "risk-score-invalid"),
    ],
)
def test_a_score_below_the_lowest_or_no_score_at_all_is_refused(score: str, code: str) -> None:
    supplier = stored(a_supplier())
    with pytest.raises(RuleBroken) as refused:
        approve(supplier, score=Decimal(score))
    assert codes(refused) == [code]
    assert refused.value.blockers[0].pointer == "/risk_score"


@pytest.mark.parametrize("score", ["0.6", "0.6000", "1", "1.0000000"])
def test_exactly_the_lowest_score_is_enough(score: str) -> None:
    approve(stored(a_supplier()), score=Decimal(score))


def test_a_document_holds_on_its_last_day_and_no_longer() -> None:
    def with_clearance_until(day: date) -> Supplier:
        clearance = Document(DocumentKind.TAX_CLEARANCE, "FA", day)
        return stored(a_supplier(documents=(REQUIRED[0], clearance, REQUIRED[2])))

    approve(with_clearance_until(TODAY))
    with pytest.raises(RuleBroken) as refused:
        approve(with_clearance_until(YESTERDAY))
    assert codes(refused) == ["document-expired"]


def test_a_newer_document_makes_up_for_an_expired_one() -> None:
    expired = Document(DocumentKind.TAX_CLEARANCE, "FA 2025", YESTERDAY)
    approve(stored(a_supplier(documents=(expired, *REQUIRED))))


@pytest.mark.parametrize(
    ("registrar", "reviewer", "free"),
    [
        ("ann", a_person("bob", Role.SUPPLIER_APPROVER), True),
        ("ann", a_person("ann", Role.SUPPLIER_APPROVER), False),
        ("ann", a_person("bob", Role.SUPPLIER_APPROVER, for_whom="ann"), False),
        ("ann for cid", a_person("cid", Role.SUPPLIER_APPROVER), False),
        ("ann for cid", a_person("bob", Role.SUPPLIER_APPROVER, for_whom="cid"), False),
        ("ann for cid", a_person("bob", Role.SUPPLIER_APPROVER, for_whom="eve"), True),
    ],
)
def test_nobody_approves_what_he_or_his_delegator_prepared(
    registrar: str, reviewer: Actor, free: bool
) -> None:
    name, _, for_whom = registrar.partition(" for ")
    by = a_person(name, Role.SUPPLIER_ADMIN, for_whom=for_whom or None)
    supplier = stored(a_supplier(by=by))
    if free:
        approve(supplier, by=reviewer)
        return
    with pytest.raises(RuleBroken) as refused:
        approve(supplier, by=reviewer)
    assert codes(refused) == ["reviewer-prepared-it"]


def test_who_revised_it_may_not_approve_it_either() -> None:
    both = a_person("bob", Role.SUPPLIER_ADMIN, Role.SUPPLIER_APPROVER)
    supplier = stored(a_supplier())
    supplier.revise(a_declaration(), by=both, today=TODAY)
    with pytest.raises(RuleBroken) as refused:
        approve(stored(supplier), by=both)
    assert codes(refused) == ["reviewer-prepared-it"]


@pytest.mark.parametrize(
    ("wrong", "code", "pointer"),
    [
        ({"name": ""}, "name-invalid", "/name"),
        ({"name": " x"}, "name-invalid", "/name"),
        ({"name": "a\nb"}, "name-invalid", "/name"),
        ({"name": "x" * 201}, "name-invalid", "/name"),
        ({"identifiers": ()}, "identifier-count", "/identifiers"),
        ({"identifiers": (Identifier("EM", "a@b.c"),) * 2}, "identifier-repeated", "/identifiers/1"),
    ],
)
def test_a_declaration_that_says_too_little_is_refused(
    wrong: dict[str, Any], code: str, pointer: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        a_supplier(**wrong)
    assert [(b.code, b.pointer) for b in refused.value.blockers] == [(code, pointer)]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_whoever_stops_business_says_why(reason: str) -> None:
    supplier = stored(a_supplier())
    with pytest.raises(RuleBroken) as refused:
        supplier.blacklist(reason, by=REVIEWER, today=TODAY)
    assert codes(refused) == ["reason-missing"]


def on_hold(scope: Scope = Scope.ORDERS, **more: object) -> Supplier:
    supplier = stored(a_supplier())
    supplier.place_hold(a_hold(scope, **more), by=REVIEWER, today=TODAY)
    return stored(supplier)


def test_a_hold_binds_until_its_last_day() -> None:
    supplier = on_hold(until=TODAY)
    assert set(supplier.holds_binding(TODAY)) == {Scope.ORDERS}
    assert supplier.holds_binding(TOMORROW) == {}


def test_one_scope_has_one_hold_and_a_lapsed_one_makes_room() -> None:
    supplier = on_hold(until=TODAY)
    with pytest.raises(RuleBroken) as refused:
        supplier.place_hold(a_hold(), by=REVIEWER, today=TODAY)
    assert codes(refused) == ["hold-exists"]
    supplier.place_hold(a_hold(Scope.INVOICES), by=REVIEWER, today=TODAY)
    stored(supplier).place_hold(a_hold(), by=REVIEWER, today=TOMORROW)
    assert {hold.scope: hold.until for hold in supplier.holds} == {Scope.ORDERS: None, Scope.INVOICES: None}


def test_a_hold_that_would_never_bind_or_never_be_released_is_refused() -> None:
    supplier = stored(a_supplier())
    with pytest.raises(RuleBroken) as refused:
        supplier.place_hold(a_hold(until=YESTERDAY, releaser=Role.BUYER), by=REVIEWER, today=TODAY)
    assert codes(refused) == ["hold-in-the-past", "releaser-unknown"]


def test_only_the_named_role_releases_a_hold() -> None:
    supplier = on_hold(Scope.PAYMENTS, releaser=Role.TREASURER)
    with pytest.raises(RuleBroken) as refused:
        supplier.release_hold(Scope.PAYMENTS, "paid", by=FINANCE, today=TODAY)
    assert codes(refused) == ["not-the-releaser"]
    supplier.release_hold(Scope.PAYMENTS, "paid", by=a_person("t", Role.TREASURER), today=TODAY)
    assert supplier.holds == ()


def test_a_hold_that_is_not_there_is_not_released() -> None:
    supplier = on_hold(Scope.PAYMENTS)
    with pytest.raises(RuleBroken) as refused:
        supplier.release_hold(Scope.ORDERS, "why not", by=REVIEWER, today=TODAY)
    assert codes(refused) == ["hold-missing"]


def test_before_anything_is_said_the_holds_are_asked_as_a_whole() -> None:
    supplier = stored(a_supplier())
    asked = supplier.actions(FINANCE, TODAY)
    assert asked[Command.PLACE_HOLD] == ()
    assert [b.code for b in asked[Command.RELEASE_HOLD]] == ["hold-missing"]
    for scope in Scope:
        supplier.place_hold(a_hold(scope), by=REVIEWER, today=TODAY)
        stored(supplier)
    asked = supplier.actions(FINANCE, TODAY)
    assert [b.code for b in asked[Command.PLACE_HOLD]] == ["hold-exists"]
    assert [b.code for b in asked[Command.RELEASE_HOLD]] == ["not-the-releaser"]
