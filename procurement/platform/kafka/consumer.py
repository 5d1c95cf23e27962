"""Read, act, move on, in the order of each partition: what can never succeed is parked, what cannot succeed
yet is tried again before the next one, and neither holds up another partition."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeAlias

import structlog
from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError
from opentelemetry.trace import Tracer
from structlog.contextvars import bound_contextvars

from procurement.kernel.act import Answered
from procurement.kernel.errors import Failure, Interrupted, Refusal, Stale
from procurement.kernel.ids import PREFIXES, MalformedId, parse_id
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.member import Member, MemberOptions, Pause, a_consumer
from procurement.platform.telemetry import span_from

_log = structlog.get_logger()

_A_WHILE = 60.0
"""Seconds. Who was a member for so long has not lost what he loses now for the same reason as before."""


class Received(NamedTuple):
    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: Mapping[str, bytes]
    value: bytes | None


Handle: TypeAlias = Callable[[Received], Awaitable[None]]
HandleAll: TypeAlias = Callable[[Sequence[Received]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """`handle` commits its effect before it returns. It raises a Refusal for what can never be handled,
    Failure or Stale (NotYet, too) for what may be later, and Answered for what it has handled before.

    `handle_all`, where there is one, does the same with what has piled up, in order and at once: whatever it
    raises, each record goes to `handle` then, so that the one to blame is found."""

    group: str
    topics: tuple[str, ...]
    handle: Handle
    handle_all: HandleAll | None = None

    @classmethod
    def of_views(cls, group: str, topics: tuple[str, ...], handle_all: HandleAll) -> "Subscription":
        """For what takes one record as it takes many."""
        return cls(group, topics, lambda received: handle_all([received]), handle_all)


class Unhandled(Refusal):
    """A mistake of ours, not of the record; to be replayed once it is mended."""

    code = "unhandled"


class DeadLetters(Protocol):
    async def park(self, group: str, received: Received, reason: Refusal) -> None:
        """Return once the broker has it. Raise Failure otherwise."""
        ...


class ConsumerMeter(Protocol):
    def handled(self, group: str, outcome: str, records: int = 1) -> None:
        """outcome: ok, repeated, later or parked."""
        ...

    def lags(self, group: str, topic: str, partition: int, records: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerOptions:
    deadline: float = 30.0
    """Seconds for one record; its handler is interrupted then and the record tried again."""
    base: float = 0.1
    cap: float = 5.0
    patience_with_bugs: int = 5
    """Tries before a record that fails for a reason nobody foresaw is parked."""
    member: MemberOptions = field(default_factory=MemberOptions)


class Consumer:
    """One member of a group, for as long as it runs; whatever breaks, it begins anew where the group is."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a consumer is made of
        self,
        kafka: KafkaAccess,
        subscription: Subscription,
        dead: DeadLetters,
        meter: ConsumerMeter,
        tracer: Tracer,
        options: ConsumerOptions | None = None,
    ) -> None:
        self._kafka, self._subscription = kafka, subscription
        self._dead, self._meter, self._tracer = dead, meter, tracer
        self._options = options or ConsumerOptions()

    async def run(self, stop: asyncio.Event) -> None:
        losses = 0
        while not stop.is_set():
            began = time.monotonic()
            try:
                await self._member().run(self._subscription.topics, stop)
            except (KafkaError, OSError, TimeoutError) as error:
                losses = 1 if time.monotonic() - began > _A_WHILE else losses + 1
                self._tell(losses, error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), random.uniform(0.2, min(2.0 * losses, 10.0)))  # noqa: S311

    def _tell(self, losses: int, error: BaseException) -> None:
        """The 1st, 2nd, 4th, 8th …: of a Kafka that lets nobody in each group would tell every second."""
        if losses.bit_count() == 1:
            _log.warning("consumer.lost", group=self._subscription.group, error=type(error).__name__)

    def _member(self) -> Member:
        consumer = a_consumer(self._kafka, self._subscription.group, self._options.member)
        return Member(consumer, self._carry_out, self._together, self._lags, self._options.member)

    def _lags(self, topic: str, partition: int, records: int) -> None:
        self._meter.lags(self._subscription.group, topic, partition, records)

    async def _together(self, records: Sequence[ConsumerRecord]) -> bool:
        group, handle_all = self._subscription.group, self._subscription.handle_all
        if handle_all is None:
            return False
        try:
            async with asyncio.timeout(self._options.deadline):
                await handle_all([_received(record) for record in records])
        except Exception as trouble:  # noqa: BLE001 - one by one tells which record it was, and treats it
            _log.info("consumer.one_by_one", group=group, records=len(records), reason=type(trouble).__name__)
            return False
        self._meter.handled(group, "ok", len(records))
        return True

    async def _carry_out(self, record: ConsumerRecord, pause: Pause) -> None:
        received = _received(record)
        attempt = 0
        with bound_contextvars(**_subject(received)):
            while (outcome := await self._outcome(received, attempt)) == "later":
                self._meter.handled(self._subscription.group, outcome)
                attempt += 1
                ceiling = min(self._options.cap, self._options.base * 2 ** min(attempt, 16))
                await pause(random.uniform(0, ceiling))  # noqa: S311
        self._meter.handled(self._subscription.group, outcome)

    async def _outcome(self, received: Received, attempt: int) -> str:
        group = self._subscription.group
        try:
            await self._handle(received)
        except Answered:
            return "repeated"
        except (Failure, Stale) as trouble:
            _log.warning("consumer.later", group=group, **_where(received), reason=trouble.code)
            return "later"
        except Refusal as reason:
            return await self._park(received, reason)
        except Exception as bug:  # noqa: BLE001 - a bug must not stop every other partition
            _log.exception("consumer.bug", group=group, **_where(received))
            if attempt + 1 < self._options.patience_with_bugs:
                return "later"
            return await self._park(received, Unhandled(f"{type(bug).__name__}: see the log"))
        return "ok"

    async def _handle(self, received: Received) -> None:
        trace = received.headers.get("traceparent", b"").decode("latin-1") or None
        with span_from(self._tracer, f"{self._subscription.group} {received.topic}", trace):
            try:
                async with asyncio.timeout(self._options.deadline):
                    await self._subscription.handle(received)
            except TimeoutError as error:
                raise Interrupted("the handler took too long") from error

    async def _park(self, received: Received, reason: Refusal) -> str:
        group, where = self._subscription.group, _where(received)
        try:
            await self._dead.park(group, received, reason)
        except Failure:
            return "later"
        _log.error("consumer.parked", group=group, **where, code=reason.code, reason=str(reason))
        return "parked"


def _received(record: ConsumerRecord) -> Received:
    return Received(
        record.topic, record.partition, record.offset, record.key, dict(record.headers), record.value
    )


def _subject(received: Received) -> dict[str, str]:
    """What every line about this record carries: `po_id`, `grn_id` … of what its event is about."""
    public_id = received.headers.get("ce_subject", b"").decode("latin-1")
    kind = public_id.partition("_")[0]
    try:
        parse_id(kind, public_id)
    except MalformedId:
        return {}
    return {f"{kind}_id": public_id} if kind in PREFIXES.values() else {}


def _where(received: Received) -> dict[str, object]:
    return {"topic": received.topic, "partition": received.partition, "offset": received.offset}
