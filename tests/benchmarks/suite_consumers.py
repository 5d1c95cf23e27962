"""How fast what has piled up on Kafka is taken in, against how fast the relay brings as much there."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import LiteralString
from uuid import UUID, uuid4

from procurement.bootstrap.topics import TOPICS
from procurement.kernel.actor import Actor
from procurement.kernel.ids import OrderId, TenantId
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.producer import ProducerOptions, a_producer
from procurement.platform.kafka.topics import ensure_topics
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound.events import TOPIC, EncodePurchaseOrder
from tests.arrived import headers_of
from tests.benchmarks.processes import cpu_seconds
from tests.benchmarks.producer import Text, batch, place_of
from tests.benchmarks.rig import Process, Rig
from tests.benchmarks.suite import Figures, Rounds, Row, Sizes, Suite, at_least
from tests.benchmarks.suite_drain import DRAINED, drained
from tests.unit.purchasing.builders import BUYER, FINANCE, L1, a_content, an_act, an_order, facts

_PATIENCE = 120.0
_STEPS = 5
_CONTENT = a_content("10.00", "20.00", "30.00", "40.00", "50.00")

_ARRIVED: dict[str, LiteralString] = {
    "receiving.expectations": "SELECT count(*) FROM receiving.expected_orders o",
    "invoicing.orders": "SELECT count(*) FROM invoicing.orders o",
}
"""The groups that read the events of orders, and where they keep them."""

_THESE: LiteralString = " WHERE o.tenant_id = %(tenant)s AND o.id = ANY(%(orders)s) AND o.version = %(last)s"


@contextmanager
def suite(rig: Rig, sizes: Sizes) -> Generator[Suite]:
    events = sizes.events // 3
    asyncio.run(ensure_topics(KafkaAccess(rig.kafka.brokers), [*TOPICS, DRAINED]))
    with (
        rig.templates.database() as database,
        rig.process("worker", database) as worker,
        rig.process("consumer", database) as one,
        rig.process("consumer", database) as another,
    ):
        consumers = (one, another)
        consumed(rig, database, consumers, 500)  # and what other suites have left on the topic
        with rig.admin(database) as admin:
            admin.execute(
                "VACUUM ANALYZE"
            )  # as it will soon happen by itself: plans for empty tables are bad
        yield Suite(
            "consumers",
            {
                "drain": lambda: drained(rig, database, worker, events),
                "consumers": lambda: consumed(rig, database, consumers, events),
            },
            rows,
        )


def consumed(rig: Rig, database: str, consumers: Sequence[Process], count: int) -> Figures:
    """The consumers stand still while the events pile up. No invoice waits for any of the orders."""
    tenant = TenantId(uuid4())
    texts = list(_mixed([_life(tenant) for _ in range(count // _STEPS)]))
    with _standing_still(consumers):
        asyncio.run(_pile_up(rig, texts))
        before = _used(rig, consumers)
    elapsed = _until_all_arrived(rig, database, tenant, _last_of_each_partition(texts))
    used = _used(rig, consumers)
    return {
        "per_second": len(texts) / max(elapsed.values()),
        **{group: len(texts) / seconds for group, seconds in elapsed.items()},
        **{name: (used[name] - before[name]) / len(texts) * 1e6 for name in used},
    }


@contextmanager
def _standing_still(processes: Sequence[Process]) -> Generator[None]:
    """Not for long, or their groups go on without them."""
    for process in processes:
        os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process.pid, signal.SIGCONT)


def _used(rig: Rig, consumers: Sequence[Process]) -> Figures:
    """Seconds of CPU."""
    return {
        "consumers": sum(cpu_seconds(consumer.pid) for consumer in consumers),
        "postgres": cpu_seconds(rig.postgres.pid),
        "kafka": cpu_seconds(rig.kafka.pid),
    }


def _life(tenant: TenantId) -> Iterator[Text]:
    """The events of an order of five lines, from draft to acknowledged."""
    encode, order = EncodePurchaseOrder(uuid7), an_order(_CONTENT, order=OrderId(uuid7()))
    steps: Sequence[tuple[Actor, Callable[[], None]]] = (
        (BUYER, lambda: None),
        (BUYER, partial(order.submit, by=BUYER, facts=facts())),
        (L1, partial(order.approve, by=L1, facts=facts())),
        (FINANCE, partial(order.issue, by=FINANCE, facts=facts())),
        (BUYER, partial(order.acknowledge, [], by=BUYER, facts=facts())),
    )
    for actor, step in steps:
        step()
        message = encode(order, order.take_event(), an_act(actor, tenant=tenant)).message
        order.version += 1
        yield Text(message.key, message.payload, list(headers_of(message).items()))


def _mixed(lives: Sequence[Iterator[Text]]) -> Iterator[Text]:
    """Each in order, but whose turn it is, nobody can tell: hardly two of an order are in one batch."""
    turns = [life for life in lives for _ in range(_STEPS)]
    random.shuffle(turns)
    return (next(life) for life in turns)


async def _pile_up(rig: Rig, texts: Sequence[Text]) -> None:
    producer = a_producer(ProducerOptions(kafka=KafkaAccess(rig.kafka.brokers)))
    await producer.start()
    try:
        for first in range(0, len(texts), 1000):
            await batch(producer, TOPIC, texts[first : first + 1000])
    finally:
        await producer.stop()


def _last_of_each_partition(texts: Sequence[Text]) -> list[UUID]:
    """Orders whose last event is the last of a partition: where that has arrived, all before it have."""
    return [UUID(key.decode()) for key in {place_of(text.key): text.key for text in texts}.values()]


def _until_all_arrived(rig: Rig, database: str, tenant: TenantId, orders: Sequence[UUID]) -> dict[str, float]:
    """Seconds that each group took."""
    started, elapsed = time.perf_counter(), dict[str, float]()
    asked = {"tenant": tenant, "orders": orders, "last": _STEPS}
    with rig.admin(database) as admin:
        while len(elapsed) < len(_ARRIVED):
            if time.perf_counter() - started > _PATIENCE:
                raise TimeoutError(f"after {_PATIENCE:.0f} s only {[*elapsed]} of {[*_ARRIVED]} are done")
            time.sleep(0.02)
            for group in _ARRIVED.keys() - elapsed.keys():
                ((arrived,),) = admin.execute(_ARRIVED[group] + _THESE, asked).fetchall()
                if arrived == len(orders):
                    elapsed[group] = time.perf_counter() - started
    return elapsed


def rows(rounds: Rounds) -> Sequence[Row]:
    consumers, drain = "consumers", "drain"
    return [
        at_least(
            "consumers ÷ ordered drain, events per second",
            rounds.ratio((consumers, "per_second"), (drain, "per_second")),
            0.5,
        ),
        Row("drain, events per second", rounds.spread(drain, "per_second"), ",.0f"),
        Row("two consumers, both groups, events per second", rounds.spread(consumers, "per_second"), ",.0f"),
        *(
            Row(f"group {group}, events per second", rounds.spread(consumers, group), ",.0f")
            for group in _ARRIVED
        ),
        Row("consumers' CPU per event of both groups, µs", rounds.spread(consumers, "consumers"), ".1f"),
        Row("Postgres CPU per event of both groups, µs", rounds.spread(consumers, "postgres"), ".1f"),
        Row("Kafka CPU per event of both groups, µs", rounds.spread(consumers, "kafka"), ".1f"),
    ]
