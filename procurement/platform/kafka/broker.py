"""The broker port over aiokafka: one record batch per partition and wave, every await under a deadline."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from opentelemetry.trace import Span, Tracer, get_tracer

from procurement.kernel.errors import Unavailable
from procurement.platform.delivery import Claimed, Delivery, Refused, Unconfirmed
from procurement.platform.kafka.faults import ABOUT_A_MESSAGE, ABOUT_THE_TOPIC
from procurement.platform.kafka.partitions import partition_hash
from procurement.platform.kafka.producer import ProducerKeeper, ProducerOptions
from procurement.platform.kafka.tracing import producer_span

Place: TypeAlias = tuple[str, int]

_FAILED = (KafkaError, OSError, TimeoutError)


class Flight(NamedTuple):
    """A record batch on its way: the broker takes all of it or nothing."""

    place: Place
    events: Sequence[Claimed]
    spans: Sequence[Span]
    receipt: asyncio.Future[object]


@dataclass(slots=True)
class Ledger:
    """One publish: what was acknowledged, what was refused, and what still waits for which partition."""

    waiting: dict[Place, list[Claimed]] = field(default_factory=lambda: defaultdict(list))
    acknowledged: list[Claimed] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    stuck: set[str] = field(default_factory=set)
    """Keys of refused events: what comes after those may not pass them."""
    sent: bool = False

    def refuse(self, event: Claimed, reason: str) -> None:
        if event.key not in self.stuck:
            self.stuck.add(event.key)
            self.refused.append(Refused(event, reason))

    @property
    def delivery(self) -> Delivery:
        return Delivery(self.acknowledged, self.refused)


class KafkaBroker:
    def __init__(self, options: ProducerOptions, tracer: Tracer | None = None) -> None:
        self._options = options
        self._tracer = tracer or get_tracer("procurement.relay")
        self._producers = ProducerKeeper(options)
        self._unknown_until: dict[str, float] = {}
        self._suspects: set[int] = set()
        """Positions whose record batch was refused for one message of it: each goes alone, until we know."""

    async def publish(self, events: Sequence[Claimed]) -> Delivery:
        ledger, producer = Ledger(), None
        try:
            async with asyncio.timeout(self._options.deadline):
                producer = await self._producers.ready()
                await self._route(producer, ledger, events)
                while ledger.waiting:
                    await self._wave(producer, ledger)
        except _FAILED as error:
            self._producers.give_up(producer)
            if not ledger.sent:
                raise Unavailable("kafka cannot be reached") from error
            raise Unconfirmed(ledger.delivery) from error
        except BaseException:
            self._producers.give_up(producer)
            raise
        return ledger.delivery

    async def close(self) -> None:
        """Within a few seconds, whatever the broker does."""
        await self._producers.close()

    async def _route(self, producer: AIOKafkaProducer, ledger: Ledger, events: Sequence[Claimed]) -> None:
        counts: dict[str, int] = {}
        largest = self._options.largest_message
        for event in events:
            topic = event.topic
            if topic not in counts:
                counts[topic] = await self._partitions(producer, topic)
            if event.key in ledger.stuck:
                continue
            if not counts[topic]:
                ledger.refuse(event, f"the broker has no topic {topic}, or it is not ours to write to")
            elif len(event.payload) * 2 > largest and (size := _size(event)) > largest:
                ledger.refuse(event, f"{size} bytes are more than {largest}")
            else:
                place = topic, partition_hash(event.key.encode()) % counts[topic]
                ledger.waiting[place].append(event)

    async def _partitions(self, producer: AIOKafkaProducer, topic: str) -> int:
        """0 for a topic that the broker does not have or does not let us have; asked for once a second."""
        cluster = producer.client.cluster
        known = cluster.partitions_for_topic(topic)
        if known is None and time.monotonic() >= self._unknown_until.get(topic, 0.0):
            producer.client.add_topic(topic)
            if not await producer.client.force_metadata_update():
                raise KafkaError("no broker answered")
            known = cluster.partitions_for_topic(topic)
            if known is None:
                self._unknown_until[topic] = time.monotonic() + 1.0
                producer.client.set_topics(cluster.topics())
        return len(known or ())

    async def _wave(self, producer: AIOKafkaProducer, ledger: Ledger) -> None:
        """One record batch for each partition; the next wave begins when all of this one are answered."""
        flights = [await self._launch(producer, ledger, place) for place in list(ledger.waiting)]
        await asyncio.wait([flight.receipt for flight in flights])
        troubles = [self._land(ledger, flight) for flight in flights]
        for trouble in troubles:
            if trouble is not None:
                raise trouble

    async def _launch(self, producer: AIOKafkaProducer, ledger: Ledger, place: Place) -> Flight:
        waiting, batch, spans, count = ledger.waiting[place], producer.create_batch(), [], 0
        now = time.time_ns() // 1_000_000
        for event in waiting:
            span, headers = producer_span(self._tracer, event.topic, event.headers)
            if (
                batch.append(timestamp=now, key=event.key.encode(), value=event.payload, headers=headers)
                is None
            ):
                break
            spans += [span] if span else []
            count += 1
            if event.position in self._suspects:
                break
        ledger.sent = True
        receipt = await producer.send_batch(batch, place[0], partition=place[1])
        receipt.add_done_callback(_seen)
        if count == len(waiting):
            del ledger.waiting[place]
        else:
            ledger.waiting[place] = waiting[count:]
        return Flight(place, waiting[:count], spans, receipt)

    def _land(self, ledger: Ledger, flight: Flight) -> BaseException | None:
        error = flight.receipt.exception()
        for span in flight.spans:
            if error is not None:
                span.record_exception(error)
            span.end()
        if error is None:
            ledger.acknowledged.extend(flight.events)
            self._suspects.difference_update(event.position for event in flight.events)
        elif isinstance(error, ABOUT_THE_TOPIC) or (
            isinstance(error, ABOUT_A_MESSAGE) and len(flight.events) == 1
        ):
            for event in flight.events:
                ledger.refuse(event, repr(error))
        elif isinstance(error, ABOUT_A_MESSAGE):
            self._suspects.update(event.position for event in flight.events)
        return error


def _size(event: Claimed) -> int:
    headers = sum(len(name) + len(value) + 4 for name, value in event.headers)
    return len(event.key) + len(event.payload) + headers


def _seen(receipt: asyncio.Future[object]) -> None:
    """Of a receipt that came after its deadline nobody asks any more; asyncio would complain."""
    if not receipt.cancelled():
        receipt.exception()
