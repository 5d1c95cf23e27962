"""Many at once on a real Postgres: one wins, the others are told clearly, and nothing is left half done."""

import asyncio
from collections import Counter
from collections.abc import Awaitable

import pytest

from procurement.kernel.act import Act, Answer, Answered
from procurement.kernel.actor import Actor, Role
from procurement.kernel.errors import Interrupted, RuleBroken
from procurement.kernel.ids import OrderId, TenantId
from procurement.platform.postgres.database import Database
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.app.ports import CreateOrder, Decision, OrderQuery, Purchasing
from procurement.purchasing.app.service import PurchasingService
from tests.contracts.purchasing import Ports, a_saved_order, a_tenant
from tests.unit.purchasing.builders import (
    BUYER,
    NOW,
    a_content,
    a_person,
    a_standing,
    an_act,
    facts,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def purchasing(ports: Ports) -> Purchasing:
    return PurchasingService(
        ports.orders, ports.suppliers, ports.reports, ports.policies, ports.deadlines, lambda: NOW, uuid7
    )


async def outcomes(*attempts: Awaitable[Answer]) -> Counter[str]:
    results = await asyncio.gather(*attempts, return_exceptions=True)
    return Counter("ok" if isinstance(r, bytes) else type(r).__name__ for r in results)


async def persistent(purchasing: Purchasing, act: Act, command: CreateOrder) -> bytes:
    """As the composed in-port does it: run again when a twin came first."""
    while True:
        try:
            return await purchasing.create(act, command)
        except Answered as before:
            return before.answer
        except Interrupted:
            continue


async def test_twenty_approvals_at_once_are_one_approval(ports: Ports, purchasing: Purchasing) -> None:
    tenant = a_tenant()
    order = await a_saved_order(ports, tenant)
    order.submit(by=BUYER, facts=facts())
    await ports.orders.save(order, an_act(tenant=tenant))
    approvers = [a_person(f"approver-{n}", Role.APPROVER, level=1) for n in range(20)]
    decision = Decision(order=order.id, expected_version=2)
    told = await outcomes(*(purchasing.approve(an_act(a, tenant=tenant), decision, None) for a in approvers))
    assert told["ok"] == 1
    assert told["Stale"] + told["VersionMismatch"] == 19
    history = await ports.orders.history(tenant, order.id)
    assert [(e.version, e.action) for e in history] == [(1, "create"), (2, "submit"), (3, "approve")]


async def test_one_command_sixty_four_times_at_once_has_one_effect(
    ports: Ports, purchasing: Purchasing
) -> None:
    tenant = a_tenant()
    await ports.suppliers.note(tenant, a_standing())
    act = an_act(tenant=tenant, answer=lambda order: Answer(str(order.id).encode()))
    command = CreateOrder(supplier=a_standing().supplier, content=a_content())
    answers = await asyncio.gather(*(persistent(purchasing, act, command) for _ in range(64)))
    (only,) = await ports.orders.page(tenant, OrderQuery())
    assert set(answers) == {str(only.id).encode()}


async def test_orders_made_at_once_have_numbers_of_their_own(ports: Ports, purchasing: Purchasing) -> None:
    tenant = a_tenant()
    await ports.suppliers.note(tenant, a_standing())
    command = CreateOrder(supplier=a_standing().supplier, content=a_content())
    await asyncio.gather(*(purchasing.create(an_act(tenant=tenant), command) for _ in range(40)))
    numbers = {order.number for order in await ports.orders.page(tenant, OrderQuery(limit=100))}
    assert numbers == {f"PO-2026-{n:06d}" for n in range(1, 41)}


async def test_a_tenant_whose_numbers_are_locked_holds_up_no_other(ports: Ports, database: Database) -> None:
    one, other = an_act(tenant=a_tenant()), an_act(tenant=a_tenant())
    for tenant in (one.tenant, other.tenant):
        await ports.suppliers.note(tenant, a_standing())
    await ports.orders.open(one, a_standing().supplier)
    async with database.transaction() as somebody:
        await somebody.write("SELECT set_config('app.tenant', %(tenant)s, true)", {"tenant": str(one.tenant)})
        await somebody.write("SELECT last FROM purchasing.order_numbers FOR UPDATE", {})
        waiting = asyncio.ensure_future(ports.orders.open(one, a_standing().supplier))
        await asyncio.sleep(0.1)
        opening = await ports.orders.open(other, a_standing().supplier)
        assert (opening.number, waiting.done()) == ("PO-2026-000001", False)
    assert (await waiting).number == "PO-2026-000002"


async def test_a_cancelled_caller_leaves_all_or_nothing(ports: Ports, purchasing: Purchasing) -> None:
    """Whatever the moment: the order, its history and the memory of its command are there, or none is."""
    tenant = a_tenant()
    await ports.suppliers.note(tenant, a_standing())
    command = CreateOrder(supplier=a_standing().supplier, content=a_content())
    acts = [an_act(tenant=tenant) for _ in range(60)]
    for n, act in enumerate(acts):
        task = asyncio.ensure_future(purchasing.create(act, command))
        await asyncio.sleep(n * 0.0001)
        task.cancel()
        await asyncio.wait([task])
    orders = await ports.orders.page(tenant, OrderQuery(limit=100))
    remembered = [act for act in acts if await was_carried_out(ports, act)]
    assert len(orders) == len(remembered)
    for order in orders:
        assert len(await ports.orders.history(tenant, order.id)) == 1


async def was_carried_out(ports: Ports, act: Act) -> bool:
    try:
        await ports.orders.open(act, a_standing().supplier)
    except Answered:
        return True
    return False


async def test_blacklisting_disputes_what_is_open_once_however_often_it_is_told(
    ports: Ports, purchasing: Purchasing
) -> None:
    tenant, order = await an_approved_order(ports, purchasing, a_person("ann", Role.APPROVER, level=1))
    draft = await a_saved_order(ports, tenant)
    news = a_standing(version=9, status="Blacklisted")
    act = an_act(tenant=tenant, key="the event's id")
    await asyncio.gather(*(purchasing.note_supplier(act, news) for _ in range(8)), return_exceptions=True)
    await purchasing.note_supplier(act, news)
    history = await ports.orders.history(tenant, order)
    assert [(e.action, e.person) for e in history][-1] == ("dispute", "system")
    assert [e.version for e in history] == [1, 2, 3, 4]
    assert (await ports.orders.get(tenant, draft.id)).state == "Draft"
    with pytest.raises(RuleBroken):
        await purchasing.create(
            an_act(tenant=tenant), CreateOrder(supplier=news.supplier, content=a_content())
        )


async def an_approved_order(
    ports: Ports, purchasing: Purchasing, approver: Actor
) -> tuple[TenantId, OrderId]:
    tenant = a_tenant()
    order = await a_saved_order(ports, tenant)
    await purchasing.submit(an_act(tenant=tenant), Decision(order=order.id, expected_version=1))
    await purchasing.approve(
        an_act(approver, tenant=tenant), Decision(order=order.id, expected_version=2), None
    )
    return tenant, order.id
