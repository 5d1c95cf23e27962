"""Invoices: what came in, what it was matched with, the list, the history."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import LiteralString

from procurement.invoicing.adapters.outbound.events import AGGREGATE_TYPE
from procurement.invoicing.adapters.outbound.postgres.corrections import (
    CORRECTED,
    corrected_from,
    correcting,
)
from procurement.invoicing.adapters.outbound.postgres.listing import page_statement, summary_from
from procurement.invoicing.adapters.outbound.postgres.openings import (
    CANDIDATES,
    OPENING,
    alike,
    asked_for,
    candidates_from,
)
from procurement.invoicing.adapters.outbound.postgres.orders import billable_from
from procurement.invoicing.adapters.outbound.postgres.saving import NUMBER_TAKEN, SAVE, SHARED_LIMITS
from procurement.invoicing.adapters.outbound.postgres.stored import (
    COLUMNS,
    claims_of,
    header_of,
    invoice_from,
    original_of,
)
from procurement.invoicing.adapters.outbound.postgres.waiting import TO_MATCH
from procurement.invoicing.app.ports import InvoiceQuery, InvoiceSummary, Opening, Registration, ToMatch
from procurement.invoicing.domain.duplicates import explained
from procurement.invoicing.domain.invoice import Invoice
from procurement.invoicing.domain.ordered import Corrected, OrderUnknown
from procurement.invoicing.domain.original import Original
from procurement.kernel.act import Act, Answer
from procurement.kernel.aggregate import DomainEvent
from procurement.kernel.errors import NotFound, RuleBroken, Stale
from procurement.kernel.history import HistoryEntry
from procurement.kernel.ids import InvoiceId, OrderId, TenantId, id_text
from procurement.platform.outbox import Fact
from procurement.platform.postgres.audit import history_of
from procurement.platform.postgres.database import Statements, scoped
from procurement.platform.postgres.record import RECORD_CONSTRAINTS, SEEN, named, recorded, seen

_FROM: LiteralString = (
    "FROM invoicing.invoices i"
    " JOIN invoicing.originals d ON d.tenant_id = i.tenant_id AND d.invoice_id = i.id"
)
_THIS: LiteralString = "WHERE i.tenant_id = scope.tenant_id AND i.id = %(id)s"

GET = scoped(f"SELECT {COLUMNS} {_FROM} {_THIS}")

FOR_CHANGE = scoped(f"SELECT seen.fingerprint, seen.answer, {COLUMNS} {_FROM} {SEEN} {_THIS}")

ORIGINAL = scoped(f"SELECT i.media_type, i.sha256, i.size, d.content {_FROM} {_THIS}")


class _LimitCrossed(Exception):
    """Other documents took the room meanwhile."""


class _NumberTaken(Exception):
    """The same number was registered meanwhile."""


_CONSTRAINTS = {
    **RECORD_CONSTRAINTS,
    **dict.fromkeys(SHARED_LIMITS, _LimitCrossed),
    NUMBER_TAKEN: _NumberTaken,
}


class PostgresInvoices:
    def __init__(self, statements: Statements, encode: Callable[[Invoice, DomainEvent, Act], Fact]) -> None:
        self._statements, self._encode = statements, encode

    async def opening(self, act: Act, registration: Registration) -> Opening:
        parameters = {**named(act), **asked_for(registration)}
        ((fingerprint, answer, candidates, *order),) = await self._statements.fetch(OPENING, parameters)
        seen(act, fingerprint, answer)
        if registration.order and order[0] is None:
            raise OrderUnknown(
                f"invoicing has not heard of order {id_text('po', registration.order)}: check the id, or ask"
                " again shortly"
            )
        return Opening(
            order=None if order[0] is None else billable_from(tuple(order)),
            candidates=candidates_from(candidates),
        )

    async def for_change(self, act: Act, invoice: InvoiceId) -> Invoice:
        rows = await self._statements.fetch(FOR_CHANGE, {**named(act), "id": invoice})
        if not rows:
            raise _nothing(invoice)
        fingerprint, answer, *stored = rows[0]
        seen(act, fingerprint, answer)
        return invoice_from(tuple(stored))

    async def get(self, tenant: TenantId, invoice: InvoiceId) -> Invoice:
        rows = await self._statements.fetch(GET, {"tenant": str(tenant), "id": invoice})
        if not rows:
            raise _nothing(invoice)
        return invoice_from(rows[0])

    async def original(self, tenant: TenantId, invoice: InvoiceId) -> tuple[Original, bytes]:
        rows = await self._statements.fetch(ORIGINAL, {"tenant": str(tenant), "id": invoice})
        if not rows:
            raise _nothing(invoice)
        media_type, sha256, size, content = rows[0]
        return Original(media_type=media_type, sha256=sha256, size=size), content

    async def corrected(self, tenant: TenantId, invoice: Invoice) -> Corrected | None:
        rows = await self._statements.fetch(CORRECTED, correcting(tenant, invoice))
        return corrected_from(rows[0]) if rows else None

    async def save(self, invoice: Invoice, act: Act, content: bytes | None = None) -> Answer:
        with invoice.saving() as event:
            fact = self._encode(invoice, event, act)
            expected, invoice.version = invoice.version, fact.version
            answer = act.answer(invoice)
            parameters = recorded(act, answer, AGGREGATE_TYPE, invoice.id, fact) | header_of(invoice)
            parameters |= original_of(invoice, content)
            parameters |= {"expected": expected, "claims": claims_of(invoice)}
            try:
                saved = await self._statements.write(SAVE, parameters, _CONSTRAINTS)
            except _LimitCrossed:
                raise Stale("other documents came first") from None
            except _NumberTaken:
                raise await self._why(invoice, act) from None
            if not saved:
                raise Stale(f"invoice {id_text('inv', invoice.id)} was changed by somebody else meanwhile")
        return answer

    async def _why(self, invoice: Invoice, act: Act) -> RuleBroken | Stale:
        """Which one it was; where that is gone again, it is worth another try. Raise Answered when it was
        this very command, sent twice at once."""
        document, sha256 = invoice.document, invoice.original.sha256
        asked = {**named(act), **alike(document, sha256, invoice.supplier)}
        ((fingerprint, answer, candidates),) = await self._statements.fetch(CANDIDATES, asked)
        seen(act, fingerprint, answer)
        others = [each for each in candidates_from(candidates) if each.invoice != invoice.id]
        blocking = [possible for possible in explained(document, sha256, others) if possible.blocks]
        if not blocking:  # or it is its own: Postgres took the invoice that two change at once for a new one
            return Stale("another invoice with its number came and went meanwhile")
        return RuleBroken(*(possible.blocker for possible in blocking))

    async def page(self, tenant: TenantId, query: InvoiceQuery) -> Sequence[InvoiceSummary]:
        statement, parameters = page_statement(query)
        rows = await self._statements.fetch(statement, {"tenant": str(tenant), **parameters})
        return [summary_from(row) for row in rows]

    async def history(self, tenant: TenantId, invoice: InvoiceId) -> Sequence[HistoryEntry]:
        return await history_of(self._statements, tenant, invoice)

    async def to_match(self, tenant: TenantId, *orders: OrderId) -> ToMatch:
        found = defaultdict[OrderId, list[InvoiceId]](list)
        asked = {"tenant": str(tenant), "orders": " ".join(map(str, orders))}
        for order, invoice in await self._statements.fetch(TO_MATCH, asked):
            found[order].append(InvoiceId(invoice))
        return found


def _nothing(invoice: InvoiceId) -> NotFound:
    return NotFound(f"there is no invoice {id_text('inv', invoice)}")
