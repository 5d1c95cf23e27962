"""What every adapter promises that knows which receipts are billed."""

from decimal import Decimal

import pytest

from procurement.kernel.ids import GoodsReceiptId, InvoiceId, OrderId, TenantId
from procurement.platform.uuid7 import uuid7
from procurement.receiving.domain.expectation import BillingNews
from procurement.receiving.domain.lifecycle import State
from procurement.receiving.domain.line import Delivered
from procurement.receiving.domain.receipt import SYSTEM
from tests.contracts.receiving import Ports, a_tenant, opened
from tests.unit.receiving.builders import EXACT, ORDER, WENDY, WILL, an_act, an_ordered_line, delivered, news

pytestmark = pytest.mark.anyio


async def a_tenant_with_two_lines(ports: Ports) -> TenantId:
    """100 of line 1, 5 of line 2."""
    tenant = a_tenant()
    await ports.policies.save(EXACT, an_act(tenant=tenant))
    await ports.expectations.note(tenant, news(lines=(an_ordered_line(), an_ordered_line(2, "5"))))
    return tenant


async def verified(ports: Ports, tenant: TenantId, *came: Delivered) -> GoodsReceiptId:
    receipt = await opened(ports, tenant, *came)
    receipt.verify([], by=WENDY, facts=await ports.facts(tenant))
    await ports.receipts.save(receipt, an_act(WENDY, tenant=tenant))
    return receipt.id


async def billed(ports: Ports, tenant: TenantId, quantities: dict[int, str]) -> None:
    await ports.expectations.note_billing(
        tenant,
        BillingNews(
            order=ORDER,
            invoice=InvoiceId(uuid7()),
            version=2,
            billed={line: Decimal(quantity) for line, quantity in quantities.items()},
        ),
    )


class BilledReceiptsContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_receipts_are_billed_when_each_of_their_lines_is(self, ports: Ports) -> None:
        tenant = await a_tenant_with_two_lines(ports)
        both = await verified(ports, tenant, delivered("60"), delivered("5", 2))
        one = await verified(ports, tenant, delivered("10"))
        await opened(ports, tenant, delivered("1"))
        assert await ports.receipts.billed(tenant, ORDER) == []
        await billed(ports, tenant, {1: "69.999999", 2: "5"})
        assert await ports.receipts.billed(tenant, ORDER) == []
        await billed(ports, tenant, {1: "0.000001", 2: "-1"})
        assert await ports.receipts.billed(tenant, ORDER) == [one]
        await billed(ports, tenant, {2: "1"})
        assert await ports.receipts.billed(tenant, ORDER) == [both, one]
        assert await ports.receipts.billed(tenant, OrderId(uuid7())) == []
        assert await ports.receipts.billed(a_tenant(), ORDER) == []

    async def test_a_closed_receipt_is_not_asked_for_again(self, ports: Ports) -> None:
        tenant = await a_tenant_with_two_lines(ports)
        receipt = await ports.receipts.get(tenant, await verified(ports, tenant, delivered("60")))
        await billed(ports, tenant, {1: "60"})
        receipt.close(by=SYSTEM, facts=await ports.facts(tenant))
        await ports.receipts.save(receipt, an_act(SYSTEM, tenant=tenant))
        assert (await ports.receipts.get(tenant, receipt.id)).state is State.CLOSED
        assert await ports.receipts.billed(tenant, ORDER) == []

    async def test_what_went_back_need_not_be_billed_but_something_has_to(self, ports: Ports) -> None:
        tenant = await a_tenant_with_two_lines(ports)
        one = await verified(ports, tenant, delivered("60"))
        receipt = await ports.receipts.get(tenant, one)
        await billed(ports, tenant, {1: "50"})
        receipt.send_back("rust", {1: Decimal(10)}, by=WILL, facts=await ports.facts(tenant))
        await ports.receipts.save(receipt, an_act(tenant=tenant))
        assert await ports.receipts.billed(tenant, ORDER) == [one]
        await billed(ports, tenant, {1: "-50"})
        receipt.send_back("rust", {1: Decimal(50)}, by=WILL, facts=await ports.facts(tenant))
        await ports.receipts.save(receipt, an_act(tenant=tenant))
        assert await ports.receipts.billed(tenant, ORDER) == []
