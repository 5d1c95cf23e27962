"""Some routes take larger bodies: few at once, with more time, and the small ones are not held up."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from procurement.platform.http.edge import Edge
from procurement.platform.http.large import USUAL, LargeBodies
from procurement.platform.http.receiving import Bounds
from procurement.platform.http.traffic import Traffic
from tests.unit.platform.http.toy import Metered

pytestmark = pytest.mark.anyio

LARGE, SMALL = b"x" * (USUAL.body + 1), b"x"
MOST = 2 * USUAL.body


@dataclass
class Store:
    """Keeps every body until it may let go."""

    large: LargeBodies
    go: asyncio.Event = field(default_factory=asyncio.Event)
    busy: int = 0
    most: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with self.large.admitted(scope):
            more = True
            while more:
                more = (await receive()).get("more_body", False)
            self.busy += 1
            self.most = max(self.most, self.busy)
            try:
                await self.go.wait()
            finally:
                self.busy -= 1
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})


def client(store: Store, seconds: float = 5.0) -> httpx.AsyncClient:
    edge = Edge(store, Traffic(), Metered(), bounds=Bounds(seconds=seconds))
    return httpx.AsyncClient(transport=httpx.ASGITransport(edge), base_url="http://store.test")  # type: ignore[arg-type]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0)


async def test_large_ones_take_turns_and_small_ones_don_t_wait() -> None:
    store = Store(LargeBodies(Bounds(body=MOST)))
    async with client(store) as http:
        large = [asyncio.create_task(http.post("/", content=LARGE)) for _ in range(3)]
        await until(lambda: store.busy == 1)
        small = [asyncio.create_task(http.post("/", content=SMALL)) for _ in range(3)]
        await until(lambda: store.busy == 4)
        store.go.set()
        assert {(await task).status_code for task in (*large, *small)} == {204}
    assert store.most == 4


async def test_whoever_waits_too_long_is_told_to_come_back() -> None:
    store = Store(LargeBodies(Bounds(body=MOST), patience=0.01))
    async with client(store) as http:
        first = asyncio.create_task(http.post("/", content=LARGE))
        await until(lambda: store.busy == 1)
        second = await http.post("/", content=LARGE)
        assert (second.status_code, second.json()["code"]) == (503, "overloaded")
        assert int(second.headers["retry-after"]) >= 1
        store.go.set()
        assert (await first).status_code == 204
        assert (await http.post("/", content=LARGE)).status_code == 204


async def test_the_turn_of_one_that_failed_is_the_next_one_s() -> None:
    store = Store(LargeBodies(Bounds(body=MOST, seconds=0.01)))
    async with client(store) as http:
        assert (await http.post("/", content=LARGE)).json()["code"] == "deadline-exceeded"
        store.go.set()
        assert (await http.post("/", content=LARGE)).status_code == 204


async def test_there_is_an_end_to_it_all_the_same() -> None:
    store = Store(LargeBodies(Bounds(body=MOST)))
    async with client(store) as http:
        answer = await http.post("/", content=b"x" * (MOST + 1))
    assert (answer.status_code, answer.json()["detail"]) == (413, f"a body has at most {MOST} bytes")


async def test_a_body_of_unknown_length_counts_as_large() -> None:
    async def chunks() -> Any:
        yield LARGE

    store = Store(LargeBodies(Bounds(body=MOST)))
    store.go.set()
    async with client(store) as http:
        assert (await http.post("/", content=chunks())).status_code == 204


async def test_a_large_one_has_more_time() -> None:
    store = Store(LargeBodies(Bounds(body=MOST, seconds=5.0)))
    async with client(store, seconds=0.05) as http:
        large = asyncio.create_task(http.post("/", content=LARGE))
        small = await http.post("/", content=SMALL)
        assert small.json()["code"] == "deadline-exceeded"
        store.go.set()
        assert (await large).status_code == 204
