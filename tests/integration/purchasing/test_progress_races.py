"""Receipts of one order reported at once, from several partitions: none is lost or counted twice."""

import asyncio
from decimal import Decimal

import pytest

from procurement.kernel.act import Answered
from procurement.kernel.errors import Interrupted, Stale
from procurement.kernel.ids import GoodsReceiptId, TenantId
from procurement.platform.postgres.database import Database
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound.events import EncodePurchaseOrder, EncodePurchasingPolicy
from procurement.purchasing.adapters.outbound.postgres import (
    PostgresOrderReports,
    PostgresPolicies,
    PostgresPurchaseOrders,
    PostgresSupplierStandings,
)
from procurement.purchasing.app.ports import Decision, Purchasing, ReceiptNews
from procurement.purchasing.app.service import PurchasingService
from procurement.purchasing.domain.progress import LineReceipts
from tests.contracts.purchasing import Ports, a_saved_order, a_tenant
from tests.unit.purchasing.builders import FINANCE, L1, NOW, SYSTEM, an_act, worth

pytestmark = pytest.mark.anyio


async def told(purchasing: Purchasing, tenant: TenantId, news: ReceiptNews) -> None:
    """As a consumer does it: again until it is done, and then once more."""
    act = an_act(SYSTEM, tenant=tenant, key=f"{news.receipt}:{news.version}")
    for _ in range(2):
        while True:
            try:
                await purchasing.note_receipt(act, news)
            except (Stale, Interrupted):
                continue
            except Answered:
                break
            else:
                break


async def test_forty_receipts_at_once_sum_up(database: Database) -> None:
    ports = Ports(
        PostgresPurchaseOrders(database, EncodePurchaseOrder(uuid7)),
        PostgresSupplierStandings(database),
        PostgresPolicies(database, EncodePurchasingPolicy(uuid7)),
        PostgresOrderReports(database),
    )
    purchasing = PurchasingService(
        ports.orders, ports.suppliers, ports.reports, ports.policies, lambda: NOW, uuid7
    )
    tenant = a_tenant()
    order = (await a_saved_order(ports, tenant, worth("500.00"))).id
    seen = Decision(order=order, expected_version=None)
    await purchasing.submit(an_act(tenant=tenant), seen)
    await purchasing.approve(an_act(L1, tenant=tenant), seen, None)
    await purchasing.issue(an_act(FINANCE, tenant=tenant), seen)
    news = [
        ReceiptNews(
            order=order,
            receipt=GoodsReceiptId(uuid7()),
            version=2,
            lines={1: LineReceipts(Decimal("0.01"), Decimal(1))},
        )
        for _ in range(40)
    ]
    waiting = iter((*news, *news[:10]))

    async def partition() -> None:
        for each in waiting:
            await told(purchasing, tenant, each)

    await asyncio.gather(*(partition() for _ in range(6)))
    found = await ports.orders.get(tenant, order)
    assert found.receipts[1] == LineReceipts(Decimal("0.40"), Decimal(1))
    history = await ports.orders.history(tenant, order)
    assert [entry.version for entry in history] == list(range(1, len(history) + 1))
