"""The supplier context's out-port in memory, with the promises of the Postgres one."""

from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy

from procurement.kernel.act import Act, Answer, Answered, CommandReused
from procurement.kernel.errors import NotFound, Stale
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import SupplierId, TenantId
from procurement.platform.outbox import Fact
from procurement.platform.uuid7 import uuid7
from procurement.supplier.adapters.outbound.events import EncodeSupplier
from procurement.supplier.app.ports import Shared, Sort, SupplierQuery, Warned
from procurement.supplier.domain.identifiers import Identifier
from procurement.supplier.domain.supplier import Supplier
from tests.memory.history import entry_of
from tests.memory.lists import beyond


class MemorySuppliers:
    """Remembers commands that were refused as well, as the transport asks it to."""

    def __init__(self) -> None:
        self._encode = EncodeSupplier(uuid7)
        self._suppliers: dict[TenantId, dict[SupplierId, Supplier]] = defaultdict(dict)
        self._commands: dict[tuple[TenantId, str, str], tuple[bytes, Answer]] = {}
        self._history: dict[tuple[TenantId, SupplierId], list[HistoryEntry]] = defaultdict(list)
        self.facts: list[Fact] = []

    async def sharing(self, act: Act, identifiers: Sequence[Identifier]) -> Sequence[Shared]:
        self._seen(act)
        return self._sharing(act.tenant, identifiers)

    async def for_change(self, act: Act, supplier: SupplierId) -> Supplier:
        found = (await self.get(act.tenant, supplier)).supplier
        self._seen(act)
        return found

    async def get(self, tenant: TenantId, supplier: SupplierId) -> Warned:
        if supplier not in self._suppliers[tenant]:
            raise NotFound("there is no such supplier")
        found = deepcopy(self._suppliers[tenant][supplier])
        shared = self._sharing(tenant, found.declared.identifiers)
        return Warned(found, [entry for entry in shared if entry.supplier != supplier])

    async def save(self, supplier: Supplier, act: Act) -> Answer:
        stored = deepcopy(supplier)
        event = stored.take_event()
        stored.version += 1
        answer = act.answer(stored)
        fact = self._encode(stored, event, act)
        current = self._suppliers[act.tenant].get(supplier.id)
        if (current.version if current else 0) != supplier.version:
            raise Stale("the supplier has moved on")
        self._commands[act.tenant, act.command.scope, act.command.key] = (act.fingerprint, answer)
        self._suppliers[act.tenant][supplier.id] = stored
        self._history[act.tenant, supplier.id].append(entry_of(act, fact))
        self.facts.append(fact)
        supplier.take_event()
        supplier.version = stored.version
        return answer

    async def page(self, tenant: TenantId, query: SupplierQuery) -> Sequence[Supplier]:
        def place(supplier: Supplier) -> tuple[str, SupplierId]:
            by_name = query.sort in {Sort.NAME, Sort.NAME_DESC}
            return supplier.name.casefold() if by_name else "", supplier.id

        every = sorted(self._suppliers[tenant].values(), key=place, reverse=query.sort.startswith("-"))
        found = beyond(every, query.after, lambda supplier: _wanted(query, supplier))
        return deepcopy(found[: query.limit])

    async def history(self, tenant: TenantId, supplier: SupplierId) -> Sequence[HistoryEntry]:
        return list(self._history[tenant, supplier])

    def _sharing(self, tenant: TenantId, identifiers: Sequence[Identifier]) -> list[Shared]:
        return sorted(
            Shared(identifier, supplier.id)
            for supplier in self._suppliers[tenant].values()
            for identifier in supplier.declared.identifiers
            if identifier in identifiers
        )

    async def recall(self, act: Act) -> None:
        self._seen(act)

    async def remember(self, act: Act) -> None:
        self._seen(act)
        self._commands[act.tenant, act.command.scope, act.command.key] = (act.fingerprint, act.answer(None))

    def _seen(self, act: Act) -> None:
        known = self._commands.get((act.tenant, act.command.scope, act.command.key))
        if known is None:
            return
        if known[0] != act.fingerprint:
            raise CommandReused("this key named another command before; choose a new one")
        raise Answered(known[1])


def _wanted(query: SupplierQuery, supplier: Supplier) -> bool:
    return all(
        (
            not query.states or supplier.state in query.states,
            query.name is None or supplier.name.casefold().startswith(query.name.casefold()),
            query.identifier is None or query.identifier in supplier.declared.identifiers,
        )
    )
