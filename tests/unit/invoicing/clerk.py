"""The in-port of invoicing for tests of its API: aggregates in a dict, and no rules but theirs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from procurement.invoicing.app.ports import (
    Correction,
    Decision,
    InvoiceQuery,
    InvoiceSummary,
    Registration,
    ToMatch,
)
from procurement.invoicing.domain.duplicates import Possible
from procurement.invoicing.domain.findings import Finding
from procurement.invoicing.domain.guards import Facts
from procurement.invoicing.domain.invoice import SYSTEM, Invoice
from procurement.invoicing.domain.lifecycle import Command
from procurement.invoicing.domain.ordered import BillableOrder, OrderNews, ReceiptNews
from procurement.invoicing.domain.original import Original
from procurement.invoicing.domain.policy import DEFAULT_POLICY, InvoicingPolicy
from procurement.kernel.act import Act, Answer, Answered, CommandReused
from procurement.kernel.actor import Actor
from procurement.kernel.errors import Blocker, NotFound, VersionMismatch
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import InvoiceId, OrderId, SupplierId, TenantId
from procurement.platform.uuid7 import uuid7

STRANGER = SupplierId(uuid7())


@dataclass
class Clerk:
    order: BillableOrder | None = None
    findings: tuple[Finding, ...] = ()
    duplicates: tuple[Possible, ...] = ()
    invoices: dict[tuple[TenantId, InvoiceId], Invoice] = field(default_factory=dict)
    contents: dict[InvoiceId, bytes] = field(default_factory=dict)
    told: dict[InvoiceId, list[HistoryEntry]] = field(default_factory=dict)
    policies: dict[TenantId, InvoicingPolicy] = field(default_factory=dict)
    commands: dict[tuple[TenantId, str, str], tuple[bytes, Answer]] = field(default_factory=dict)
    registrations: list[Registration] = field(default_factory=list)
    queries: list[InvoiceQuery] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    summaries: Sequence[InvoiceSummary] = ()
    refuse: Exception | None = None

    async def register(self, act: Act, registration: Registration) -> Answer:
        await self.recall(act)
        self.registrations.append(registration)
        if self.refuse:
            raise self.refuse
        order = self.order
        invoice = Invoice.register(
            id=InvoiceId(uuid7()),
            supplier=registration.supplier or (order.supplier if order else STRANGER),
            document=registration.document,
            original=registration.original,
            findings=self.findings,
            duplicates=self.duplicates,
            duplicate_reason=registration.duplicate_reason,
            order=order,
            order_number=order.number if order else registration.document.order_number,
            by=act.actor,
            at=act.at,
        )
        self.contents[invoice.id] = registration.content
        return self._saved(act, invoice)

    async def match(self, act: Act, invoice: InvoiceId) -> None:
        found = self._known(act.tenant, invoice)
        if found.rematch(by=SYSTEM, facts=self._facts(act.tenant)):
            self._saved(act, found)

    async def time_out(self, act: Act, invoice: InvoiceId) -> None:
        raise NotImplementedError

    async def assign(self, act: Act, decision: Decision, exception: int, owner: str) -> Answer:
        return await self._decided(
            act, decision, lambda i: i.assign(exception, owner, by=act.actor, order=self.order)
        )

    async def release(self, act: Act, decision: Decision, exception: int, reason: str) -> Answer:
        facts = self._facts(act.tenant)
        return await self._decided(
            act, decision, lambda i: i.release(exception, reason, by=act.actor, facts=facts)
        )

    async def resubmit(self, act: Act, decision: Decision, correction: Correction, reason: str) -> Answer:
        self.corrections.append(correction)
        return await self._decided(
            act,
            decision,
            lambda i: i.resubmit(reason, self.order, correction.assigned, by=act.actor, at=act.at),
        )

    async def reject(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._decided(act, decision, lambda i: i.reject(reason, by=act.actor, order=self.order))

    async def cancel(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._decided(act, decision, lambda i: i.cancel(reason, by=act.actor, order=self.order))

    async def get(self, tenant: TenantId, invoice: InvoiceId) -> Invoice:
        return self._known(tenant, invoice)

    async def original(self, tenant: TenantId, invoice: InvoiceId) -> tuple[Original, bytes]:
        return self._known(tenant, invoice).original, self.contents[invoice]

    async def page(self, tenant: TenantId, query: InvoiceQuery) -> Sequence[InvoiceSummary]:
        self.queries.append(query)
        return self.summaries[: query.limit]

    async def history(self, tenant: TenantId, invoice: InvoiceId) -> Sequence[HistoryEntry]:
        return self.told[self._known(tenant, invoice).id]

    async def actions(
        self, tenant: TenantId, by: Actor, invoice: InvoiceId
    ) -> tuple[Invoice, Mapping[Command, tuple[Blocker, ...]]]:
        found = self._known(tenant, invoice)
        return found, found.actions(by, self.order)

    async def policy(self, tenant: TenantId) -> InvoicingPolicy:
        return self.policies.get(tenant, DEFAULT_POLICY)

    async def decide_policy(self, act: Act, expected_version: int, policy: InvoicingPolicy) -> Answer:
        await self.recall(act)
        current = await self.policy(act.tenant)
        if current.version != expected_version:
            raise VersionMismatch(expected_version, current.version)
        decided = self.policies[act.tenant] = replace(policy, version=current.version + 1)
        return self._kept(act, act.answer(decided))

    async def note_order(self, tenant: TenantId, *news: OrderNews) -> ToMatch:
        raise NotImplementedError

    async def note_receipt(self, tenant: TenantId, *news: ReceiptNews) -> ToMatch:
        raise NotImplementedError

    async def of_order(self, tenant: TenantId, order: OrderId) -> Sequence[InvoiceId]:
        raise NotImplementedError

    async def overdue(self, at: datetime) -> Sequence[tuple[TenantId, InvoiceId]]:
        raise NotImplementedError

    async def recall(self, act: Act) -> None:
        known = self.commands.get((act.tenant, act.command.scope, act.command.key))
        if known and known[0] != act.fingerprint:
            raise CommandReused("this key named another command before; choose a new one")
        if known:
            raise Answered(known[1])

    async def remember(self, act: Act) -> None:
        await self.recall(act)
        self._kept(act, act.answer(None))

    async def _decided(self, act: Act, decision: Decision, decide: Callable[[Invoice], None]) -> Answer:
        await self.recall(act)
        found = self._known(act.tenant, decision.invoice)
        if decision.expected_version != found.version:
            raise VersionMismatch(decision.expected_version or 0, found.version)
        decide(found)
        return self._saved(act, found)

    def _known(self, tenant: TenantId, invoice: InvoiceId) -> Invoice:
        found = self.invoices.get((tenant, invoice))
        if found is None:
            raise NotFound(f"there is no invoice inv_{invoice}")
        return found

    def _facts(self, tenant: TenantId) -> Facts:
        return Facts(order=self.order, policy=self.policies.get(tenant, DEFAULT_POLICY))

    def _saved(self, act: Act, invoice: Invoice) -> Answer:
        event = invoice.take_event()
        invoice.version += 1
        self.invoices[act.tenant, invoice.id] = invoice
        self.told.setdefault(invoice.id, []).append(
            HistoryEntry(
                version=invoice.version,
                action=event.action,
                at=act.at,
                person=act.actor.person,
                on_behalf_of=act.actor.on_behalf_of,
                from_state=getattr(event, "before", None),
                to_state=invoice.state,
                reason=event.reason,
                event_id=str(uuid7()),
                correlation_id=act.correlation_id,
                details=event.details,
            )
        )
        return self._kept(act, act.answer(invoice))

    def _kept(self, act: Act, answer: Answer) -> Answer:
        self.commands[act.tenant, act.command.scope, act.command.key] = (act.fingerprint, answer)
        return answer
