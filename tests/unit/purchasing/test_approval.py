"""Who must approve how much, and that nobody approves what he must not."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from procurement.kernel.actor import Actor, Role
from procurement.kernel.errors import RuleBroken
from procurement.purchasing.domain.events import PurchaseOrderEscalated
from procurement.purchasing.domain.lifecycle import State
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.policy import DEFAULT_POLICY, BadPolicy, Tier
from tests.unit.purchasing.builders import (
    BUYER,
    FINANCE,
    L1,
    L2,
    L3,
    NOW,
    SYSTEM,
    a_person,
    an_order,
    facts,
    stored,
    worth,
)


def submitted(total: str = "100.00", by: Actor = BUYER, **of_policy: object) -> PurchaseOrder:
    order = stored(an_order(worth(total), by=by))
    order.submit(by=by, facts=facts(replace(DEFAULT_POLICY, **of_policy)))  # type: ignore[arg-type]
    return stored(order)


def codes_of_refusal(order: PurchaseOrder, by: Actor) -> list[str]:
    with pytest.raises(RuleBroken) as refused:
        order.approve(by=by, facts=facts())
    assert order.state is State.AWAITING_APPROVAL
    return [blocker.code for blocker in refused.value.blockers]


@pytest.mark.parametrize(
    ("total", "level"),
    [
        ("0.00", 1),
        ("1000.00", 1),
        ("1000.01", 2),
        ("10000.00", 2),
        ("10000.01", 3),
        ("99999999.99", 3),
    ],
)
def test_the_limit_itself_belongs_to_the_lower_level(total: str, level: int) -> None:
    order = submitted(total)
    assert order.approval is not None
    assert order.approval.required == (level,)


def test_the_level_counts_in_base_currency_not_in_bare_numbers() -> None:
    """1,500.00 euro at 0.5 are 750.00 pounds: the first level, whatever the bare number says."""
    order = submitted("1500.00", base_currency="GBP", rates={"EUR": Decimal("0.5")})
    assert order.approval is not None
    assert (str(order.approval.base_total), order.approval.required) == ("750.00 GBP", (1,))


def test_without_a_rate_nothing_is_submitted() -> None:
    order = stored(an_order())
    with pytest.raises(RuleBroken) as refused:
        order.submit(by=BUYER, facts=facts(replace(DEFAULT_POLICY, base_currency="USD")))
    assert [b.code for b in refused.value.blockers] == ["exchange-rate-missing"]


def test_the_requester_never_approves_his_own_order() -> None:
    both = a_person("bea.buyer", Role.BUYER, Role.APPROVER, level=3)
    assert codes_of_refusal(submitted(), both) == ["approver-is-requester"]


def test_nor_does_his_delegate() -> None:
    delegate = a_person("dan", Role.APPROVER, level=3, for_whom="bea.buyer")
    assert codes_of_refusal(submitted(), delegate) == ["approver-is-requester"]


def test_nor_does_he_in_whose_name_it_was_requested() -> None:
    buyer = a_person("dan", Role.BUYER, for_whom="ann.approver")
    assert codes_of_refusal(submitted(by=buyer), L1) == ["approver-is-requester"]


def test_a_level_too_low_is_told_with_the_level_that_is_needed() -> None:
    order = submitted("5000.00")
    with pytest.raises(RuleBroken, match="L2, yours is L1"):
        order.approve(by=L1, facts=facts())


def test_a_higher_level_may_approve_a_lower_tier() -> None:
    order = submitted("10.00")
    order.approve(by=L3, facts=facts())
    assert order.state is State.APPROVED


def test_every_failed_guard_is_reported_at_once_state_first() -> None:
    order = stored(an_order())
    with pytest.raises(RuleBroken) as refused:
        order.approve(by=BUYER, facts=facts())
    assert [b.code for b in refused.value.blockers] == [
        "order-state",
        "role-missing",
        "approver-is-requester",
    ]


def test_two_tiers_take_two_persons() -> None:
    order = submitted("20000.00", tiers=(Tier(None, (2, 3)),))
    order.approve(by=L3, facts=facts())
    assert (order.state, order.approval and order.approval.missing) == (State.AWAITING_APPROVAL, (2,))
    stored(order)
    assert codes_of_refusal(order, L3) == ["approved-before"]
    assert codes_of_refusal(order, L1) == ["approval-level-insufficient"]
    order.approve(by=L2, facts=facts())
    assert order.state is State.APPROVED


def test_a_delegate_cannot_fill_the_second_tier_for_who_filled_the_first() -> None:
    order = submitted("20000.00", tiers=(Tier(None, (2, 3)),))
    order.approve(by=L3, facts=facts())
    stored(order)
    delegate = a_person("dan", Role.APPROVER, level=3, for_whom=L3.person)
    assert codes_of_refusal(order, delegate) == ["approved-before"]


def test_a_rejected_order_starts_its_approval_anew() -> None:
    order = submitted("20000.00", tiers=(Tier(None, (2, 3)),))
    order.approve(by=L3, facts=facts())
    stored(order)
    order.reject("too dear", by=L2, facts=facts())
    assert (order.state, order.approval) == (State.DRAFT, None)


def test_who_approved_does_not_issue_unless_the_policy_says_so() -> None:
    order = submitted()
    both = a_person("fia", Role.APPROVER, Role.FINANCE, level=1)
    order.approve(by=both, facts=facts())
    stored(order)
    with pytest.raises(RuleBroken) as refused:
        order.issue(by=both, facts=facts())
    assert [b.code for b in refused.value.blockers] == ["issuer-is-approver"]
    order.issue(by=both, facts=facts(replace(DEFAULT_POLICY, approver_may_issue=True)))


def test_only_the_roles_of_the_policy_issue() -> None:
    order = submitted()
    order.approve(by=L1, facts=facts())
    stored(order)
    only_finance = facts(replace(DEFAULT_POLICY, issuers=frozenset({Role.FINANCE})))
    with pytest.raises(RuleBroken) as refused:
        order.issue(by=BUYER, facts=only_finance)
    assert [b.code for b in refused.value.blockers] == ["issuer-role"]
    order.issue(by=FINANCE, facts=only_finance)


def test_nothing_is_issued_to_a_supplier_that_fell_from_grace() -> None:
    order = submitted()
    order.approve(by=L1, facts=facts())
    stored(order)
    with pytest.raises(RuleBroken) as refused:
        order.issue(by=FINANCE, facts=facts(status="Suspended"))
    assert [b.code for b in refused.value.blockers] == ["supplier-not-eligible"]


def test_only_the_requester_submits() -> None:
    with pytest.raises(RuleBroken) as refused:
        stored(an_order()).submit(by=a_person("bob.buyer", Role.BUYER), facts=facts())
    assert [b.code for b in refused.value.blockers] == ["not-the-requester"]


def escalated(order: PurchaseOrder, after: timedelta, **of_policy: object) -> PurchaseOrder:
    late = facts(replace(DEFAULT_POLICY, **of_policy))  # type: ignore[arg-type]
    order.escalate(by=SYSTEM, facts=replace(late, at=late.at + after))
    return order


def test_an_order_is_escalated_after_five_days_and_not_a_second_before() -> None:
    with pytest.raises(RuleBroken) as refused:
        escalated(submitted(), timedelta(days=5, seconds=-1))
    (blocker,) = refused.value.blockers
    assert (blocker.code, blocker.detail) == ("not-overdue", f"its approval has 5 days from {NOW} on")
    order = escalated(submitted(), timedelta(days=5))
    assert isinstance(order.take_event(), PurchaseOrderEscalated)
    assert order.approval is not None
    assert (order.state, order.approval.missing) == (State.AWAITING_APPROVAL, (1,))


def test_a_tenant_says_how_long_approval_may_take() -> None:
    escalated(submitted(), timedelta(days=1), days_to_approve=1)
    with pytest.raises(RuleBroken, match="10 days"):
        escalated(submitted(), timedelta(days=9), days_to_approve=10)


def test_one_approval_of_two_does_not_stop_the_clock() -> None:
    order = submitted("1500.00", tiers=(Tier(None, (1, 2)),))
    order.approve(by=L1, facts=facts())
    assert stored(order).waiting_since == NOW
    assert escalated(order, timedelta(days=5)).waiting_since is None


def test_an_order_is_escalated_once_and_anew_when_it_is_submitted_anew() -> None:
    order = stored(escalated(submitted(), timedelta(days=5)))
    with pytest.raises(RuleBroken) as refused:
        escalated(order, timedelta(days=99))
    assert [b.code for b in refused.value.blockers] == ["escalated-before"]
    order.reject("too dear", by=L1, facts=facts())
    stored(order).submit(by=BUYER, facts=facts())
    escalated(stored(order), timedelta(days=5))


def test_an_escalated_order_is_approved_by_the_same_people_on_the_version_that_they_see() -> None:
    order = stored(escalated(submitted(), timedelta(days=5)))
    order.approve(by=L1, facts=facts())
    assert order.state is State.APPROVED
    assert order.approval is not None
    assert [given.version for given in order.approval.given] == [3]


@pytest.mark.parametrize(
    "tiers",
    [
        (),
        (Tier(Decimal(1), (1,)),),
        (Tier(None, (1,)), Tier(None, (2,))),
        (Tier(Decimal(5), (1,)), Tier(Decimal(5), (2,)), Tier(None, (3,))),
        (Tier(Decimal(9), (1,)), Tier(Decimal(5), (2,)), Tier(None, (3,))),
        (Tier(Decimal(0), (1,)), Tier(None, (3,))),
        (Tier(None, ()),),
        (Tier(None, (4,)),),
    ],
)
def test_a_policy_that_nobody_could_follow_is_refused(tiers: tuple[Tier, ...]) -> None:
    with pytest.raises(BadPolicy):
        replace(DEFAULT_POLICY, tiers=tiers)
