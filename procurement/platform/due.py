"""Jobs that do what falls due with time, for all tenants: each case once, however many workers are at it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import structlog

from procurement.kernel.act import Act, Answer, Answered, CommandId
from procurement.kernel.actor import Actor
from procurement.kernel.clock import Clock, NewId
from procurement.kernel.errors import Failure, Refusal
from procurement.kernel.ids import TenantId

_log = structlog.get_logger()

I = TypeVar("I", bound=UUID)  # noqa: E741 - an identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Due(Generic[I]):
    job: str
    """Its name, in the log and in the commands that it gives."""
    overdue: Callable[[datetime], Awaitable[Sequence[tuple[TenantId, I]]]]
    settle: Callable[[Act, I], Awaitable[None]]
    """Refuses what is not due any more."""
    actor: Actor
    clock: Clock
    new_id: NewId
    every: float = 60.0
    """Seconds."""

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.round()
            except Failure as trouble:  # the next round will do
                _log.warning("due.failed", job=self.job, error=str(trouble))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self.every)

    async def round(self) -> int:
        """How many cases were settled."""
        now, settled = self.clock(), 0
        for tenant, case in await self.overdue(now):
            settled += await self._settled(tenant, case, now)
        return settled

    async def _settled(self, tenant: TenantId, case: I, now: datetime) -> bool:
        try:
            await self.settle(self._act(tenant, case, now), case)
        except Answered:
            return False
        except Refusal as refusal:  # settled meanwhile by a person, or by another worker
            _log.info("due.passed", job=self.job, case=str(case), reason=str(refusal))
            return False
        except Failure:
            raise
        except Exception:  # noqa: BLE001 - one that is broken must not keep the others waiting
            _log.exception("due.broken", job=self.job, tenant=str(tenant), case=str(case))
            return False
        return True

    def _act(self, tenant: TenantId, case: I, now: datetime) -> Act:
        return Act(
            tenant=tenant,
            actor=self.actor,
            at=now,
            command=CommandId(self.job, f"{case}:{now.isoformat()}"),
            fingerprint=case.bytes,
            answer=lambda _: Answer(b""),
            correlation_id=self.new_id().hex,
        )
