"""Many at once on a real Postgres: nothing is paid twice, nobody deadlocks, everybody gets a verdict."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from procurement.invoicing.app.ports import Decision, InvoiceQuery, Invoicing
from procurement.invoicing.app.service import InvoicingService
from procurement.invoicing.domain.invoice import SYSTEM, Invoice
from procurement.invoicing.domain.lifecycle import State
from procurement.kernel.errors import Interrupted, RuleBroken, Stale
from procurement.kernel.ids import OrderId, TenantId
from procurement.platform.interceptors.retry import Retry, RetryPolicy, exactly
from procurement.platform.interceptors.stack import stacked
from procurement.platform.postgres.database import Database
from procurement.platform.uuid7 import uuid7
from tests.contracts.invoicing import (
    Ports,
    a_registration,
    a_tenant,
    an_exact_tenant,
    issued,
    received,
    registered,
    rematched,
)
from tests.contracts.invoicing_sums import a_credit, an_invoice
from tests.unit.invoicing.builders import CLARA, an_act
from tests.unit.invoicing.papers import document, invoiced, ordered, tolerating

pytestmark = pytest.mark.anyio


@pytest.fixture
def invoicing(ports: Ports) -> Invoicing:
    """Retried the way the composition root does it."""
    retry = Retry(exactly(Stale), Interrupted, policy=RetryPolicy(attempts=30, within=30))
    service = InvoicingService(ports.invoices, ports.orders, ports.policies, ports.deadlines, uuid7)
    return stacked(Invoicing, retry)(service)


async def outcomes(*attempts: Awaitable[Any]) -> Counter[str]:
    results = await asyncio.gather(*attempts, return_exceptions=True)
    return Counter(_said(result) for result in results)


def _said(result: object) -> str:
    if isinstance(result, RuleBroken):
        return ",".join(sorted({blocker.code for blocker in result.blockers}))
    return repr(result) if isinstance(result, Exception) else "ok"


async def match_all(invoicing: Invoicing, tenant: TenantId, *invoices: Invoice) -> Counter[str]:
    """At once; what became of them."""
    told = await outcomes(*(invoicing.match(an_act(SYSTEM, tenant=tenant), each.id) for each in invoices))
    assert told == {"ok": len(invoices)}
    return Counter([(await invoicing.get(tenant, each.id)).state.value for each in invoices])


async def test_of_twenty_invoices_at_once_for_goods_of_one_one_is_matched(
    ports: Ports, invoicing: Invoicing
) -> None:
    tenant = await an_exact_tenant(ports, "1")
    invoices = [await an_invoice(ports, tenant, "1", f"A{n}") for n in range(20)]
    states = await match_all(invoicing, tenant, *invoices)
    assert states == {State.MATCHED: 1, State.MATCHING: 19}
    assert await ports.billed(tenant) == {1: 1}


async def test_the_tolerance_is_given_once_and_not_to_each(ports: Ports, invoicing: Invoicing) -> None:
    tenant = await an_exact_tenant(ports)
    policy = replace(tolerating(quantity="10"), version=2)
    await ports.policies.save(policy, an_act(tenant=tenant))
    invoices = [await an_invoice(ports, tenant, "2", f"A{n}") for n in range(12)]
    states = await match_all(invoicing, tenant, *invoices)
    assert states == {State.MATCHED: 5, State.DISPUTED: 7}
    assert await ports.billed(tenant) == {1: 10}


async def test_events_told_of_in_whatever_order_cannot_deadlock(ports: Ports) -> None:
    tenant, orders = a_tenant(), [issued(order=OrderId(uuid7())) for _ in range(100)]
    receipts = [received({1: "1"}, order=each.order) for each in orders]
    await asyncio.gather(
        *(ports.orders.note_order(tenant, *random.sample(orders, 100)) for _ in range(16)),
        *(ports.orders.note_receipt(tenant, *random.sample(receipts, 100)) for _ in range(16)),
    )
    for each in orders:
        known = await ports.orders.billable(tenant, each.order, None)
        assert known
        assert known.lines[1].accepted == 1


async def test_lines_named_in_whatever_order_cannot_deadlock(ports: Ports, invoicing: Invoicing) -> None:
    tenant, order = await an_exact_tenant(ports), OrderId(uuid7())
    numbers = range(1, 41)
    lines = [ordered(n, "1000") for n in numbers]
    await ports.orders.note_order(tenant, issued(*lines, order=order, number="PO-2"))
    await ports.orders.note_receipt(tenant, received(dict.fromkeys(numbers, "1000"), order=order))
    up = [invoiced("1", id=str(n), name=f"Item {n}", order_line=str(n)) for n in numbers]
    invoices = [
        await registered(
            ports, tenant, document(*(up if n % 2 else up[::-1]), number=f"A{n}", order_number="PO-2"), order
        )
        for n in range(16)
    ]
    assert await match_all(invoicing, tenant, *invoices) == {State.MATCHED: 16}
    assert set((await ports.billed(tenant, order)).values()) == {Decimal(16)}


async def test_of_credit_notes_at_once_only_what_the_invoice_has_is_taken_back(
    ports: Ports, invoicing: Invoicing
) -> None:
    for _ in range(5):
        tenant = await an_exact_tenant(ports)
        await rematched(ports, tenant, await an_invoice(ports, tenant, "10", "RE-1"))
        notes = [await a_credit(ports, tenant, invoiced("6"), number=f"GS-{n}") for n in range(2)]
        assert await match_all(invoicing, tenant, *notes) == {State.MATCHED: 1, State.DISPUTED: 1}
        assert await ports.billed(tenant) == {1: 4}


async def test_one_number_twenty_times_at_once_is_registered_once(ports: Ports, invoicing: Invoicing) -> None:
    tenant = await an_exact_tenant(ports)
    told = await outcomes(
        *(
            invoicing.register(
                an_act(tenant=tenant),
                a_registration(document(invoiced(), number=f"RE{'-' * (n % 3)}1")),
            )
            for n in range(20)
        )
    )
    assert told == {"ok": 1, "duplicate-invoice": 19}


async def test_one_command_at_once_from_two_windows_is_one_invoice(
    ports: Ports, invoicing: Invoicing
) -> None:
    tenant = await an_exact_tenant(ports)
    act = an_act(tenant=tenant)
    results = await asyncio.gather(
        *(invoicing.register(act, a_registration()) for _ in range(10)), return_exceptions=True
    )
    assert {getattr(result, "answer", result) for result in results} == {b"version 1"}
    assert len(await ports.invoices.page(tenant, InvoiceQuery())) == 1


async def test_matching_and_cancelling_at_once_leave_nothing_billed_twice(
    ports: Ports, invoicing: Invoicing
) -> None:
    tenant = await an_exact_tenant(ports)
    invoices = [await an_invoice(ports, tenant, "1", f"A{n}") for n in range(10)]
    await outcomes(
        *(invoicing.match(an_act(SYSTEM, tenant=tenant), each.id) for each in invoices),
        *(
            invoicing.cancel(
                an_act(CLARA, tenant=tenant), Decision(invoice=each.id, expected_version=None), "mistake"
            )
            for each in invoices
        ),
    )
    assert {(await invoicing.get(tenant, each.id)).state for each in invoices} == {State.CANCELLED}
    assert await ports.billed(tenant) == {1: 0}


async def test_an_invoice_for_one_of_1000_lines_writes_the_sum_of_that_line_only(
    ports: Ports, invoicing: Invoicing, database: Database
) -> None:
    tenant, order = await an_exact_tenant(ports), OrderId(uuid7())
    numbers = range(1, 1001)
    lines = [ordered(n, "1000") for n in numbers]
    await ports.orders.note_order(tenant, issued(*lines, order=order, number="PO-2"))
    await ports.orders.note_receipt(tenant, received(dict.fromkeys(numbers, "1000"), order=order))
    every = [invoiced("1", id=str(n), name=f"Item {n}", order_line=str(n)) for n in numbers]
    before: dict[int, str] = {}
    for name, of in (("A", every), ("B", every[499:500])):
        before = await _rows(database, tenant)
        invoice = await registered(ports, tenant, document(*of, number=name, order_number="PO-2"), order)
        assert await match_all(invoicing, tenant, invoice) == {State.MATCHED: 1}
    after = await _rows(database, tenant)
    assert len(before) == 1000
    assert {line for line in after if after[line] != before[line]} == {500}


async def _rows(database: Database, tenant: TenantId) -> dict[int, str]:
    """Which version of each row is the current one."""
    rows = await database.fetch(
        "SELECT t.line, t.ctid::text FROM (SELECT set_config('app.tenant', %(tenant)s, true) OFFSET 0) scope"
        " CROSS JOIN LATERAL (SELECT line, ctid FROM invoicing.line_billing OFFSET 0) t",
        {"tenant": str(tenant)},
    )
    return dict(rows)
