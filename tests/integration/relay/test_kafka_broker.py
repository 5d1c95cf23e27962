"""The broker port over a real Kafka: order, refusals, and a broker that is killed or frozen."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Generator
from itertools import count
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from procurement.kernel.errors import Failure, Unavailable
from procurement.platform.delivery import Claimed, Unconfirmed
from procurement.platform.embedded.kafka import EmbeddedKafka
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.broker import KafkaBroker
from procurement.platform.kafka.producer import LARGEST_MESSAGE, ProducerOptions
from procurement.platform.kafka.topics import ensure_topics
from tests import servers
from tests.integration.relay.kafka_log import a_topic, everything_in, versions

pytestmark = pytest.mark.anyio

_positions = count(1)


def an_event(topic: str, key: str, version: int, *, payload: bytes = b"", headers: str = "[]") -> Claimed:
    body = payload or str(version).encode()
    return Claimed(0, next(_positions), key, topic, headers, body, parked=False)


def events_of(topic: str, keys: int, versions: int) -> list[Claimed]:
    names = [str(uuid4()) for _ in range(keys)]
    return [an_event(topic, name, version) for version in range(1, versions + 1) for name in names]


@pytest.fixture
async def broker(kafka_brokers: str) -> AsyncIterator[KafkaBroker]:
    broker = KafkaBroker(ProducerOptions(kafka=KafkaAccess(kafka_brokers), record_batch=2048))
    yield broker
    await broker.close()


async def test_every_key_arrives_in_order_through_many_record_batches(
    broker: KafkaBroker, kafka_brokers: str
) -> None:
    topic = await a_topic(kafka_brokers)
    delivery = await broker.publish(events_of(topic, keys=30, versions=40))
    assert len(delivery.acknowledged) == 1200
    found = versions(await everything_in(kafka_brokers, topic))
    assert list(found.values()) == [list(range(1, 41))] * 30


async def test_a_message_too_large_is_refused_with_what_is_behind_it_and_nothing_else(
    broker: KafkaBroker, kafka_brokers: str
) -> None:
    topic = await a_topic(kafka_brokers)
    huge = an_event(topic, "huge", 2, payload=b"x" * (LARGEST_MESSAGE + 1))
    events = [an_event(topic, "huge", 1), huge, an_event(topic, "huge", 3), an_event(topic, "other", 1)]
    delivery = await broker.publish(events)
    assert [refusal.event for refusal in delivery.refused] == [huge]
    assert versions(await everything_in(kafka_brokers, topic)) == {"huge": [1], "other": [1]}


async def test_the_largest_message_that_we_take_kafka_takes_too(
    broker: KafkaBroker, kafka_brokers: str
) -> None:
    topic = await a_topic(kafka_brokers)
    largest = an_event(topic, "k", 1, payload=b"x" * (LARGEST_MESSAGE - 1))
    assert (await broker.publish([largest])).acknowledged == [largest]


@pytest.mark.parametrize("topic", ["test.nobody.made.this", "no topic may be named so"])
async def test_an_unknown_topic_is_refused_at_once_and_others_go_on(
    broker: KafkaBroker, kafka_brokers: str, topic: str
) -> None:
    known = await a_topic(kafka_brokers)
    for _ in range(3):
        began = time.monotonic()
        delivery = await broker.publish([an_event(topic, "a", 1), an_event(known, "b", 1)])
        assert time.monotonic() - began < 15
        assert [refusal.event.topic for refusal in delivery.refused] == [topic]
        assert len(delivery.acknowledged) == 1


async def test_the_one_message_that_kafka_refuses_is_found_among_many(
    broker: KafkaBroker, kafka_brokers: str
) -> None:
    topic = f"test.{uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_brokers)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1, topic_configs={"max.message.bytes": "1500"})])
    await admin.close()
    await ensure_topics(
        KafkaAccess(kafka_brokers), [topic]
    )  # it stays as it is; the broker may not know it yet
    culprit = an_event(topic, "poison", 1, payload=b"9" * 1600)
    left = [an_event(topic, "a", 1), culprit, an_event(topic, "poison", 2), an_event(topic, "a", 2)]
    refused: list[Claimed] = []
    for _ in range(8):
        try:
            delivery = await broker.publish(left)
        except Unconfirmed as partly:
            delivery = partly.delivery
        refused += [refusal.event for refusal in delivery.refused]
        gone = {event.position for event in delivery.acknowledged}
        left = [e for e in left if e.position not in gone and e.key not in {r.key for r in refused}]
    assert (left, refused) == ([], [culprit])


async def test_a_recorded_trace_goes_on_through_the_header_and_others_cost_nothing(
    kafka_brokers: str,
) -> None:
    topic, spans = await a_topic(kafka_brokers), InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    broker = KafkaBroker(ProducerOptions(kafka=KafkaAccess(kafka_brokers)), provider.get_tracer("test"))
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    stored = '[["ce_id","1"],["traceparent","00-%s-%s-%s"]]'
    recorded = an_event(topic, "a", 1, headers=stored % (trace, parent, "01"))
    unrecorded = an_event(topic, "b", 1, headers=stored % (trace, parent, "00"))
    await broker.publish([recorded, unrecorded])
    await broker.close()
    (span,) = spans.get_finished_spans()
    assert span.parent is not None
    assert span.context is not None
    assert (format(span.context.trace_id, "032x"), format(span.parent.span_id, "016x")) == (trace, parent)
    sent = {r.key: dict(r.headers)["traceparent"].decode() for r in await everything_in(kafka_brokers, topic)}
    assert sent == {
        b"a": f"00-{trace}-{span.context.span_id:016x}-01",
        b"b": f"00-{trace}-{parent}-00",
    }


@pytest.fixture(scope="module")
def fragile() -> Generator[EmbeddedKafka]:
    with servers.embedded_kafka() as own:
        yield own


async def test_a_broker_that_is_not_there_is_unavailable_soon() -> None:
    broker = KafkaBroker(ProducerOptions(kafka=KafkaAccess("127.0.0.1:9"), deadline=2.0))
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await broker.publish([an_event("t", "a", 1)])
    await broker.close()
    assert time.monotonic() - began < 15


async def test_a_broker_killed_and_restarted_is_found_again(fragile: EmbeddedKafka) -> None:
    broker = KafkaBroker(ProducerOptions(kafka=KafkaAccess(fragile.brokers), deadline=1.5))
    topic = await a_topic(fragile.brokers)
    await broker.publish([an_event(topic, "a", 1)])
    fragile.kill()
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(Failure):
            await broker.publish([an_event(topic, "a", 2)])
        assert time.monotonic() - began < 15
    began = time.monotonic()
    await broker.close()
    assert time.monotonic() - began < 15
    fragile.start()
    await _until_published(broker, an_event(topic, "a", 2))
    found = versions(await everything_in(fragile.brokers, topic))
    assert list(dict.fromkeys(found["a"])) == [1, 2]
    await broker.close()


async def test_a_frozen_broker_is_given_up_in_time_and_leaves_no_task_behind(fragile: EmbeddedKafka) -> None:
    broker = KafkaBroker(ProducerOptions(kafka=KafkaAccess(fragile.brokers), deadline=1.5))
    topic = await a_topic(fragile.brokers)
    await broker.publish([an_event(topic, "a", 1)])
    before = len(asyncio.all_tasks())
    os.kill(fragile.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(Unconfirmed):
            await broker.publish([an_event(topic, "a", 2)])
        await broker.close()
        assert time.monotonic() - began < 20
    finally:
        os.kill(fragile.pid, signal.SIGCONT)
    await asyncio.sleep(1.5)
    assert len(asyncio.all_tasks()) <= before
    await _until_published(broker, an_event(topic, "a", 2))
    await broker.close()


async def test_topics_that_are_there_stay_as_they_are(kafka_brokers: str) -> None:
    topic = await a_topic(kafka_brokers)
    await ensure_topics(KafkaAccess(kafka_brokers), [topic], partitions=9)
    await ensure_topics(KafkaAccess(kafka_brokers), [topic, f"{topic}.new"])


async def test_a_kafka_that_cannot_be_reached_is_named() -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9"):
        await ensure_topics(KafkaAccess("127.0.0.1:9"), ["a"])


async def _until_published(broker: KafkaBroker, event: Claimed) -> None:
    for _ in range(40):
        try:
            await broker.publish([event])
        except Failure:
            await asyncio.sleep(0.3)
        else:
            return
    pytest.fail("the broker came back and was not found")
