"""What an operator may do to the outbox by hand: look, replay, skip. Every change says who, when and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import LiteralString
from uuid import UUID

from procurement.kernel.errors import Blocker, Concern, NotFound, RuleBroken
from procurement.platform.outbox import slot_of
from procurement.platform.postgres import operations_sql as sql
from procurement.platform.postgres.database import Database, Parameters, Transaction

_TIMED = 7
_RETRIES = timedelta(minutes=10)
_EVER, _NEVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SlotState:
    slot: int
    pending: int
    owner: str | None
    oldest_seconds: float | None


@dataclass(frozen=True, slots=True)
class ParkedState:
    aggregate: str
    event: str | None
    """The one that is refused, or stands first."""
    type: str | None
    attempts: int
    reason: str
    parked_at: datetime
    retry_at: datetime | None
    dead_at: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Operation:
    at: datetime
    operator: str
    verb: str
    target: str
    reason: str
    events: int


@dataclass(frozen=True, slots=True)
class By:
    operator: str
    reason: str


class NothingThere(NotFound):
    code = "no-such-event"


class NotWaiting(RuleBroken):
    """It was published already, so it can be neither skipped nor hurried."""

    code = "already-published"


class OnItsWay(RuleBroken):
    code = "still-pending"


class OutboxOperations:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def slots(self) -> list[SlotState]:
        return [SlotState(*row) for row in await self._database.fetch(sql.BACKLOG, {})]

    async def parked(self, *, dead: bool | None = None, limit: int = 1000) -> list[ParkedState]:
        rows = await self._database.fetch(sql.PARKED, {"dead": dead, "limit": limit})
        return [ParkedState(*row) for row in rows]

    async def history(self, limit: int = 1000) -> list[Operation]:
        return [Operation(*row) for row in await self._database.fetch(sql.HISTORY, {"limit": limit})]

    async def replay(self, target: UUID, by: By) -> int:
        """An event or an aggregate. What is parked is tried again at once; what was published is published
        again, of an aggregate everything. Return how many events."""
        async with self._database.transaction() as transaction:
            await transaction.fetch(sql.PATIENCE, {})
            events = await self._replay(transaction, target)
            await self._note(transaction, by, "replay", str(target), events)
            return events

    async def _replay(self, transaction: Transaction, target: UUID) -> int:
        if await transaction.fetch(sql.IS_PARKED, {"id": target}):
            return await self._revive(transaction, [target])
        if found := await transaction.fetch(sql.FIND_EVENT, _named(target)):
            ((aggregate, slot),) = found
            if slot is None:
                return await self._again(transaction, sql.THIS_EVENT, _named(target))
            if slot < 0:
                return await self._revive(transaction, [aggregate])
            raise OnItsWay(_blocker("still-pending", f"event {target} is still on its way"))
        if await transaction.fetch(sql.FIND_AGGREGATE, {"id": target}):
            return await self._again(transaction, sql.THIS_AGGREGATE, {"id": target})
        raise NothingThere(f"the outbox has no event and no aggregate {target}")

    async def replay_between(self, since: datetime, until: datetime, by: By) -> int:
        """All events that happened between the two, as replay() does."""
        window = {"since": since, "until": until}
        async with self._database.transaction() as transaction:
            await transaction.fetch(sql.PATIENCE, {})
            parked = [row[0] for row in await transaction.fetch(sql.PARKED_BETWEEN, window)]
            events = await self._revive(transaction, parked)
            events += await self._again(transaction, sql.THIS_WHILE, window)
            target = f"{since.isoformat()} to {until.isoformat()}"
            await self._note(transaction, by, "replay", target, events)
            return events

    async def skip(self, event: UUID, by: By) -> None:
        """Never publish it, and let those behind it go on."""
        async with self._database.transaction() as transaction:
            await transaction.fetch(sql.PATIENCE, {})
            found = await transaction.fetch(sql.FIND_EVENT, _named(event))
            if not found:
                raise NothingThere(f"the outbox has no event {event}; skip takes one event at a time")
            aggregate = found[0][0]
            await transaction.fetch(sql.LOCK, {"slot": slot_of(aggregate)})
            ((gone,),) = await transaction.write(sql.SKIP, _named(event))
            if not gone:
                raise NotWaiting(_blocker("already-published", f"event {event} was published already"))
            await transaction.write(sql.UNPARK, {"aggregate": aggregate})
            await transaction.write(sql.REVIVE, {"aggregates": [aggregate]})
            await self._note(transaction, by, "skip", str(event), 1)

    async def _revive(self, transaction: Transaction, aggregates: Sequence[UUID]) -> int:
        for slot in sorted({slot_of(aggregate) for aggregate in aggregates}):
            await transaction.fetch(sql.LOCK, {"slot": slot})
        ((events,),) = await transaction.write(sql.REVIVE, {"aggregates": list(aggregates)})
        return int(events)

    async def _again(self, transaction: Transaction, which: LiteralString, named: Parameters) -> int:
        """In pages, because the slot of an aggregate is ours to reckon."""
        events, after = 0, 0
        while rows := await transaction.fetch(sql.published(which), {**named, "after": after}):
            positions, days, tenants, aggregates = map(list, zip(*rows, strict=True))
            after = positions[-1]
            columns = {"positions": positions, "days": days, "tenants": tenants, "aggregates": aggregates}
            slots = [slot_of(aggregate) for aggregate in aggregates]
            ((inserted,),) = await transaction.write(sql.AGAIN, {**columns, "slots": slots})
            events += inserted
        return events

    async def _note(self, transaction: Transaction, by: By, verb: str, target: str, events: int) -> None:
        what = {"verb": verb, "target": target, "events": events}
        await transaction.write(sql.NOTE, {"operator": by.operator, "reason": by.reason, **what})


def _named(event: UUID) -> Parameters:
    """A UUIDv7 says when it was made, and that was when the event happened, give or take some retries."""
    if event.version != _TIMED:
        return {"id": event, "since": _EVER, "until": _NEVER}
    made = datetime.fromtimestamp((event.int >> 80) / 1000, UTC)
    return {"id": event, "since": made - _RETRIES, "until": made + _RETRIES}


def _blocker(code: str, detail: str) -> Blocker:
    return Blocker(code, Concern.STATE, detail)
