"""How fast a backlog reaches Kafka in order, against aiokafka alone on the same broker."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString
from uuid import UUID

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.topics import PARTITIONS, ensure_topics
from procurement.platform.outbox import slot_of
from procurement.platform.postgres.doorbell import CHANNEL
from tests.benchmarks.orders import TENANT, created
from tests.benchmarks.processes import cpu_seconds
from tests.benchmarks.producer import Errand, Produced
from tests.benchmarks.rig import Process, Rig
from tests.benchmarks.suite import Figures, Rounds, Row, Sizes, Suite, at_least

_AGGREGATES = [UUID(int=random.getrandbits(128)) for _ in range(5000)]
_PAYLOAD = b'{"note":"%b"}' % (b"x" * 1000)
DRAINED, _ALONE = "bench.drained.v1", "bench.alone.v1"
_PATIENCE = 120.0

PRELOAD: LiteralString = """
INSERT INTO platform.outbox (recorded_on, tenant_id, id, aggregatetype, aggregateid, aggregate_version, type,
                             topic, headers, payload, occurred_at)
SELECT current_date, %(tenant)s, gen_random_uuid(), 'bench', a.id, n, 'bench', %(topic)s, %(headers)s,
       %(payload)s, now()
FROM (SELECT n, (%(aggregates)s::uuid[])[1 + n %% %(different)s] AS id FROM generate_series(1, %(count)s) n) a
ORDER BY n
"""

PENDING: LiteralString = """
INSERT INTO platform.outbox_pending (slot, position, recorded_on, tenant_id, aggregateid)
SELECT s.slot, o.position, o.recorded_on, o.tenant_id, o.aggregateid FROM platform.outbox o
JOIN unnest(%(aggregates)s::uuid[], %(slots)s::smallint[]) AS s (aggregateid, slot) USING (aggregateid)
WHERE o.position > %(after)s
"""


def _headers() -> str:
    """Those of a real event."""
    headers: str = created().statements[-1][1]["headers"]
    return headers


@contextmanager
def suite(rig: Rig, sizes: Sizes) -> Generator[Suite]:
    asyncio.run(ensure_topics(KafkaAccess(rig.kafka.brokers), [DRAINED, _ALONE]))
    with rig.templates.database() as database, rig.process("worker", database) as worker:
        time.sleep(1)  # it takes its slots

        def alone(by: str, at_once: int) -> Figures:
            return _alone(rig, Errand(
                brokers=rig.kafka.brokers,
                topic=_ALONE,
                keys=list(map(str, _AGGREGATES)),
                headers=msgspec.json.decode(_headers(), type=list[tuple[str, str]]),
                payload=_PAYLOAD.decode(),
                messages=sizes.events,
                at_once=at_once,
                by=by,
            ))  # fmt: skip

        yield Suite(
            "drain",
            {
                "drain": lambda: drained(rig, database, worker, sizes.events),
                "aiokafka, one by one": lambda: alone("send", 500),
                "aiokafka, record batches": lambda: alone("batch", 2000),
            },
            rows,
        )


def drained(rig: Rig, database: str, worker: Process, count: int) -> Figures:
    _preload(rig, database, count)
    return asyncio.run(_drain(rig, database, worker, count))


async def _drain(rig: Rig, database: str, worker: Process, count: int) -> Figures:
    watch = {"worker": worker.pid, "postgres": rig.postgres.pid, "kafka": rig.kafka.pid}
    consumer = AIOKafkaConsumer(bootstrap_servers=rig.kafka.brokers)
    await consumer.start()
    try:
        wanted = await _end(consumer) + count
        before = {name: cpu_seconds(pid) for name, pid in watch.items()}
        started = _release(rig, database, count)
        while (arrived := await _end(consumer)) < wanted:
            if time.perf_counter() - started > _PATIENCE:
                raise TimeoutError(f"{wanted - arrived} events have not arrived")
            await asyncio.sleep(0.01)
        elapsed = time.perf_counter() - started
    finally:
        await consumer.stop()
    return {
        "per_second": count / elapsed,
        **{name: (cpu_seconds(pid) - before[name]) / count * 1e6 for name, pid in watch.items()},
    }


async def _end(consumer: Any) -> int:
    ends = await consumer.end_offsets([TopicPartition(DRAINED, place) for place in range(PARTITIONS)])
    return sum(ends.values())


def _preload(rig: Rig, database: str, count: int) -> None:
    parameters = {
        "tenant": TENANT,
        "topic": DRAINED,
        "headers": _headers(),
        "payload": _PAYLOAD,
        "aggregates": _AGGREGATES,
        "different": len(_AGGREGATES),
        "count": count,
    }
    with rig.admin(database) as admin:
        admin.execute(PRELOAD, parameters)
        admin.execute("VACUUM ANALYZE platform.outbox, platform.outbox_pending")
        admin.execute("CHECKPOINT")


def _release(rig: Rig, database: str, count: int) -> float:
    """From one moment to the next all of it is pending."""
    slots = [slot_of(aggregate) for aggregate in _AGGREGATES]
    with rig.admin(database) as admin, admin.transaction():
        ((last,),) = admin.execute("SELECT last_value FROM platform.outbox_position").fetchall()
        assert isinstance(last, int)
        admin.execute(PENDING, {"aggregates": _AGGREGATES, "slots": slots, "after": last - count})
        admin.execute(f"NOTIFY {CHANNEL}")
    return time.perf_counter()


def _alone(rig: Rig, errand: Errand) -> Figures:
    before = cpu_seconds(rig.kafka.pid)
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.producer"],
        input=msgspec.json.encode(errand),
        stdout=subprocess.PIPE,
        check=True,
    )
    produced = msgspec.json.decode(done.stdout, type=Produced)
    return {
        "per_second": produced.per_second,
        "producer": produced.cpu,
        "kafka": (cpu_seconds(rig.kafka.pid) - before) / errand.messages * 1e6,
    }


def rows(rounds: Rounds) -> Sequence[Row]:
    drain, alone, batches = "drain", "aiokafka, one by one", "aiokafka, record batches"
    return [
        at_least(
            "ordered drain ÷ aiokafka alone (`send`, 500 awaited together)",
            rounds.ratio((drain, "per_second"), (alone, "per_second")),
            0.60,
        ),
        Row(
            "ordered drain ÷ aiokafka alone (record batches of 2,000 events, as the relay does it)",
            rounds.ratio((drain, "per_second"), (batches, "per_second")),
        ),
        *(
            Row(f"{name}, events per second", rounds.spread(name, "per_second"), ",.0f")
            for name in rounds.figures
        ),
        Row("worker CPU per event, µs", rounds.spread(drain, "worker"), ".1f"),
        Row("Postgres CPU per event, µs", rounds.spread(drain, "postgres"), ".1f"),
        Row("Kafka CPU per event, µs", rounds.spread(drain, "kafka"), ".1f"),
        Row("aiokafka alone, CPU per event, µs", rounds.spread(alone, "producer"), ".1f"),
    ]
