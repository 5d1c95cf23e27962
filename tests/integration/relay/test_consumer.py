"""Members of a consumer group on a real Kafka."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence

import pytest
from opentelemetry.trace import get_tracer

from procurement.kernel.act import Answer, Answered
from procurement.kernel.errors import Failure, NotFound, NotYet, Unavailable
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.consumer import Consumer, ConsumerOptions, Received, Subscription
from procurement.platform.kafka.topics import dead_letter_topic
from tests import servers
from tests.integration.relay.group import Group, Meter, Seen
from tests.integration.relay.kafka_log import a_topic, everything_in
from tests.integration.relay.stage import eventually

pytestmark = pytest.mark.anyio


async def test_every_message_is_handled_once_in_the_order_of_its_key(group: Group) -> None:
    seen = Seen()
    await group.send(*[(str(n % 7), f"{n % 7}:{n}") for n in range(300)])
    async with group.member(seen):
        await eventually(lambda: _true(len(seen) == 300))
    for key in range(7):
        ours = [int(value.split(":")[1]) for value in seen if value.startswith(f"{key}:")]
        assert ours == sorted(ours)
    async with group.member(again := Seen()):
        await group.send(("a", "new"))
        await eventually(lambda: _true("new" in again))
    assert again == ["new"]
    assert set(group.meter.lag.values()) == {0}


async def test_what_is_not_possible_yet_is_tried_again_before_what_comes_after_it(group: Group) -> None:
    seen, troubles = Seen(), [NotYet("soon"), Unavailable("down"), TimeoutError(), NotYet("soon")]

    async def handle(received: Received) -> None:
        if received.value == b"2" and troubles:
            raise troubles.pop()
        await seen(received)

    await group.send(*[("k", str(n)) for n in range(1, 5)])
    async with group.member(handle):
        await eventually(lambda: _true(len(seen) == 4))
    assert seen == ["1", "2", "3", "4"]
    assert group.meter.outcomes["later"] == 4


async def test_a_partition_that_waits_holds_up_no_other_and_stays_a_member(group: Group) -> None:
    seen, sick = Seen(), True

    async def handle(received: Received) -> None:
        if sick and received.key == b"sick":
            raise Unavailable("down")
        await seen(received)

    await group.send(("sick", "s"))
    async with group.member(handle):
        await eventually(lambda: _true(group.meter.outcomes["later"] > 3))
        for n in range(20):
            await group.send((str(n), f"{n}"))
        await eventually(lambda: _true(len(seen) > 5))
        sick = False
        await eventually(lambda: _true(len(seen) == 21))
    assert len(set(seen)) == 21


async def test_a_refused_message_goes_to_the_dead_letters_as_it_came_and_the_next_ones_go_on(
    group: Group,
) -> None:
    seen = Seen()

    async def handle(received: Received) -> None:
        if received.value == b"bad":
            raise NotFound("nobody by that name")
        await seen(received)

    await group.send(("k", "1"), ("k", "bad"), ("k", "2"))
    async with group.member(handle):
        await eventually(lambda: _true(len(seen) == 2))
    (dead,) = await everything_in(group.brokers, dead_letter_topic(group.topic, group.group))
    assert (dead.key, dead.value) == (b"k", b"bad")
    told = dict(dead.headers)
    assert told["n"] == b"bad"
    assert told["dead_code"] == b"not-found"
    assert told["dead_reason"] == b"nobody by that name"
    assert told["dead_topic"] == group.topic.encode()


async def test_a_bug_is_tried_a_few_times_and_then_buried(group: Group) -> None:
    seen = Seen()

    async def handle(received: Received) -> None:
        if received.value == b"bad":
            raise ZeroDivisionError
        await seen(received)

    await group.send(("k", "bad"), ("k", "good"))
    async with group.member(handle):
        await eventually(lambda: _true(seen == ["good"]))
    assert dict(group.meter.outcomes) == {"later": 4, "parked": 1, "ok": 1}


async def test_a_handler_that_hangs_is_interrupted_and_tried_again(group: Group) -> None:
    calls = Seen()

    async def handle(received: Received) -> None:
        await calls(received)
        if len(calls) == 1:
            await asyncio.sleep(3600)

    await group.send(("k", "1"))
    async with group.member(handle, ConsumerOptions(base=0.01, deadline=0.2)):
        await eventually(lambda: _true(group.meter.outcomes["ok"] == 1))
    assert calls == ["1", "1"]


async def test_what_has_piled_up_is_handled_at_once_and_one_by_one_where_that_fails(group: Group) -> None:
    seen, at_once = Seen(), list[int]()

    async def handle(received: Received) -> None:
        if received.value == b"poison":
            raise NotFound("poison")
        await seen(received)

    async def handle_all(received: Sequence[Received]) -> None:
        if any(one.value == b"poison" for one in received):
            raise NotFound("somewhere")
        for one in received:
            await seen(one)
        at_once.append(len(received))

    await group.send(*[("k", str(n)) for n in range(200)])
    async with group.member(handle, handle_all=handle_all):
        await eventually(lambda: _true(len(seen) == 200))
        assert max(at_once) > 1
        await group.send(("k", "200"), ("k", "poison"), ("k", "201"))
        await eventually(lambda: _true(len(seen) == 202))
    assert seen == [str(n) for n in range(202)]
    (buried,) = await everything_in(group.brokers, dead_letter_topic(group.topic, group.group))
    assert buried.value == b"poison"
    assert (group.meter.outcomes["ok"], group.meter.outcomes["parked"]) == (202, 1)


async def test_done_before_is_done(group: Group) -> None:
    async def handle(received: Received) -> None:
        raise Answered(Answer(b""))

    await group.send(("k", "1"))
    async with group.member(handle):
        await eventually(lambda: _true(group.meter.outcomes["repeated"] == 1))
    async with group.member(seen := Seen()):
        await asyncio.sleep(1)
    assert seen == []


async def test_two_members_share_the_partitions_and_hand_over_in_order(group: Group) -> None:
    """At least once: what was handled and not yet committed may come again, never out of order."""
    seen: dict[str, list[int]] = defaultdict(list)

    async def handle(received: Received) -> None:
        await asyncio.sleep(0.001)
        key, _, n = (received.value or b"").decode().partition(":")
        seen[key].append(int(n))

    async def total() -> bool:
        return sum(len(set(each)) for each in seen.values()) == 900

    await group.send(*[(str(n % 9), f"{n % 9}:{n}") for n in range(300)])
    async with group.member(handle):
        async with group.member(handle):
            await group.send(*[(str(n % 9), f"{n % 9}:{n}") for n in range(300, 600)])
            await asyncio.sleep(1)
        await group.send(*[(str(n % 9), f"{n % 9}:{n}") for n in range(600, 900)])
        await eventually(total, 30)
    for each in seen.values():
        firsts = list(dict.fromkeys(each))
        assert firsts == sorted(firsts)


async def test_it_goes_on_after_its_broker_was_killed_and_leaves_in_time_while_there_is_none() -> None:
    with servers.embedded_kafka() as own:
        group, seen = Group(own.brokers, await a_topic(own.brokers)), Seen()
        await group.send(("k", "1"))
        async with group.member(seen):
            await eventually(lambda: _true(seen == ["1"]), 20)
            own.kill()
            await asyncio.sleep(1)
            own.start()
            await group.send(("k", "2"))
            await eventually(lambda: _true(seen[-1] == "2"), 30)
            own.kill()
            began = time.monotonic()
        assert time.monotonic() - began < 20
    assert list(dict.fromkeys(seen)) == ["1", "2"]


async def test_without_a_broker_it_waits_and_stops_when_asked() -> None:
    subscription = Subscription("g", ("t",), Seen())
    consumer = Consumer(KafkaAccess("127.0.0.1:9"), subscription, _Nowhere(), Meter(), get_tracer("test"))
    stop = asyncio.Event()
    task = asyncio.create_task(consumer.run(stop))
    await asyncio.sleep(0.5)
    assert not task.done()
    stop.set()
    await asyncio.wait_for(task, 20)


class _Nowhere:
    async def park(self, group: str, received: Received, reason: Exception) -> None:
        raise Failure


async def _true(value: bool) -> bool:
    return value
