"""Use cases of receiving: fetch, decide, store. The deciding is in the domain."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal

from procurement.kernel.act import Act, Answer, Answered, CommandId
from procurement.kernel.actor import Actor
from procurement.kernel.clock import NewId
from procurement.kernel.errors import Blocker, NotFound, RuleBroken, VersionMismatch
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import GoodsReceiptId, OrderId, TenantId, id_text
from procurement.receiving.app.ports import (
    Decision,
    Expectations,
    GoodsReceipts,
    OpenReceipt,
    Policies,
    ReceiptQuery,
    ReceiptSummary,
)
from procurement.receiving.domain.expectation import BillingNews, ExpectedOrder, OrderNews
from procurement.receiving.domain.guards import Facts
from procurement.receiving.domain.lifecycle import Command
from procurement.receiving.domain.line import Inspected
from procurement.receiving.domain.policy import ReceivingPolicy
from procurement.receiving.domain.receipt import GoodsReceipt


@dataclass(frozen=True, slots=True)
class ReceivingService:
    receipts: GoodsReceipts
    expectations: Expectations
    policies: Policies
    new_id: NewId

    async def open(self, act: Act, command: OpenReceipt) -> Answer:
        asked = {item.line for item in command.delivered}
        expected = await self.receipts.opening(act, command.order, asked)
        receipt = GoodsReceipt.open(
            id=GoodsReceiptId(self.new_id()),
            delivered=command.delivered,
            delivery_note=command.delivery_note,
            by=act.actor,
            at=act.at,
            facts=Facts(expected=expected, policy=await self.policies.current(act.tenant)),
        )
        return await self.receipts.save(receipt, act)

    async def verify(self, act: Act, decision: Decision, inspected: Sequence[Inspected]) -> Answer:
        return await self._change(
            act, decision, lambda r, facts: r.verify(inspected, by=act.actor, facts=facts)
        )

    async def assign(self, act: Act, decision: Decision, discrepancy: int, owner: str) -> Answer:
        return await self._change(
            act, decision, lambda r, facts: r.assign(discrepancy, owner, by=act.actor, facts=facts)
        )

    async def resolve(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._change(
            act, decision, lambda r, facts: r.resolve(reason, by=act.actor, facts=facts)
        )

    async def reject(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._change(act, decision, lambda r, facts: r.reject(reason, by=act.actor, facts=facts))

    async def reverse(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._change(
            act, decision, lambda r, facts: r.reverse(reason, by=act.actor, facts=facts)
        )

    async def send_back(
        self, act: Act, decision: Decision, reason: str, quantities: Mapping[int, Decimal]
    ) -> Answer:
        return await self._change(
            act, decision, lambda r, facts: r.send_back(reason, quantities, by=act.actor, facts=facts)
        )

    async def close(self, act: Act, decision: Decision) -> Answer:
        return await self._change(act, decision, lambda r, facts: r.close(by=act.actor, facts=facts))

    async def get(self, tenant: TenantId, receipt: GoodsReceiptId) -> GoodsReceipt:
        return await self.receipts.get(tenant, receipt)

    async def page(self, tenant: TenantId, query: ReceiptQuery) -> Sequence[ReceiptSummary]:
        return await self.receipts.page(tenant, query)

    async def history(self, tenant: TenantId, receipt: GoodsReceiptId) -> Sequence[HistoryEntry]:
        entries = await self.receipts.history(tenant, receipt)
        if not entries:
            raise NotFound(f"there is no receipt {id_text('grn', receipt)}")
        return entries

    async def actions(
        self, tenant: TenantId, by: Actor, receipt: GoodsReceiptId
    ) -> tuple[GoodsReceipt, Mapping[Command, tuple[Blocker, ...]]]:
        found = await self.receipts.get(tenant, receipt)
        return found, found.actions(by, await self._facts(tenant, found))

    async def expected(self, tenant: TenantId, order: OrderId) -> tuple[ExpectedOrder, ReceivingPolicy]:
        return await self.expectations.expected(tenant, order), await self.policies.current(tenant)

    async def policy(self, tenant: TenantId) -> ReceivingPolicy:
        return await self.policies.current(tenant)

    async def decide_policy(self, act: Act, expected_version: int, policy: ReceivingPolicy) -> Answer:
        current = await self.policies.for_change(act)
        if current.version != expected_version:
            raise VersionMismatch(expected_version, current.version)
        return await self.policies.save(replace(policy, version=current.version + 1), act)

    async def note_order(self, tenant: TenantId, *news: OrderNews) -> None:
        await self.expectations.note(tenant, *news)

    async def note_billing(self, act: Act, news: BillingNews) -> None:
        await self.expectations.note_billing(act.tenant, news)
        await self.close_billed(act, news.order)

    async def close_billed(self, act: Act, order: OrderId) -> None:
        """Each receipt under a command name of its own: a crash in between is made good by the redelivery."""
        for receipt in await self.receipts.billed(act.tenant, order):
            own = replace(act, command=CommandId(act.command.scope, f"{act.command.key}:{receipt}"))
            with suppress(Answered, RuleBroken):  # done before, or the receipt has moved on
                await self.close(own, Decision(receipt=receipt, expected_version=None))

    async def _change(
        self, act: Act, decision: Decision, decide: Callable[[GoodsReceipt, Facts], None]
    ) -> Answer:
        receipt = await self.receipts.for_change(act, decision.receipt)
        if decision.expected_version not in {None, receipt.version}:
            raise VersionMismatch(decision.expected_version or 0, receipt.version)
        decide(receipt, await self._facts(act.tenant, receipt))
        return await self.receipts.save(receipt, act)

    async def _facts(self, tenant: TenantId, receipt: GoodsReceipt) -> Facts:
        lines = {line.line for line in receipt.lines}
        return Facts(
            expected=await self.expectations.expected(tenant, receipt.order, lines),
            policy=await self.policies.current(tenant),
        )
