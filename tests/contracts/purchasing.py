"""What every adapter of purchasing's out-ports promises. Subclass it and say how to get them.

Expectations are written by hand, never computed by what is under test.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

import pytest

from procurement.kernel.act import Answered, CommandReused
from procurement.kernel.errors import NotFound, Stale
from procurement.kernel.ids import OrderId, SupplierId, TenantId
from procurement.kernel.money import UnitPrice
from procurement.kernel.quantity import Quantity
from procurement.kernel.tolerance import Tolerance
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.app.ports import (
    Deadlines,
    OrderReports,
    Policies,
    PurchaseOrders,
    SupplierStandings,
)
from procurement.purchasing.domain.content import Content
from procurement.purchasing.domain.lifecycle import State
from procurement.purchasing.domain.line import Commodity, CounterProposal, Item, Line
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.policy import DEFAULT_POLICY, Tier
from procurement.purchasing.domain.standing import SupplierUnknown
from tests.unit.purchasing.builders import (
    BUYER,
    FINANCE,
    L1,
    NOW,
    a_content,
    a_standing,
    an_act,
    facts,
)

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Ports:
    orders: PurchaseOrders
    suppliers: SupplierStandings
    policies: Policies
    reports: OrderReports
    deadlines: Deadlines


def a_tenant() -> TenantId:
    return TenantId(uuid7())


_ids = count(int(uuid7()))


def an_id() -> OrderId:
    """Each sorts after the one before."""
    return OrderId(UUID(int=next(_ids)))


async def a_saved_order(ports: Ports, tenant: TenantId, content: Content | None = None) -> PurchaseOrder:
    act = an_act(tenant=tenant)
    standing = a_standing()
    await ports.suppliers.note(tenant, standing)
    opening = await ports.orders.open(act, standing.supplier)
    order = PurchaseOrder.create(
        id=an_id(),
        number=opening.number,
        standing=opening.standing,
        content=content or a_content(),
        by=BUYER,
        at=NOW,
    )
    await ports.orders.save(order, act)
    return order


RICH = Content(
    currency="EUR",
    note="To the back door.",
    buyer_reference="CC-4711",
    lines=(
        Line(
            number=1,
            item=Item(
                name="Rental of a tank",
                sku="T-1",
                supplier_item_id="S-9",
                gtin="4006381333931",
                commodity=Commodity("UNSPSC", "23", "31161500"),
            ),
            quantity=Quantity(Decimal(31), "DAY"),
            price=UnitPrice(Decimal("386.52"), "EUR", Decimal(366)),
            need_by=date(2026, 12, 24),
            over_receipt=Tolerance(Decimal("2.5"), Decimal(3)),
        ),
        Line(
            number=2,
            item=Item(name="Energy"),
            quantity=Quantity(Decimal("-1.0001"), "KWH"),
            price=UnitPrice(Decimal("0.061232374"), "EUR"),
        ),
    ),
)


class PurchaseOrdersContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_a_saved_order_comes_back_as_it_was(self, ports: Ports) -> None:
        tenant = a_tenant()
        saved = await a_saved_order(ports, tenant, RICH)
        found = await ports.orders.get(tenant, saved.id)
        assert (found.content, found.number, found.state) == (RICH, "PO-2026-000001", State.DRAFT)
        assert (found.version, found.revision, found.requested_by) == (1, 1, "bea.buyer")
        assert found.created_at == NOW

    async def test_a_whole_life_comes_back_as_it_was(self, ports: Ports) -> None:
        tenant = a_tenant()
        order = await a_saved_order(ports, tenant)
        order.submit(by=BUYER, facts=facts())
        await ports.orders.save(order, an_act(tenant=tenant))
        order.approve(by=L1, facts=facts())
        await ports.orders.save(order, an_act(L1, tenant=tenant))
        order.issue(by=FINANCE, facts=facts())
        await ports.orders.save(order, an_act(FINANCE, tenant=tenant))
        proposal = CounterProposal(1, Decimal(2), Decimal("9.99"), date(2026, 12, 1), "two only")
        order.acknowledge([proposal], by=BUYER, facts=facts())
        await ports.orders.save(order, an_act(tenant=tenant))
        order.close_short("enough", {1: Decimal(1)}, by=BUYER, facts=facts())
        await ports.orders.save(order, an_act(tenant=tenant))
        order.open_dispute("wrong goods", by=BUYER, facts=facts())
        await ports.orders.save(order, an_act(tenant=tenant))
        found = await ports.orders.get(tenant, order.id)
        assert (found.approval, found.dispute, found.proposals) == (
            order.approval,
            order.dispute,
            (proposal,),
        )
        assert (found.closed_short, found.issued_at, found.version) == ({1: Decimal(1)}, NOW, 7)
        assert found.state is State.DISPUTED

    async def test_a_revision_replaces_the_content(self, ports: Ports) -> None:
        tenant = a_tenant()
        order = await a_saved_order(ports, tenant, RICH)
        order.revise(a_content("5.00", "6.00", "7.00"), by=BUYER, facts=facts())
        await ports.orders.save(order, an_act(tenant=tenant))
        found = await ports.orders.get(tenant, order.id)
        assert (found.content, found.revision) == (a_content("5.00", "6.00", "7.00"), 2)

    async def test_an_unknown_order_is_not_found(self, ports: Ports) -> None:
        with pytest.raises(NotFound):
            await ports.orders.get(a_tenant(), OrderId(uuid7()))
        with pytest.raises(NotFound):
            await ports.orders.for_change(an_act(tenant=a_tenant()), OrderId(uuid7()))

    async def test_another_tenants_order_is_not_found(self, ports: Ports) -> None:
        order = await a_saved_order(ports, a_tenant())
        with pytest.raises(NotFound):
            await ports.orders.get(a_tenant(), order.id)

    async def test_the_second_of_two_racing_saves_is_stale_and_leaves_nothing(self, ports: Ports) -> None:
        tenant = a_tenant()
        order = await a_saved_order(ports, tenant)
        mine, theirs = [await ports.orders.get(tenant, order.id) for _ in range(2)]
        mine.submit(by=BUYER, facts=facts())
        await ports.orders.save(mine, an_act(tenant=tenant))
        theirs.cancel("not needed", by=BUYER, facts=facts())
        lost = an_act(tenant=tenant)
        with pytest.raises(Stale):
            await ports.orders.save(theirs, lost)
        assert [e.action for e in await ports.orders.history(tenant, order.id)] == ["create", "submit"]
        assert (await ports.orders.for_change(lost, order.id)).version == 2, "the lost command left a trace"

    async def test_a_repeated_command_gets_the_first_answer(self, ports: Ports) -> None:
        tenant = a_tenant()
        order = await a_saved_order(ports, tenant)
        act = an_act(tenant=tenant)
        order.submit(by=BUYER, facts=facts())
        answer = await ports.orders.save(order, act)
        with pytest.raises(Answered) as again:
            await ports.orders.for_change(act, order.id)
        assert again.value.answer == answer == b"version 2"

    async def test_a_name_used_for_another_command_is_refused(self, ports: Ports) -> None:
        tenant = a_tenant()
        order = await a_saved_order(ports, tenant)
        act = an_act(tenant=tenant)
        order.submit(by=BUYER, facts=facts())
        await ports.orders.save(order, act)
        with pytest.raises(CommandReused):
            await ports.orders.for_change(replace(act, fingerprint=b"another question"), order.id)

    async def test_a_repeated_opening_gets_the_first_answer_and_no_number(self, ports: Ports) -> None:
        tenant = a_tenant()
        await ports.suppliers.note(tenant, a_standing())
        act = an_act(tenant=tenant)
        opening = await ports.orders.open(act, a_standing().supplier)
        order = PurchaseOrder.create(
            id=OrderId(uuid7()),
            number=opening.number,
            standing=opening.standing,
            content=a_content(),
            by=BUYER,
            at=NOW,
        )
        await ports.orders.save(order, act)
        with pytest.raises(Answered):
            await ports.orders.open(act, a_standing().supplier)
        following = await ports.orders.open(an_act(tenant=tenant), a_standing().supplier)
        assert following.number == "PO-2026-000002"

    async def test_numbers_are_the_tenants_own(self, ports: Ports) -> None:
        for tenant in (a_tenant(), a_tenant()):
            await ports.suppliers.note(tenant, a_standing())
            opening = await ports.orders.open(an_act(tenant=tenant), a_standing().supplier)
            assert opening.number == "PO-2026-000001"

    async def test_a_supplier_not_heard_of_is_unknown(self, ports: Ports) -> None:
        tenant = a_tenant()
        with pytest.raises(SupplierUnknown):
            await ports.orders.open(an_act(tenant=tenant), SupplierId(uuid7()))
        with pytest.raises(SupplierUnknown):
            await ports.suppliers.standing(tenant, SupplierId(uuid7()))

    async def test_only_later_news_of_a_supplier_counts(self, ports: Ports) -> None:
        tenant = a_tenant()
        late = a_standing(version=1, status="Pending")
        newest = a_standing(version=3, status="Suspended", orders_held_until=NOW + timedelta(days=1))
        for news in (newest, late, newest):
            await ports.suppliers.note(tenant, news)
        assert await ports.suppliers.standing(tenant, newest.supplier) == newest

    async def test_history_tells_who_did_what_in_whose_name(self, ports: Ports) -> None:
        tenant = a_tenant()
        order = await a_saved_order(ports, tenant)
        delegate = replace(BUYER, on_behalf_of="boss")
        order.cancel("not needed", by=delegate, facts=facts())
        await ports.orders.save(order, an_act(delegate, tenant=tenant))
        told = [
            (e.version, e.action, e.person, e.on_behalf_of, e.from_state, e.to_state, e.reason)
            for e in await ports.orders.history(tenant, order.id)
        ]
        assert told == [
            (1, "create", "bea.buyer", None, None, "Draft", None),
            (2, "cancel", "bea.buyer", "boss", "Draft", "Cancelled", "not needed"),
        ]

    async def test_disputable_are_approved_issued_and_acknowledged_orders(self, ports: Ports) -> None:
        tenant = a_tenant()
        await a_saved_order(ports, tenant)
        order = await a_saved_order(ports, tenant)
        order.submit(by=BUYER, facts=facts())
        await ports.orders.save(order, an_act(tenant=tenant))
        assert await ports.orders.disputable(tenant, order.supplier) == []
        order.approve(by=L1, facts=facts())
        await ports.orders.save(order, an_act(L1, tenant=tenant))
        assert await ports.orders.disputable(tenant, order.supplier) == [order.id]


class PoliciesContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_a_tenant_that_decided_nothing_has_the_default(self, ports: Ports) -> None:
        assert await ports.policies.current(a_tenant()) == DEFAULT_POLICY

    async def test_a_decided_policy_comes_back(self, ports: Ports) -> None:
        tenant = a_tenant()
        tiers = (Tier(Decimal("2500.50"), (1, 2)), Tier(None, (3, 3)))
        decided = replace(DEFAULT_POLICY, version=1, tiers=tiers, rates={"USD": Decimal("0.92")})
        act = an_act(tenant=tenant)
        await ports.policies.save(decided, act)
        assert await ports.policies.current(tenant) == decided
        with pytest.raises(Answered):
            await ports.policies.for_change(act)

    async def test_the_second_of_two_racing_decisions_is_stale(self, ports: Ports) -> None:
        tenant = a_tenant()
        await ports.policies.save(replace(DEFAULT_POLICY, version=1), an_act(tenant=tenant))
        with pytest.raises(Stale):
            await ports.policies.save(replace(DEFAULT_POLICY, version=1), an_act(tenant=tenant))
