"""A dead letter that cannot be written stops its partition, whatever is around it; nothing is skipped."""

import asyncio
from collections.abc import Sequence

import pytest

from procurement.kernel.errors import NotFound, Refusal, Unavailable
from procurement.platform.interceptors.breaker import Breaker
from procurement.platform.interceptors.retry import Retry, RetryPolicy
from procurement.platform.interceptors.stack import stacked
from procurement.platform.interceptors.window import BreakerPolicy
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.consumer import DeadLetters, Received
from procurement.platform.kafka.dead_letters import KafkaDeadLetters, NotTaken
from procurement.platform.kafka.producer import LARGEST_MESSAGE
from tests.integration.relay.group import Group, Seen
from tests.integration.relay.stage import eventually

pytestmark = pytest.mark.anyio

GONE = NotFound("nobody by that name")


class Full:
    """Takes nothing for a while."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.taken = refusals, list[bytes | None]()

    async def park(self, group: str, received: Received, reason: Refusal) -> None:
        self.refusals -= 1
        if self.refusals >= 0:
            raise Unavailable("the dead letter was not acknowledged")
        self.taken.append(received.value)


async def test_what_comes_after_it_waits_until_it_is_written(group: Group) -> None:
    handled = Seen()

    async def handle(received: Received) -> None:
        if received.value == b"bad":
            raise GONE
        await handled(received)

    full, breaker = Full(15), Breaker("kafka", policy=BreakerPolicy(reset_after=0.1))
    again = Retry(Unavailable, policy=RetryPolicy(base=0.001, cap=0.001))
    waited = list[Sequence[str]]()
    await group.send(("k", "1"), ("k", "bad"), ("k", "2"))
    async with group.member(handle, dead=stacked(DeadLetters, again, breaker)(full)):
        await eventually(lambda: _is(breaker.state == "open"))
        waited.append(list(handled))
        await eventually(lambda: _is(len(handled) == 2))
    assert waited == [["1"]]
    assert (full.taken, handled) == ([b"bad"], ["1", "2"])


async def test_one_that_is_too_large_tells_nothing_of_the_broker(group: Group) -> None:
    dead = KafkaDeadLetters(KafkaAccess(group.brokers))
    record = Received(group.topic, 0, 7, b"k", {}, b"x" * LARGEST_MESSAGE)
    with pytest.raises(NotTaken) as refused:
        await dead.park(group.group, record, GONE)
    await dead.close()
    assert not refused.value.outage
    assert not isinstance(refused.value, Unavailable)


async def _is(true: bool) -> bool:
    await asyncio.sleep(0)
    return true
