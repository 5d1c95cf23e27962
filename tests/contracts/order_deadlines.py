"""What every adapter promises that tells which orders wait for approval too long."""

from dataclasses import replace
from datetime import timedelta

import pytest

from procurement.kernel.ids import OrderId, TenantId
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.policy import DEFAULT_POLICY
from tests.contracts.purchasing import Ports, a_saved_order, a_tenant
from tests.unit.purchasing.builders import BUYER, L1, NOW, SYSTEM, an_act, facts

pytestmark = pytest.mark.anyio


async def submitted(ports: Ports, tenant: TenantId, minute: int = 0) -> PurchaseOrder:
    order = await a_saved_order(ports, tenant)
    order.submit(by=BUYER, facts=replace(facts(), at=NOW + timedelta(minutes=minute)))
    await ports.orders.save(order, an_act(tenant=tenant))
    return order


async def overdue(ports: Ports, days: int, *tenants: TenantId, minute: int = 0) -> list[OrderId]:
    found = await ports.deadlines.overdue(NOW + timedelta(days=days, minutes=minute), 5)
    return [order for tenant, order in found if tenant in tenants]


class OrderDeadlinesContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_an_order_waits_by_the_days_of_its_tenant(self, ports: Ports) -> None:
        usual, patient = a_tenant(), a_tenant()
        await ports.policies.save(
            replace(DEFAULT_POLICY, version=1, days_to_approve=9), an_act(tenant=patient)
        )
        later, first = await submitted(ports, usual, 2), await submitted(ports, usual, 1)
        theirs = await submitted(ports, patient)
        await a_saved_order(ports, usual)
        assert await overdue(ports, 5, usual, patient) == []
        assert await overdue(ports, 5, usual, patient, minute=1) == [first.id]
        assert await overdue(ports, 8, usual, patient, minute=9) == [first.id, later.id]
        assert await overdue(ports, 9, usual, patient) == [theirs.id, first.id, later.id]

    async def test_what_was_decided_or_escalated_does_not_wait_any_more(self, ports: Ports) -> None:
        tenant = a_tenant()
        approved, rejected, escalated, cancelled = [await submitted(ports, tenant) for _ in range(4)]
        assert len(await overdue(ports, 6, tenant)) == 4
        late = replace(facts(), at=NOW + timedelta(days=6))
        approved.approve(by=L1, facts=late)
        rejected.reject("too dear", by=L1, facts=late)
        escalated.escalate(by=SYSTEM, facts=late)
        cancelled.cancel("not needed", by=BUYER, facts=late)
        for order in (approved, rejected, escalated, cancelled):
            await ports.orders.save(order, an_act(tenant=tenant))
        assert await overdue(ports, 99, tenant) == []
        found = await ports.orders.get(tenant, escalated.id)
        assert found.approval is not None
        assert (found.approval.submitted_at, found.approval.escalated_at) == (NOW, late.at)

    async def test_who_submits_again_has_all_the_days_again(self, ports: Ports) -> None:
        tenant = a_tenant()
        order = await submitted(ports, tenant)
        late = replace(facts(), at=NOW + timedelta(days=6))
        order.escalate(by=SYSTEM, facts=late)
        await ports.orders.save(order, an_act(tenant=tenant))
        order.reject("too dear", by=L1, facts=late)
        await ports.orders.save(order, an_act(tenant=tenant))
        order.submit(by=BUYER, facts=late)
        await ports.orders.save(order, an_act(tenant=tenant))
        assert await overdue(ports, 10, tenant) == []
        assert await overdue(ports, 11, tenant) == [order.id]
