"""What Kafka has of this run: the orders' events, with their headers, partitions and offsets."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from procurement.entrypoints.people import TENANT
from procurement.kernel.errors import Unavailable
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.tail import tail

TOPIC = "purchasing.purchase-orders"
_ARRIVES_WITHIN = 30.0
_CLOCKS_DIFFER_BY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Event:
    partition: int
    offset: int
    headers: dict[str, str]
    data: dict[str, Any]

    @property
    def name(self) -> str:
        """`PurchaseOrderIssued` of `procurement.purchasing.PurchaseOrderIssued.v1`."""
        return self.headers["ce_type"].split(".")[-2]

    @property
    def version(self) -> int:
        return int(self.headers["ce_aggregateversion"])


class Feed:
    def __init__(self, run: str) -> None:
        self._run = run
        self._events: defaultdict[str, dict[int, Event]] = defaultdict(dict)
        self._more = asyncio.Condition()
        self._broken: Unavailable | None = None

    async def follow(self, kafka: KafkaAccess) -> None:
        since = datetime.now(UTC) - _CLOCKS_DIFFER_BY
        try:
            async for line in tail(kafka, [TOPIC], since=since, follow=True):
                await self._take(json.loads(line))
        except Unavailable as error:
            self._broken = error
            async with self._more:
                self._more.notify_all()

    async def of(self, order: str, versions: int) -> list[Event]:
        """Of one order from its first version to that one. Raise TimeoutError when they do not come."""
        wanted = range(1, versions + 1)
        async with asyncio.timeout(_ARRIVES_WITHIN), self._more:
            await self._more.wait_for(lambda: self._broken or self._events[order].keys() >= set(wanted))
        if self._broken:
            raise self._broken
        return [self._events[order][version] for version in wanted]

    async def _take(self, line: dict[str, Any]) -> None:
        if line["headers"].get("ce_correlationid") != self._run:
            return
        event = Event(line["partition"], line["offset"], line["headers"], line["event"])
        async with self._more:
            self._events[event.headers["ce_subject"]].setdefault(event.version, event)
            self._more.notify_all()


@asynccontextmanager
async def feed(kafka: KafkaAccess, run: str) -> AsyncGenerator[Feed]:
    """Read on in the background while orders are made."""
    ours = Feed(run)
    following = asyncio.create_task(ours.follow(kafka))
    try:
        yield ours
    finally:
        following.cancel()
        await asyncio.wait([following])


def faults(order: str, approvals: int, events: Sequence[Event]) -> list[str]:
    """What is wrong with an order's events: their names, their envelope, their place."""
    names = [event.name.removeprefix("PurchaseOrder") for event in events]
    expected = ["Created", "Submitted", *["Approved"] * approvals, "Issued", "Acknowledged"]
    offsets = [event.offset for event in events]
    wrong = {
        f"events {', '.join(names)}": names != expected,
        "an event of another tenant": any(event.headers["ce_tenant"] != str(TENANT) for event in events),
        "an event that names another order": any(event.data["order_id"] != order for event in events),
        "events on several partitions": len({event.partition for event in events}) != 1,
        "events out of order": offsets != sorted(offsets),
    }
    return [fault for fault, is_so in wrong.items() if is_so]
