"""Use cases of purchasing: fetch, decide, store. The deciding is in the domain."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from procurement.kernel.act import Act, Answer, Answered, CommandId
from procurement.kernel.actor import Actor
from procurement.kernel.clock import Clock, NewId
from procurement.kernel.errors import Blocker, NotFound, RuleBroken, VersionMismatch
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import InvoiceId, OrderId, SupplierId, TenantId, id_text, parse_id
from procurement.purchasing.app.ports import (
    CreateOrder,
    Deadlines,
    Decision,
    InvoiceNews,
    OrderQuery,
    OrderReports,
    OrderSummary,
    Policies,
    PurchaseOrders,
    ReceiptNews,
    SupplierStandings,
)
from procurement.purchasing.domain.content import Content
from procurement.purchasing.domain.following import next_step
from procurement.purchasing.domain.guards import Facts
from procurement.purchasing.domain.lifecycle import Command
from procurement.purchasing.domain.line import CounterProposal
from procurement.purchasing.domain.order import SYSTEM, PurchaseOrder
from procurement.purchasing.domain.policy import DEFAULT_POLICY, PurchasingPolicy
from procurement.purchasing.domain.standing import SupplierStanding


@dataclass(frozen=True, slots=True)
class PurchasingService:
    orders: PurchaseOrders
    suppliers: SupplierStandings
    reports: OrderReports
    policies: Policies
    deadlines: Deadlines
    clock: Clock
    new_id: NewId

    async def create(self, act: Act, command: CreateOrder) -> Answer:
        opening = await self.orders.open(act, command.supplier)
        order = PurchaseOrder.create(
            id=OrderId(self.new_id()),
            number=opening.number,
            standing=opening.standing,
            content=command.content,
            by=act.actor,
            at=act.at,
        )
        return await self.orders.save(order, act)

    async def revise(self, act: Act, decision: Decision, content: Content) -> Answer:
        return await self._change(
            act, decision, lambda order, facts: order.revise(content, by=act.actor, facts=facts)
        )

    async def submit(self, act: Act, decision: Decision) -> Answer:
        return await self._change(act, decision, lambda order, facts: order.submit(by=act.actor, facts=facts))

    async def approve(self, act: Act, decision: Decision, reason: str | None) -> Answer:
        return await self._change(
            act, decision, lambda order, facts: order.approve(by=act.actor, facts=facts, reason=reason)
        )

    async def reject(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._change(
            act, decision, lambda order, facts: order.reject(reason, by=act.actor, facts=facts)
        )

    async def issue(self, act: Act, decision: Decision) -> Answer:
        return await self._change(act, decision, lambda order, facts: order.issue(by=act.actor, facts=facts))

    async def acknowledge(self, act: Act, decision: Decision, proposals: Sequence[CounterProposal]) -> Answer:
        return await self._change(
            act, decision, lambda order, facts: order.acknowledge(proposals, by=act.actor, facts=facts)
        )

    async def cancel(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._change(
            act, decision, lambda order, facts: order.cancel(reason, by=act.actor, facts=facts)
        )

    async def close_short(
        self, act: Act, decision: Decision, reason: str, release: Mapping[int, Decimal] | None
    ) -> Answer:
        return await self._change(
            act, decision, lambda order, facts: order.close_short(reason, release, by=act.actor, facts=facts)
        )

    async def dispute(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._change(
            act, decision, lambda order, facts: order.open_dispute(reason, by=act.actor, facts=facts)
        )

    async def resolve(self, act: Act, decision: Decision, reason: str, *, cancel: bool) -> Answer:
        return await self._change(
            act,
            decision,
            lambda order, facts: order.resolve(cancel=cancel, reason=reason, by=act.actor, facts=facts),
        )

    async def get(self, tenant: TenantId, by: Actor, order: OrderId) -> PurchaseOrder:
        return _visible(await self.orders.get(tenant, order), by)

    async def page(self, tenant: TenantId, by: Actor, query: OrderQuery) -> Sequence[OrderSummary]:
        if by.speaks_for_supplier:
            query = replace(query, supplier=_own_supplier(by), issued=True)
        return await self.orders.page(tenant, query)

    async def history(self, tenant: TenantId, by: Actor, order: OrderId) -> Sequence[HistoryEntry]:
        await self.get(tenant, by, order)
        return await self.orders.history(tenant, order)

    async def actions(
        self, tenant: TenantId, by: Actor, order: OrderId
    ) -> tuple[PurchaseOrder, Mapping[Command, tuple[Blocker, ...]]]:
        found = await self.get(tenant, by, order)
        facts = await self._facts(tenant, found, self.clock())
        return found, found.actions(by, facts)

    async def policy(self, tenant: TenantId) -> PurchasingPolicy:
        return await self.policies.current(tenant)

    async def decide_policy(self, act: Act, expected_version: int, policy: PurchasingPolicy) -> Answer:
        current = await self.policies.for_change(act)
        if current.version != expected_version:
            raise VersionMismatch(expected_version, current.version)
        return await self.policies.save(replace(policy, version=current.version + 1), act)

    async def note_supplier(self, act: Act, standing: SupplierStanding) -> None:
        """First nothing new is ordered from it, then what is open is disputed, each order under a command
        name of its own: a crash in between is made good by the redelivery."""
        await self.suppliers.note(act.tenant, standing)
        if standing.status == "Blacklisted":
            for order in await self.orders.disputable(act.tenant, standing.supplier):
                await self._dispute_for(act, order, "supplier blacklisted")

    async def note_receipt(self, act: Act, news: ReceiptNews) -> None:
        await self.reports.note_receipt(act.tenant, news)
        await self._follow(act, news.order)

    async def note_invoice(self, act: Act, news: InvoiceNews) -> None:
        """Only the event that disputes an invoice disputes the order, and once: what a person resumed goes
        on. News of a dispute that is settled by now disputes nothing. An order that an invoice was disputed
        on before a clerk said that another one is meant goes on, too."""
        await self.reports.note_invoice(act.tenant, news)
        reported = await self.reports.sums(act.tenant, news.order)
        if news.disputed is not None and news.invoice in reported.disputed:
            await self._dispute_for(act, news.order, news.disputed, news.invoice)
        for order in sorted(reported.left):
            with suppress(Answered, NotFound):
                await self._follow(_within(act, f"left {order}"), order)
        await self._follow(act, news.order, news.settled)

    async def escalate(self, act: Act, order: OrderId) -> None:
        decision = Decision(order=order, expected_version=None)
        await self._change(act, decision, lambda o, facts: o.escalate(by=act.actor, facts=facts))

    async def overdue(self, at: datetime) -> Sequence[tuple[TenantId, OrderId]]:
        return await self.deadlines.overdue(at, DEFAULT_POLICY.days_to_approve)

    async def _follow(self, act: Act, order_id: OrderId, settled: str | None = None) -> None:
        """The order is read before the sums: whoever sums up an older state saves on an older order, and is
        told that it is stale. Each step is a command of its own; a crash between two is made good by the
        redelivery."""
        repeated: Answered | None = None
        try:
            order = await self.orders.for_change(act, order_id)
        except Answered as answered:
            repeated, order = answered, await self.orders.get(act.tenant, order_id)
        reported = await self.reports.sums(act.tenant, order_id)
        own = act if repeated is None else None
        while (step := next_step(order, reported, settled)) is not None:
            command, do = step
            facts = await self._facts(act.tenant, order, act.at)
            if command is Command.RESOLVE and facts.standing.status == "Blacklisted":
                break  # the order would be disputed for that anyway
            do(by=SYSTEM, facts=facts)
            await self.orders.save(order, own or _within(act, command))
            own = None
        if repeated is not None:
            raise repeated

    async def _dispute_for(
        self, act: Act, order: OrderId, reason: str, invoice: InvoiceId | None = None
    ) -> None:
        own = _within(act, str(order))
        decision = Decision(order=order, expected_version=None)
        try:
            await self._change(
                own,
                decision,
                lambda o, facts: o.open_dispute(reason, by=SYSTEM, facts=facts, invoice=invoice),
            )
        except (Answered, RuleBroken):
            return  # done before, or the order has moved on to where there is nothing to dispute

    async def _change(
        self, act: Act, decision: Decision, decide: Callable[[PurchaseOrder, Facts], None]
    ) -> Answer:
        order = _visible(await self.orders.for_change(act, decision.order), act.actor)
        if decision.expected_version not in {None, order.version}:
            raise VersionMismatch(decision.expected_version or 0, order.version)
        decide(order, await self._facts(act.tenant, order, act.at))
        return await self.orders.save(order, act)

    async def _facts(self, tenant: TenantId, order: PurchaseOrder, at: datetime) -> Facts:
        return Facts(
            at=at,
            standing=await self.suppliers.standing(tenant, order.supplier),
            policy=await self.policies.current(tenant),
        )


def _within(act: Act, name: str) -> Act:
    """One of several commands that one event leads to, under a name of its own."""
    return replace(act, command=CommandId(act.command.scope, f"{act.command.key}:{name}"), actor=SYSTEM)


def _own_supplier(by: Actor) -> SupplierId:
    return SupplierId(parse_id("sup", by.supplier or ""))


def _visible(order: PurchaseOrder, by: Actor) -> PurchaseOrder:
    """A supplier's people see what was issued to him, and nothing else."""
    own = order.issued_at is not None and by.supplier == id_text("sup", order.supplier)
    if by.speaks_for_supplier and not own:
        raise NotFound("there is no such order")
    return order
