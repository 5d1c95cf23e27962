"""What the log of a consumer says, on a real Kafka."""

import pytest
from structlog.contextvars import get_contextvars, merge_contextvars
from structlog.testing import capture_logs

from procurement.kernel.errors import NotYet
from procurement.platform.kafka.consumer import Received
from tests.integration.relay.group import Group
from tests.integration.relay.stage import eventually

pytestmark = pytest.mark.anyio


async def test_lines_of_an_event_name_its_order_and_those_of_the_next_one_do_not(group: Group) -> None:
    seen = list[dict[str, object]]()

    async def handle(received: Received) -> None:
        seen.append(get_contextvars())
        if len(seen) == 1:
            raise NotYet("soon")

    await group.send(("k", "1"), subject=(order := "po_01a1fd87-55c6-72fb-83c2-439dca1f732d"))
    await group.send(("k", "2"))
    await group.send(("k", "3"), subject="po_'; DROP TABLE orders")
    with capture_logs(processors=[merge_contextvars]) as lines:
        async with group.member(handle):
            await eventually(lambda: _four(seen))
    assert seen == [{"po_id": order}, {"po_id": order}, {}, {}]
    assert [line["po_id"] for line in lines if line["event"] == "consumer.later"] == [order]


async def _four(seen: list[dict[str, object]]) -> bool:
    return len(seen) == 4
