"""Events as writers leave them, and what is left of them, on a real Postgres."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import LiteralString
from uuid import UUID, uuid4

from procurement.platform.bell import Bell
from procurement.platform.delivery import Broker
from procurement.platform.outbox import slot_of
from procurement.platform.postgres.database import SCOPE, Database, Statements
from procurement.platform.postgres.outbox import Patience, PostgresRelayOutbox
from procurement.platform.relay import Relay, RelayOptions, RelayOutbox
from procurement.platform.uuid7 import uuid7
from tests.memory.outbox import CountingMeter

TENANT = UUID("00000000-0000-7000-8000-000000000001")

WRITE: LiteralString = f"""
{SCOPE}, published AS (
  INSERT INTO platform.outbox (recorded_on, tenant_id, id, aggregatetype, aggregateid, aggregate_version,
                               type, topic, headers, payload, occurred_at)
  SELECT %(at)s::timestamptz::date, scope.tenant_id, e.id, 'order', %(aggregate)s, e.version,
         'order.changed.v1', %(topic)s, %(headers)s::json,
         coalesce(%(payload)s, e.version::text::bytea), %(at)s
  FROM scope, unnest(%(ids)s::uuid[], %(versions)s::int[]) WITH ORDINALITY AS e (id, version, n)
  ORDER BY e.n
  RETURNING position, recorded_on, tenant_id, aggregateid
), pending AS (
  INSERT INTO platform.outbox_pending (slot, position, recorded_on, tenant_id, aggregateid)
  SELECT %(slot)s, position, recorded_on, tenant_id, aggregateid FROM published RETURNING 1
)
SELECT count(*) FROM pending
"""  # noqa: S608 - our own constants


async def write(
    statements: Statements,
    aggregate: UUID,
    *versions: int,
    topic: str = "orders",
    payload: bytes | None = None,
    headers: str = "[]",
) -> list[UUID]:
    """The ids of the events."""
    ids = [uuid7() for _ in versions]
    await statements.write(
        WRITE,
        {
            "tenant": str(TENANT),
            "at": datetime.now(UTC),
            "aggregate": aggregate,
            "slot": slot_of(aggregate),
            "versions": list(versions),
            "ids": ids,
            "topic": topic,
            "payload": payload,
            "headers": headers,
        },
    )
    return ids


async def eventually(true: Callable[[], Awaitable[bool]], within: float = 30.0) -> float:
    """How long it took."""
    began = time.monotonic()
    while not await true():
        assert time.monotonic() - began < within, f"not true after {within} s"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


@dataclass
class PostgresStage:
    app: Database
    relay: Database
    lease: float = 1.5
    patience: Patience = field(default_factory=Patience)

    def worker(self) -> RelayOutbox:
        return PostgresRelayOutbox(self.relay, uuid4(), self.lease, self.patience)

    async def write(self, aggregate: UUID, *versions: int) -> None:
        await write(self.app, aggregate, *versions)

    async def pending(self) -> int:
        ((count,),) = await self.relay.fetch("SELECT count(*) FROM platform.outbox_pending", {})
        return int(count)

    async def drained(self) -> bool:
        return await self.pending() == 0

    async def dead(self) -> int:
        ((count,),) = await self.relay.fetch("SELECT count(dead_at) FROM platform.outbox_parked", {})
        return int(count)

    @asynccontextmanager
    async def relaying(
        self, broker: Broker, options: RelayOptions | None = None, bell: Bell | None = None
    ) -> AsyncIterator["Relaying"]:
        meter = CountingMeter()
        relay = Relay(self.worker(), broker, bell or Bell(), meter, options or RelayOptions())
        running = Relaying(meter)
        task = asyncio.create_task(relay.run(running.stop))
        try:
            yield running
        finally:
            running.stop.set()
            await task


@dataclass
class Relaying:
    meter: CountingMeter
    stop: asyncio.Event = field(default_factory=asyncio.Event)
