"""Many at once on a real Postgres: no more than the limit ever gets in, nobody deadlocks, nothing is lost."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable
from decimal import Decimal

import pytest

from procurement.kernel.act import Answer
from procurement.kernel.errors import Interrupted, RuleBroken, Stale
from procurement.kernel.ids import GoodsReceiptId, InvoiceId, OrderId, TenantId
from procurement.platform.interceptors.retry import Retry, RetryPolicy, exactly
from procurement.platform.interceptors.stack import stacked
from procurement.platform.postgres.database import Database
from procurement.platform.uuid7 import uuid7
from procurement.receiving.app.ports import Decision, OpenReceipt, ReceiptQuery, Receiving
from procurement.receiving.app.service import ReceivingService
from procurement.receiving.domain.lifecycle import State
from procurement.receiving.domain.line import Delivered
from tests.contracts.receiving import Ports, a_tenant, an_exact_tenant, opened
from tests.contracts.receiving_billing import verified
from tests.contracts.receiving_views import billed
from tests.unit.receiving.builders import ORDER, SYSTEM, WENDY, an_act, an_ordered_line, delivered, news

pytestmark = pytest.mark.anyio


@pytest.fixture
def receiving(ports: Ports) -> Receiving:
    return ReceivingService(ports.receipts, ports.expectations, ports.policies, uuid7)


def came(*items: Delivered, note: str | None = None) -> OpenReceipt:
    return OpenReceipt(order=ORDER, delivery_note=note, delivered=items)


async def outcomes(*attempts: Awaitable[Answer]) -> Counter[str]:
    results = await asyncio.gather(*attempts, return_exceptions=True)
    return Counter("ok" if isinstance(r, bytes) else _said(r) for r in results)


def _said(error: object) -> str:
    return error.blockers[0].code if isinstance(error, RuleBroken) else repr(error)


async def test_of_two_receipts_of_60_for_100_at_once_one_gets_in(ports: Ports, receiving: Receiving) -> None:
    """https://github.com/kRamu81/MedTrack_Application/issues/1465: both passed the same check."""
    for _ in range(20):
        tenant = await an_exact_tenant(ports)
        told = await outcomes(
            *(receiving.open(an_act(tenant=tenant), came(delivered("60"))) for _ in range(2))
        )
        assert told == {"ok": 1, "over-receipt": 1}
        assert await ports.line(tenant) == (60, 0)


async def test_receipts_at_once_fill_a_line_to_the_brim_and_not_over(
    ports: Ports, receiving: Receiving
) -> None:
    """Nobody is told that somebody else was faster: there was room, or there was none."""
    tenant = await an_exact_tenant(ports)
    told = await outcomes(*(receiving.open(an_act(tenant=tenant), came(delivered("7"))) for _ in range(30)))
    assert told == {"ok": 14, "over-receipt": 16}
    assert await ports.line(tenant) == (98, 0)
    assert len(await ports.receipts.page(tenant, ReceiptQuery(limit=100))) == 14


async def test_orders_told_of_in_whatever_order_cannot_deadlock(ports: Ports) -> None:
    tenant, told = a_tenant(), [news(order=OrderId(uuid7())) for _ in range(100)]
    portions = [random.sample(told, len(told)) for _ in range(16)]
    await asyncio.gather(*(ports.expectations.note(tenant, *portion) for portion in portions))
    for each in told:
        assert (await ports.expectations.expected(tenant, each.order)).is_open


async def test_lines_named_in_whatever_order_cannot_deadlock(ports: Ports, receiving: Receiving) -> None:
    """https://github.com/frappe/erpnext/issues/49107: a load test ended in deadlocks."""
    tenant = await an_exact_tenant(ports)
    order = news(order=OrderId(uuid7()), lines=tuple(an_ordered_line(n, "1000") for n in range(1, 41)))
    await ports.expectations.note(tenant, order)
    up = tuple(delivered("1", n) for n in range(1, 41))
    told = await outcomes(
        *(
            receiving.open(
                an_act(tenant=tenant),
                OpenReceipt(order=order.order, delivery_note=None, delivered=up if n % 2 else up[::-1]),
            )
            for n in range(24)
        )
    )
    assert told == {"ok": 24}
    expected = await ports.expectations.expected(tenant, order.order)
    assert {line.pending for line in expected.lines.values()} == {Decimal(24)}


async def test_one_delivery_note_at_once_by_two_is_received_once(ports: Ports, receiving: Receiving) -> None:
    tenant = await an_exact_tenant(ports)
    told = await outcomes(
        *(receiving.open(an_act(tenant=tenant), came(delivered("5"), note="DN-1")) for _ in range(8))
    )
    assert told == {"ok": 1, "delivery-note-received": 7}
    assert await ports.line(tenant) == (5, 0)


