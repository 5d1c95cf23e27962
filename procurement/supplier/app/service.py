"""Use cases of the supplier master: fetch, decide, store. The deciding is in the domain."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from procurement.kernel.act import Act, Answer
from procurement.kernel.actor import Actor
from procurement.kernel.clock import Clock, NewId
from procurement.kernel.errors import Blocker, NotFound, VersionMismatch
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import SupplierId, TenantId
from procurement.supplier.app.ports import (
    Decision,
    Shared,
    SupplierQuery,
    Suppliers,
    Warned,
)
from procurement.supplier.domain.lifecycle import Command
from procurement.supplier.domain.record import Declaration, Hold, Scope
from procurement.supplier.domain.supplier import Supplier


@dataclass(frozen=True, slots=True)
class SupplierService:
    suppliers: Suppliers
    clock: Clock
    new_id: NewId

    async def register(self, act: Act, declared: Declaration) -> Answer:
        shared = await self.suppliers.sharing(act, declared.identifiers)
        supplier = Supplier.register(SupplierId(self.new_id()), declared, by=act.actor)
        return await self.suppliers.save(supplier, _warning(act, shared))

    async def revise(self, act: Act, decision: Decision, declared: Declaration) -> Answer:
        shared = await self.suppliers.sharing(act, declared.identifiers)
        others = [entry for entry in shared if entry.supplier != decision.supplier]
        return await self._change(
            _warning(act, others),
            decision,
            lambda supplier, today: supplier.revise(declared, by=act.actor, today=today),
        )

    async def approve(self, act: Act, decision: Decision, risk_score: Decimal) -> Answer:
        found = await self.suppliers.get(act.tenant, decision.supplier)
        return await self._change(
            _warning(act, found.shared),
            decision,
            lambda supplier, today: supplier.approve(risk_score, by=act.actor, today=today),
        )

    async def suspend(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._change(
            act, decision, lambda supplier, today: supplier.suspend(reason, by=act.actor, today=today)
        )

    async def reinstate(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._change(
            act, decision, lambda supplier, today: supplier.reinstate(reason, by=act.actor, today=today)
        )

    async def blacklist(self, act: Act, decision: Decision, reason: str) -> Answer:
        return await self._change(
            act, decision, lambda supplier, today: supplier.blacklist(reason, by=act.actor, today=today)
        )

    async def place_hold(self, act: Act, decision: Decision, hold: Hold) -> Answer:
        return await self._change(
            act, decision, lambda supplier, today: supplier.place_hold(hold, by=act.actor, today=today)
        )

    async def release_hold(self, act: Act, decision: Decision, scope: Scope, reason: str) -> Answer:
        return await self._change(
            act,
            decision,
            lambda supplier, today: supplier.release_hold(scope, reason, by=act.actor, today=today),
        )

    async def get(self, tenant: TenantId, supplier: SupplierId) -> Warned:
        return await self.suppliers.get(tenant, supplier)

    async def page(self, tenant: TenantId, query: SupplierQuery) -> Sequence[Supplier]:
        return await self.suppliers.page(tenant, query)

    async def history(self, tenant: TenantId, supplier: SupplierId) -> Sequence[HistoryEntry]:
        entries = await self.suppliers.history(tenant, supplier)
        if not entries:
            raise NotFound("there is no such supplier")
        return entries

    async def actions(
        self, tenant: TenantId, by: Actor, supplier: SupplierId
    ) -> tuple[Supplier, Mapping[Command, tuple[Blocker, ...]]]:
        found = (await self.suppliers.get(tenant, supplier)).supplier
        return found, found.actions(by, self.clock().date())

    async def _change(self, act: Act, decision: Decision, decide: Callable[[Supplier, date], None]) -> Answer:
        supplier = await self.suppliers.for_change(act, decision.supplier)
        if supplier.version != decision.expected_version:
            raise VersionMismatch(decision.expected_version, supplier.version)
        decide(supplier, act.at.date())
        return await self.suppliers.save(supplier, act)


def _warning(act: Act, shared: Sequence[Shared]) -> Act:
    return replace(act, answer=lambda supplier: act.answer(Warned(supplier, shared)))
