"""The wake-up: soon after the commit, rarely under load, and never needed."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from procurement.platform.bell import Bell
from procurement.platform.postgres.doorbell import CHANNEL, Doorbell, listen
from procurement.platform.postgres.engine import plain_url
from procurement.platform.relay import RelayOptions
from tests.integration.relay.stage import PostgresStage, eventually
from tests.memory.outbox import BrokerLog

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def in_background(*works: asyncio.Task[None]) -> AsyncIterator[None]:
    await asyncio.sleep(0.3)  # to connect
    try:
        yield
    finally:
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)


async def test_an_idle_relay_hears_of_a_commit_long_before_its_next_poll(
    stage: PostgresStage, postgres_url: str
) -> None:
    bell, doorbell, log = Bell(), Doorbell(postgres_url), BrokerLog(delay=0)
    works = asyncio.create_task(listen(postgres_url, bell)), asyncio.create_task(doorbell.run())
    waits = []
    async with in_background(*works), stage.relaying(log, bell=bell):
        await asyncio.sleep(1)
        for n in range(1, 21):
            await asyncio.sleep(0.1)
            await stage.write(uuid4(), 1)
            doorbell.ring()
            began = time.monotonic()
            while len(log.stored) < n:  # noqa: ASYNC110 - it is a list, not an event
                await asyncio.sleep(0.001)
            waits.append(time.monotonic() - began)
    assert sorted(waits)[10] < 0.1


async def notifications(url: str, doorbell: Doorbell, rings: int, every: float) -> int:
    heard = 0
    async with await psycopg.AsyncConnection.connect(plain_url(url), autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        async with in_background(asyncio.create_task(doorbell.run())):
            for _ in range(rings):
                doorbell.ring()
                await asyncio.sleep(every)
        async for _ in connection.notifies(timeout=0.3):
            heard += 1
    return heard


async def test_a_storm_of_rings_is_a_few_notifications(postgres_url: str) -> None:
    doorbell = Doorbell(postgres_url, gap=0.005, longest_gap=0.1)
    assert 2 <= await notifications(postgres_url, doorbell, 300, every=0.001) <= 25


async def test_who_rings_alone_is_heard_each_time(postgres_url: str) -> None:
    doorbell = Doorbell(postgres_url, gap=0.001, longest_gap=60)
    assert await notifications(postgres_url, doorbell, 10, every=0.1) >= 9


async def test_without_any_notification_nothing_waits_longer_than_a_poll(stage: PostgresStage) -> None:
    log = BrokerLog()
    async with stage.relaying(log, RelayOptions(longest_poll=0.5)):
        await asyncio.sleep(2)
        await stage.write(uuid4(), 1)
        assert await eventually(stage.drained, 2) < 1.0


async def test_both_ends_come_back_after_their_connections_were_cut(
    stage: PostgresStage, postgres_url: str
) -> None:
    bell, doorbell = Bell(), Doorbell(postgres_url)
    works = asyncio.create_task(listen(postgres_url, bell)), asyncio.create_task(doorbell.run())
    async with in_background(*works):
        async with await psycopg.AsyncConnection.connect(plain_url(postgres_url), autocommit=True) as own:
            await own.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name IN ('procurement-doorbell', 'procurement-listener')"
            )
        doorbell.ring()
        await asyncio.sleep(2)
        bell.clear()
        doorbell.ring()
        began = time.monotonic()
        await bell.heard(2)
        assert time.monotonic() - began < 1


async def test_a_server_that_vanished_in_the_middle_of_a_ring_is_given_up_soon(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No keepalive is sent while something is not acknowledged, and a kernel sends that for 15 minutes."""
    opened, connect = asyncio.Queue[socket.socket](), psycopg.AsyncConnection.connect

    async def watched(*args: Any, **kwargs: Any) -> psycopg.AsyncConnection[Any]:
        connection = await connect(*args, **kwargs)
        opened.put_nowait(socket.socket(fileno=os.dup(connection.fileno())))
        return connection

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", watched)
    async with in_background(asyncio.create_task(Doorbell(postgres_url).run())):
        with await opened.get() as line:
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
