"""The job that disputes what was not matched in time."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from procurement.invoicing.app.ports import Invoicing
from procurement.invoicing.domain.invoice import SYSTEM
from procurement.kernel.act import Act, Answer, Answered, CommandId
from procurement.kernel.clock import Clock, NewId
from procurement.kernel.errors import Failure, Refusal
from procurement.kernel.ids import InvoiceId, TenantId

_log = structlog.get_logger()

JOB = "invoicing.deadlines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    invoicing: Invoicing
    clock: Clock
    new_id: NewId
    every: float = 60.0
    """Seconds."""

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.round()
            except Failure as trouble:  # the next round will do
                _log.warning("deadlines.failed", error=str(trouble))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self.every)

    async def round(self) -> int:
        """How many invoices ran out of time. Several workers may be at it: each invoice is disputed once."""
        now, disputed = self.clock(), 0
        for tenant, invoice in await self.invoicing.overdue(now):
            disputed += await self._time_out(tenant, invoice, now)
        return disputed

    async def _time_out(self, tenant: TenantId, invoice: InvoiceId, now: datetime) -> bool:
        try:
            await self.invoicing.time_out(_act(tenant, invoice, now, self.new_id()), invoice)
        except Answered:
            return False
        except Refusal as refusal:  # matched meanwhile, or another worker came first
            _log.info("deadlines.passed", invoice=str(invoice), reason=str(refusal))
            return False
        return True


def _act(tenant: TenantId, invoice: InvoiceId, now: datetime, correlation: UUID) -> Act:
    return Act(
        tenant=tenant,
        actor=SYSTEM,
        at=now,
        command=CommandId(JOB, f"{invoice}:{now.isoformat()}"),
        fingerprint=invoice.bytes,
        answer=lambda _: Answer(b""),
        correlation_id=correlation.hex,
    )
