"""A connection that nobody waits for any more."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import suppress

import pytest

from procurement.kernel.errors import Unavailable
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import APP_ROLE, PoolOptions, open_engine

pytestmark = pytest.mark.anyio


@pytest.fixture
def without_collections() -> Iterator[None]:
    """A process that leaves no garbage behind its requests hardly ever collects any."""
    gc.disable()
    yield
    gc.enable()


class Mute:
    """Takes connections and says nothing, as a Postgres that is overloaded."""

    def __init__(self) -> None:
        self.asked, self.left = asyncio.Event(), asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        self.asked.set()
        await reader.read()
        self.left.set()
        writer.close()


@pytest.mark.usefixtures("without_collections")
@pytest.mark.parametrize("cancelled", [True, False], ids=["cancelled", "out of time"])
async def test_who_gives_up_connecting_hangs_up(cancelled: bool) -> None:
    """Or each look at the health of an overloaded Postgres would leave a connection open there."""
    mute = Mute()
    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url, options = f"postgresql://somebody@127.0.0.1:{port}/any", PoolOptions(connect_timeout=2)
        engine = open_engine(url, role=APP_ROLE, application="tests", options=options)
        asking = asyncio.create_task(Database(engine).fetch("SELECT 1", {}))
        await mute.asked.wait()
        if cancelled:
            asking.cancel()
        with suppress(asyncio.CancelledError, Unavailable):
            await asking
        del asking
        try:
            async with asyncio.timeout(2.0):
                await mute.left.wait()
        finally:
            gc.collect()  # or the server would never close
            await mute.left.wait()
            await engine.dispose()
