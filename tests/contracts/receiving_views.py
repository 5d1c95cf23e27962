"""What every adapter promises that keeps what receiving knows of orders, and its policy."""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import chain, permutations
from random import Random

import pytest

from procurement.kernel.act import Answered
from procurement.kernel.errors import RuleBroken, Stale
from procurement.kernel.ids import InvoiceId, OrderId, TenantId
from procurement.kernel.tolerance import Tolerance
from procurement.platform.uuid7 import uuid7
from procurement.receiving.domain.expectation import BillingNews, OrderNews, OrderUnknown
from procurement.receiving.domain.policy import DEFAULT_POLICY
from tests.contracts.portions import every_way
from tests.contracts.receiving import Ports, a_tenant, opened
from tests.contracts.replays import SEEDS, as_it_may_come, from_the_beginning, some
from tests.unit.receiving.builders import EXACT, ORDER, an_act, an_ordered_line, delivered, news

pytestmark = pytest.mark.anyio


def billed(invoice: InvoiceId, version: int, quantity: str, line: int = 1) -> BillingNews:
    return BillingNews(order=ORDER, invoice=invoice, version=version, billed={line: Decimal(quantity)})


class ExpectationsContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_an_order_not_heard_of_is_unknown(self, ports: Ports) -> None:
        with pytest.raises(OrderUnknown):
            await ports.expectations.expected(a_tenant(), ORDER)
        with pytest.raises(OrderUnknown):
            await ports.receipts.opening(an_act(tenant=a_tenant()), ORDER, [1])

    async def test_an_issued_order_without_its_lines_is_waited_for(self, ports: Ports) -> None:
        tenant = a_tenant()
        await ports.expectations.note(tenant, news(5, "Acknowledged", lines=()))
        with pytest.raises(OrderUnknown):
            await ports.expectations.expected(tenant, ORDER)
        await ports.expectations.note(tenant, news(4))
        assert (await ports.expectations.expected(tenant, ORDER)).status == "Acknowledged"

    async def test_any_order_and_any_portions_of_events_lead_to_the_same_view(self, ports: Ports) -> None:
        told = (
            news(1, "Draft", lines=(), requesters=frozenset({"bea", "boss"}), approvers=frozenset()),
            news(3, "Approved", lines=(), approvers=frozenset({"ann"}), requesters=frozenset({"bea"})),
            news(4, lines=(an_ordered_line(), an_ordered_line(2, over=Tolerance(Decimal(5), Decimal(3))))),
            news(5, "Issued", lines=(), released=((1, Decimal("0.5")),)),
        )
        views, other = [], OrderId(uuid7())
        for portions in every_way(told):
            tenant = a_tenant()
            for portion in (*portions, portions[0]):
                await ports.expectations.note(
                    tenant, *chain.from_iterable((each, replace(each, order=other)) for each in portion)
                )
            views.append(await ports.expectations.expected(tenant, ORDER))
            views.append(replace(await ports.expectations.expected(tenant, other), order=ORDER))
        assert all(view == views[0] for view in views)
        assert views[0].requesters == {"bea", "boss", "bea.buyer"}
        assert views[0].approvers == {"ann", "ann.approver"}
        assert [line.released for line in views[0].lines.values()] == [Decimal("0.5"), 0]
        assert views[0].lines[2].ordered.over == Tolerance(Decimal(5), Decimal(3))

    async def test_any_order_of_invoices_and_credit_notes_sums_up_to_the_same(self, ports: Ports) -> None:
        one, two = InvoiceId(uuid7()), InvoiceId(uuid7())
        told = (billed(one, 1, "60"), billed(one, 3, "40"), billed(two, 1, "-1"), billed(two, 2, "-2.5"))
        for order in permutations(told):
            tenant = a_tenant()
            await ports.expectations.note(tenant, news())
            for each in (*order, *order):
                await ports.expectations.note_billing(tenant, each)
            (line,) = (await ports.expectations.expected(tenant, ORDER)).lines.values()
            assert line.billed == Decimal("37.5")

    async def test_billing_of_an_order_not_heard_of_is_kept(self, ports: Ports) -> None:
        tenant = a_tenant()
        await ports.expectations.note_billing(tenant, billed(InvoiceId(uuid7()), 2, "60"))
        await ports.expectations.note(tenant, news())
        (line,) = (await ports.expectations.expected(tenant, ORDER)).lines.values()
        assert line.billed == 60

    @pytest.mark.parametrize("seed", SEEDS)
    async def test_a_replay_into_empty_views_gives_the_same_views(self, ports: Ports, seed: int) -> None:
        history = _of_orders_and_invoices(Random(seed))

        async def note(tenant: TenantId, each: OrderNews | BillingNews) -> None:
            if isinstance(each, OrderNews):
                await ports.expectations.note(tenant, each)
            else:
                await ports.expectations.note_billing(tenant, each)

        lived, replayed = a_tenant(), a_tenant()
        await as_it_may_come(history, partial(note, lived), seed)
        await from_the_beginning(history, partial(note, replayed))
        view = await ports.expectations.expected(lived, ORDER)
        assert view == await ports.expectations.expected(replayed, ORDER)
        assert view.status == "Closed"
        assert any(line.billed for line in view.lines.values())


def _of_orders_and_invoices(chance: Random) -> list[OrderNews | BillingNews]:
    """One order's life, and that of four documents which count for more and less in time."""
    lines = (an_ordered_line(), an_ordered_line(2, "60"))
    told: list[OrderNews | BillingNews] = [
        news(1, "Draft", lines=(), requesters=frozenset({"boss"}), approvers=frozenset()),
        news(4, lines=lines),
        news(5, "Acknowledged", lines=()),
    ]
    for _ in range(4):
        invoice = InvoiceId(uuid7())
        told += [
            billed(invoice, version, f"{chance.choice('-+')}{some(chance)}", chance.randint(1, 2))
            for version in range(1, chance.randint(2, 5))
        ]
    released = ((1, Decimal("0.5")), (2, Decimal(3)))
    return [*told, news(6, "Closed", lines=(), released=released)]


class PoliciesContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_a_policy_has_versions(self, ports: Ports) -> None:
        tenant = a_tenant()
        assert await ports.policies.current(tenant) == DEFAULT_POLICY
        decided = replace(EXACT, over=Tolerance(Decimal("2.5"), Decimal(7)))
        act = an_act(tenant=tenant)
        await ports.policies.save(decided, act)
        assert await ports.policies.current(tenant) == decided
        assert (await ports.policies.for_change(an_act(tenant=tenant))).version == 1
        with pytest.raises(Answered):
            await ports.policies.for_change(act)
        with pytest.raises(Stale):
            await ports.policies.save(decided, an_act(tenant=tenant))

    async def test_the_cap_of_the_policy_holds(self, ports: Ports) -> None:
        tenant = a_tenant()
        policy = replace(EXACT, over=Tolerance(Decimal(10), Decimal(3)))
        await ports.policies.save(policy, an_act(tenant=tenant))
        await ports.expectations.note(tenant, news())
        await opened(ports, tenant, delivered("103"))
        with pytest.raises(RuleBroken):
            await opened(ports, tenant, delivered("0.000001"))