@pytest.mark.parametrize("note", ["DN-1", None])
@pytest.mark.parametrize("quantity", ["5", "100"])
async def test_one_command_many_times_at_once_is_one_receipt_and_one_answer(
    ports: Ports, receiving: Receiving, quantity: str, note: str | None
) -> None:
    """Also where the first one took the delivery note, or all the room that there was."""
    retried = stacked(
        Receiving, Retry(exactly(Stale), Interrupted, policy=RetryPolicy(attempts=9, within=30))
    )
    for _ in range(3):
        tenant = await an_exact_tenant(ports)
        act = an_act(tenant=tenant, answer=lambda receipt: Answer(str(receipt.id).encode()))
        command = came(delivered(quantity), note=note)
        said = await asyncio.gather(
            *(retried(receiving).open(act, command) for _ in range(32)), return_exceptions=True
        )
        (only,) = await ports.receipts.page(tenant, ReceiptQuery())
        assert {getattr(each, "answer", each) for each in said} == {str(only.id).encode()}
        assert await ports.line(tenant) == (Decimal(quantity), 0)


async def test_verifying_and_reversing_at_once_count_once(ports: Ports, receiving: Receiving) -> None:
    tenant = await an_exact_tenant(ports)
    receipts = [await opened(ports, tenant, delivered("10")) for _ in range(10)]
    await asyncio.gather(
        *(attempt for r in receipts for attempt in _both(receiving, tenant, r.id)), return_exceptions=True
    )
    states = [(await ports.receipts.get(tenant, receipt.id)).state for receipt in receipts]
    assert set(states) <= {State.VERIFIED, State.REVERSED}
    assert await ports.line(tenant) == (0, 10 * states.count(State.VERIFIED))


def _both(receiving: Receiving, tenant: TenantId, receipt: GoodsReceiptId) -> tuple[Awaitable[Answer], ...]:
    seen = Decision(receipt=receipt, expected_version=1)
    return (
        receiving.verify(an_act(WENDY, tenant=tenant), seen, []),
        receiving.reverse(an_act(tenant=tenant), seen, "miscount"),
    )


async def test_receipts_that_many_invoices_bill_at_once_are_closed_once(
    ports: Ports, receiving: Receiving
) -> None:
    """10 receipts of 10, 20 invoices of 5: which of them is the last, nobody knows."""
    tenant = await an_exact_tenant(ports)
    receipts = [await verified(ports, tenant, delivered("10")) for _ in range(10)]
    invoices = [InvoiceId(uuid7()) for _ in range(20)]
    told = [(an_act(SYSTEM, tenant=tenant), billed(invoice, 2, "5")) for invoice in invoices]
    results = await asyncio.gather(
        *(receiving.note_billing(act, each) for act, each in told), return_exceptions=True
    )
    assert {type(result) for result in results} <= {type(None), Stale, Interrupted}
    for act, each in told:  # as a consumer does it, once more
        await receiving.note_billing(act, each)
    for receipt in receipts:
        history = await ports.receipts.history(tenant, receipt)
        assert [entry.action for entry in history] == ["open", "verify", "close"]


async def test_a_receipt_for_one_of_1000_lines_writes_that_line_only(
    ports: Ports, receiving: Receiving, database: Database
) -> None:
    tenant = await an_exact_tenant(ports)
    order = news(order=OrderId(uuid7()), lines=tuple(an_ordered_line(n) for n in range(1, 1001)))
    await ports.expectations.note(tenant, order)
    every = tuple(delivered("1", n) for n in range(1, 1001))
    wanted = OpenReceipt(order=order.order, delivery_note=None, delivered=every)
    await receiving.open(an_act(tenant=tenant), wanted)
    before = await _rows(database, tenant)
    one = OpenReceipt(order=order.order, delivery_note=None, delivered=(delivered("2", 500),))
    await receiving.open(an_act(tenant=tenant), one)
    after = await _rows(database, tenant)
    assert len(before) == 1000
    assert {line for line in after if after[line] != before[line]} == {500}


async def _rows(database: Database, tenant: TenantId) -> dict[int, str]:
    """Which version of each row is the current one."""
    rows = await database.fetch(
        "SELECT t.line, t.ctid::text FROM (SELECT set_config('app.tenant', %(tenant)s, true) OFFSET 0) scope"
        " CROSS JOIN LATERAL (SELECT line, ctid FROM receiving.line_totals OFFSET 0) t",
        {"tenant": str(tenant)},
    )
    return dict(rows)
