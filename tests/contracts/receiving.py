"""What every adapter of receiving's out-ports promises. Subclass it and say how to get them.

Expectations are written by hand, never computed by what is under test.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

import pytest

from procurement.kernel.act import Answered, CommandReused
from procurement.kernel.errors import NotFound, RuleBroken, Stale
from procurement.kernel.ids import GoodsReceiptId, OrderId, TenantId
from procurement.platform.http.paging import Cut, Turn
from procurement.platform.uuid7 import uuid7
from procurement.receiving.app.ports import Expectations, GoodsReceipts, Policies, ReceiptQuery, Sort
from procurement.receiving.domain.guards import Facts
from procurement.receiving.domain.lifecycle import State
from procurement.receiving.domain.line import Delivered, Inspected, Quality
from procurement.receiving.domain.receipt import GoodsReceipt
from tests.contracts.walks import after, there_and_back
from tests.unit.receiving.builders import (
    BEN,
    EXACT,
    NOW,
    ORDER,
    SUPPLIER,
    WENDY,
    WILL,
    an_act,
    an_ordered_line,
    delivered,
    news,
)

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Ports:
    receipts: GoodsReceipts
    expectations: Expectations
    policies: Policies

    async def facts(self, tenant: TenantId) -> Facts:
        return Facts(
            expected=await self.expectations.expected(tenant, ORDER),
            policy=await self.policies.current(tenant),
        )

    async def line(self, tenant: TenantId, number: int = 1) -> tuple[object, object]:
        """What is pending and accepted."""
        line = (await self.expectations.expected(tenant, ORDER)).lines[number]
        return line.pending, line.accepted


_ids = count(int(uuid7()))


def an_id() -> GoodsReceiptId:
    """Each sorts after the one before."""
    return GoodsReceiptId(UUID(int=next(_ids)))


def a_tenant() -> TenantId:
    return TenantId(uuid7())


async def an_exact_tenant(ports: Ports) -> TenantId:
    """With one order of 100 m, and no tolerance."""
    tenant = a_tenant()
    await ports.policies.save(EXACT, an_act(tenant=tenant))
    await ports.expectations.note(tenant, news())
    return tenant


async def opened(ports: Ports, tenant: TenantId, *came: Delivered, note: str | None = None) -> GoodsReceipt:
    act = an_act(tenant=tenant)
    receipt = GoodsReceipt.open(
        id=an_id(),
        delivered=came or (delivered(),),
        delivery_note=note,
        by=WILL,
        at=NOW,
        facts=await ports.facts(tenant),
    )
    await ports.receipts.save(receipt, act)
    return receipt


class GoodsReceiptsContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_a_whole_life_comes_back_as_it_was(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        receipt = await opened(ports, tenant, delivered("60", advised="61.5"), note="DN-1")
        assert await ports.line(tenant) == (60, 0)
        found = Inspected(line=1, rejected=Decimal("2.5"), reason="torn", quality=Quality.FAILED)
        receipt.verify([found], by=WENDY, facts=await ports.facts(tenant))
        await ports.receipts.save(receipt, an_act(WENDY, tenant=tenant))
        assert await ports.line(tenant) == (Decimal("57.5"), 0)
        receipt.assign(2, "ben.buyer", by=BEN, facts=await ports.facts(tenant))
        await ports.receipts.save(receipt, an_act(BEN, tenant=tenant))
        receipt.resolve("keep it", by=BEN, facts=await ports.facts(tenant))
        await ports.receipts.save(receipt, an_act(BEN, tenant=tenant))
        assert await ports.line(tenant) == (0, Decimal("57.5"))
        receipt.send_back("rust", {1: Decimal("7.5")}, by=WILL, facts=await ports.facts(tenant))
        await ports.receipts.save(receipt, an_act(tenant=tenant))
        assert await ports.line(tenant) == (0, 50)
        again = await ports.receipts.get(tenant, receipt.id)
        assert (again.state, again.version, again.delivery_note) == (State.VERIFIED, 5, "DN-1")
        assert (again.lines, again.discrepancies) == (receipt.lines, receipt.discrepancies)
        assert [(d.kind, d.quantity, d.owner) for d in again.discrepancies] == [
            ("quantity-rejected", Decimal("2.5"), None),
            ("quality-failed", Decimal(60), "ben.buyer"),
            ("delivery-note-differs", Decimal("-1.5"), None),
        ]
        assert again.receivers == {"will.warehouse", "wendy.warehouse"}
        assert (again.supplier, again.order, again.created_at) == (SUPPLIER, ORDER, NOW)

    @pytest.mark.parametrize("state", [State.OPEN, State.VERIFIED, State.DISCREPANT])
    async def test_a_reversed_receipt_takes_up_nothing(self, ports: Ports, state: State) -> None:
        tenant = await an_exact_tenant(ports)
        receipt = await opened(ports, tenant)
        if state is not State.OPEN:
            rejected = Decimal(1 if state is State.DISCREPANT else 0)
            found = Inspected(line=1, rejected=rejected, reason="torn")
            receipt.verify([found], by=WENDY, facts=await ports.facts(tenant))
            await ports.receipts.save(receipt, an_act(tenant=tenant))
        assert receipt.state is state
        receipt.reverse("miscount", by=WILL, facts=await ports.facts(tenant))
        await ports.receipts.save(receipt, an_act(tenant=tenant))
        assert await ports.line(tenant) == (0, 0)

    async def test_the_limit_holds_when_the_decision_was_made_on_old_news(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        old = await ports.facts(tenant)
        await opened(ports, tenant, delivered("60"))
        late = GoodsReceipt.open(
            id=an_id(),
            delivered=[delivered("40.000001")],
            delivery_note=None,
            by=WILL,
            at=NOW,
            facts=old,
        )
        act = an_act(tenant=tenant)
        with pytest.raises(RuleBroken) as refused:
            await ports.receipts.save(late, act)
        (blocker,) = refused.value.blockers
        assert (blocker.code, blocker.pointer) == ("over-receipt", "/lines/0/received")
        assert "leave room for 40; 40.000001 is 0.000001 too much" in blocker.detail
        assert await ports.line(tenant) == (60, 0)
        await ports.receipts.opening(act, ORDER, [1])  # the refused command left no trace

    async def test_what_sank_below_what_is_here_holds_nothing_back_but_more(self, ports: Ports) -> None:
        """Closed short elsewhere while the goods were being received: they stay, and no more may come."""
        tenant = await an_exact_tenant(ports)
        old = await ports.facts(tenant)
        receipt = await opened(ports, tenant, delivered("60"))
        await ports.expectations.note(tenant, news(5, "Issued", lines=(), released=((1, Decimal(50)),)))
        receipt.verify([], by=WENDY, facts=await ports.facts(tenant))
        await ports.receipts.save(receipt, an_act(tenant=tenant))
        assert await ports.line(tenant) == (0, 60)
        receipt.send_back("rust", {1: Decimal(20)}, by=WILL, facts=await ports.facts(tenant))
        await ports.receipts.save(receipt, an_act(tenant=tenant))
        assert await ports.line(tenant) == (0, 40)
        late = GoodsReceipt.open(
            id=an_id(), delivered=[delivered("11")], delivery_note=None, by=WILL, at=NOW,
            facts=old,
        )  # fmt: skip
        with pytest.raises(RuleBroken, match="leave room for 10; 11 is 1 too much"):
            await ports.receipts.save(late, an_act(tenant=tenant))

    async def test_a_delivery_note_is_received_once_but_for_mistakes(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        first = await opened(ports, tenant, delivered("10"), note="DN-1")
        with pytest.raises(RuleBroken) as refused:
            await opened(ports, tenant, delivered("10"), note="DN-1")
        assert [b.code for b in refused.value.blockers] == ["delivery-note-received"]
        assert await ports.line(tenant) == (10, 0)
        first.reverse("miscount", by=WILL, facts=await ports.facts(tenant))
        await ports.receipts.save(first, an_act(tenant=tenant))
        await opened(ports, tenant, delivered("11"), note="DN-1")
        await opened(ports, tenant, delivered("1"))
        await opened(ports, tenant, delivered("1"))
        assert await ports.line(tenant) == (13, 0)

    async def test_a_receipt_of_several_lines_counts_on_each_in_whatever_order(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        lines = tuple(an_ordered_line(n, "5") for n in (1, 2, 3))
        other = OrderId(uuid7())
        await ports.expectations.note(tenant, news(order=other, lines=lines))
        expected = await ports.expectations.expected(tenant, other, [3, 1])
        assert sorted(expected.lines) == [1, 3]
        receipt = GoodsReceipt.open(
            id=an_id(), delivered=[delivered("4", 3), delivered("2", 1)], delivery_note=None,
            by=WILL, at=NOW, facts=Facts(expected=expected, policy=EXACT),
        )  # fmt: skip
        await ports.receipts.save(receipt, an_act(tenant=tenant))
        found = await ports.expectations.expected(tenant, other)
        assert {n: line.pending for n, line in found.lines.items()} == {1: 2, 2: 0, 3: 4}

    async def test_an_unknown_receipt_is_not_found(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        theirs = await opened(ports, tenant)
        for wanted in (an_id(), theirs.id):
            with pytest.raises(NotFound):
                await ports.receipts.get(a_tenant(), wanted)
            with pytest.raises(NotFound):
                await ports.receipts.for_change(an_act(tenant=a_tenant()), wanted)
        assert await ports.receipts.history(a_tenant(), theirs.id) == []

    async def test_the_second_of_two_racing_saves_is_stale_and_leaves_nothing(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        receipt = await opened(ports, tenant)
        mine, theirs = [await ports.receipts.get(tenant, receipt.id) for _ in range(2)]
        mine.verify([], by=WENDY, facts=await ports.facts(tenant))
        await ports.receipts.save(mine, an_act(tenant=tenant))
        theirs.reverse("miscount", by=WILL, facts=await ports.facts(tenant))
        with pytest.raises(Stale):
            await ports.receipts.save(theirs, an_act(tenant=tenant))
        assert [e.action for e in await ports.receipts.history(tenant, receipt.id)] == ["open", "verify"]
        assert await ports.line(tenant) == (0, 60)

    async def test_a_repeated_command_gets_the_first_answer(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        receipt, act = await opened(ports, tenant), an_act(tenant=tenant)
        receipt.verify([], by=WENDY, facts=await ports.facts(tenant))
        answer = await ports.receipts.save(receipt, act)
        for ask in (ports.receipts.for_change(act, receipt.id), ports.receipts.opening(act, ORDER, [1])):
            with pytest.raises(Answered) as again:
                await ask
            assert again.value.answer == answer == b"version 2"
        with pytest.raises(CommandReused):
            await ports.receipts.for_change(replace(act, fingerprint=b"another question"), receipt.id)

    async def test_lists_are_filtered_sorted_and_paged(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        made = [await opened(ports, tenant, delivered("1"), note=f"DN-{n}") for n in range(5)]
        made[2].reverse("miscount", by=WILL, facts=await ports.facts(tenant))
        await ports.receipts.save(made[2], an_act(tenant=tenant))
        ids = [receipt.id for receipt in made]

        async def found(**query: object) -> list[GoodsReceiptId]:
            return [r.id for r in await ports.receipts.page(tenant, ReceiptQuery(**query))]  # type: ignore[arg-type]

        assert await found() == ids[::-1]
        assert await found(sort=Sort.CREATED, limit=2) == ids[:2]
        assert await found(sort=Sort.CREATED, after=(NOW.isoformat(), ids[1])) == ids[2:]
        assert await found(after=(NOW.isoformat(), ids[1])) == [ids[0]]
        assert await found(states=(State.REVERSED,)) == [ids[2]]
        assert await found(delivery_note="DN-3") == [ids[3]]
        assert len(await found(order=ORDER, supplier=SUPPLIER, opened_by="will.warehouse")) == 5
        assert await found(order=OrderId(uuid7())) == await found(opened_by="nobody") == []
        assert await found(created_from=NOW + timedelta(seconds=1)) == await found(created_to=NOW) == []
        assert await ports.receipts.page(a_tenant(), ReceiptQuery()) == []

    @pytest.mark.parametrize(("sort", "step"), [(Sort.CREATED, 1), (Sort.CREATED_DESC, -1)])
    async def test_pages_lead_on_and_back_again(self, ports: Ports, sort: Sort, step: int) -> None:
        tenant = await an_exact_tenant(ports)
        made = [await opened(ports, tenant, delivered("1"), note=f"DN-{n}") for n in range(5)]

        async def read(turn: Turn) -> Cut[GoodsReceiptId]:
            query = ReceiptQuery(sort=turn.order(sort), after=after(turn), limit=turn.limit)
            found = [receipt.id for receipt in await ports.receipts.page(tenant, query)]
            return turn.cut(found, lambda receipt: (NOW.isoformat(), str(receipt)))

        assert await there_and_back(read, 2) == [receipt.id for receipt in made][::step]
