"""Use cases of invoicing: fetch, decide, store. The deciding is in the domain."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from procurement.invoicing.app.ports import (
    Correction,
    Deadlines,
    Decision,
    InvoiceQuery,
    Invoices,
    InvoiceSummary,
    Orders,
    Policies,
    Registration,
    ToMatch,
)
from procurement.invoicing.domain import content
from procurement.invoicing.domain.duplicates import explained
from procurement.invoicing.domain.findings import findings
from procurement.invoicing.domain.guards import Facts
from procurement.invoicing.domain.invoice import Invoice
from procurement.invoicing.domain.lifecycle import Command
from procurement.invoicing.domain.ordered import BillableOrder, OrderNews, OrderUnknown, ReceiptNews
from procurement.invoicing.domain.original import Original
from procurement.invoicing.domain.policy import DEFAULT_POLICY, InvoicingPolicy
from procurement.kernel.act import Act, Answer
from procurement.kernel.actor import Actor
from procurement.kernel.clock import NewId
from procurement.kernel.errors import Blocker, NotFound, VersionMismatch
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import InvoiceId, OrderId, TenantId, id_text


@dataclass(frozen=True, slots=True)
class InvoicingService:
    invoices: Invoices
    orders: Orders
    policies: Policies
    deadlines: Deadlines
    new_id: NewId

    async def register(self, act: Act, registration: Registration) -> Answer:
        opening = await self.invoices.opening(act, registration)
        document, original = registration.document, registration.original
        order = content.order_meant(opening.order, registration.order, registration.supplier)
        invoice = Invoice.register(
            id=InvoiceId(self.new_id()),
            supplier=content.supplier_meant(order, registration.supplier),
            document=document,
            original=original,
            findings=findings(document),
            duplicates=explained(document, original.sha256, opening.candidates),
            duplicate_reason=registration.duplicate_reason,
            order=order,
            order_number=order.number if order else document.order_number,
            by=act.actor,
            at=act.at,
        )
        return await self.invoices.save(invoice, act, registration.content)

    async def match(self, act: Act, invoice: InvoiceId) -> None:
        found = await self.invoices.for_change(act, invoice)
        if found.rematch(by=act.actor, facts=await self._facts(act.tenant, found)):
            await self.invoices.save(found, act)

    async def time_out(self, act: Act, invoice: InvoiceId) -> None:
        found = await self.invoices.for_change(act, invoice)
        found.time_out(by=act.actor, at=act.at, facts=await self._facts(act.tenant, found))
        await self.invoices.save(found, act)

    async def assign(self, act: Act, decision: Decision, exception: int, owner: str) -> Answer:
        return await self._change(
            act, decision, lambda i, order: i.assign(exception, owner, by=act.actor, order=order)
        )

    async def release(self, act: Act, decision: Decision, exception: int, reason: str) -> Answer:
        invoice = await self._decided_on(act, decision)
        facts = await self._facts(act.tenant, invoice)
        invoice.release(exception, reason, by=act.actor, facts=facts)
        return await self.invoices.save(invoice, act)

    async def resubmit(self, act: Act, decision: Decision, correction: Correction, reason: str) -> Answer:
        invoice = await self._decided_on(act, decision)
        order = await self._order(act.tenant, invoice)
        if correction.order:
            named = await self.orders.billable(act.tenant, correction.order, None, invoice.id)
            if named is None:
                raise OrderUnknown(
                    f"invoicing has not heard of order {id_text('po', correction.order)}: check the id, or"
                    " ask again shortly"
                )
            order = content.order_meant(named, correction.order, invoice.supplier)
        invoice.resubmit(reason, order, correction.assigned, by=act.actor, at=act.at)
        return await self.invoices.save(invoice, act)

    async def reject(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._change(act, decision, lambda i, order: i.reject(reason, by=act.actor, order=order))

    async def cancel(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._change(act, decision, lambda i, order: i.cancel(reason, by=act.actor, order=order))

    async def get(self, tenant: TenantId, invoice: InvoiceId) -> Invoice:
        return await self.invoices.get(tenant, invoice)

    async def original(self, tenant: TenantId, invoice: InvoiceId) -> tuple[Original, bytes]:
        return await self.invoices.original(tenant, invoice)

    async def page(self, tenant: TenantId, query: InvoiceQuery) -> Sequence[InvoiceSummary]:
        return await self.invoices.page(tenant, query)

    async def history(self, tenant: TenantId, invoice: InvoiceId) -> Sequence[HistoryEntry]:
        entries = await self.invoices.history(tenant, invoice)
        if not entries:
            raise NotFound(f"there is no invoice {id_text('inv', invoice)}")
        return entries

    async def actions(
        self, tenant: TenantId, by: Actor, invoice: InvoiceId
    ) -> tuple[Invoice, Mapping[Command, tuple[Blocker, ...]]]:
        found = await self.invoices.get(tenant, invoice)
        return found, found.actions(by, await self._order(tenant, found))

    async def policy(self, tenant: TenantId) -> InvoicingPolicy:
        return await self.policies.current(tenant)

    async def decide_policy(self, act: Act, expected_version: int, policy: InvoicingPolicy) -> Answer:
        current = await self.policies.for_change(act)
        if current.version != expected_version:
            raise VersionMismatch(expected_version, current.version)
        return await self.policies.save(replace(policy, version=current.version + 1), act)

    async def note_order(self, tenant: TenantId, *news: OrderNews) -> ToMatch:
        await self.orders.note_order(tenant, *news)
        return await self.invoices.to_match(tenant, *{each.order for each in news})

    async def note_receipt(self, tenant: TenantId, *news: ReceiptNews) -> ToMatch:
        await self.orders.note_receipt(tenant, *news)
        return await self.invoices.to_match(tenant, *{each.order for each in news})

    async def of_order(self, tenant: TenantId, order: OrderId) -> Sequence[InvoiceId]:
        return (await self.invoices.to_match(tenant, order)).get(order, ())

    async def overdue(self, at: datetime) -> Sequence[tuple[TenantId, InvoiceId]]:
        return await self.deadlines.overdue(at, DEFAULT_POLICY.days_to_match)

    async def _change(
        self, act: Act, decision: Decision, decide: Callable[[Invoice, BillableOrder | None], None]
    ) -> Answer:
        invoice = await self._decided_on(act, decision)
        decide(invoice, await self._order(act.tenant, invoice))
        return await self.invoices.save(invoice, act)

    async def _decided_on(self, act: Act, decision: Decision) -> Invoice:
        invoice = await self.invoices.for_change(act, decision.invoice)
        if decision.expected_version not in {None, invoice.version}:
            raise VersionMismatch(decision.expected_version or 0, invoice.version)
        return invoice

    async def _facts(self, tenant: TenantId, invoice: Invoice) -> Facts:
        return Facts(
            order=await self._order(tenant, invoice),
            policy=await self.policies.current(tenant),
            corrected=await self.invoices.corrected(tenant, invoice) if invoice.is_credit else None,
        )

    async def _order(self, tenant: TenantId, invoice: Invoice) -> BillableOrder | None:
        """None for another supplier's order, too: a document can state any number."""
        order = await self.orders.billable(tenant, invoice.order, invoice.order_number, invoice.id)
        return order if order and order.supplier == invoice.supplier else None
