"""The wake-up between a writer and the relay: NOTIFY after the commit, from a connection of its own.

In the writing transaction a NOTIFY would take a lock over all commits of the server. A lost one costs at
most one poll of the relay.
"""

import asyncio

import psycopg
import structlog

from procurement.platform.bell import Bell
from procurement.platform.postgres.engine import plain_url

CHANNEL = "procurement_outbox"
_RECONNECT = 1.0
_GROWTH = 1.5

_log = structlog.get_logger()


async def _connect(url: str, application: str) -> psycopg.AsyncConnection[tuple[str]]:
    return await psycopg.AsyncConnection.connect(
        plain_url(url),
        autocommit=True,
        connect_timeout=3,
        application_name=application,
        options="-c synchronous_commit=off",
        keepalives_idle=10,
        keepalives_interval=3,
        keepalives_count=3,
        tcp_user_timeout=10_000,
    )


class Doorbell:
    """Rung by the writers' side. run() carries it to the relays until it is cancelled.

    The gap between two notifications grows while several ring in one: where many write, the relay is at work
    anyway, and to be woken for every few events would only make its batches small.
    """

    def __init__(
        self,
        url: str,
        *,
        application: str = "procurement-doorbell",
        gap: float = 0.003,
        longest_gap: float = 0.02,
    ) -> None:
        """Gaps in seconds."""
        self._url, self._application = url, application
        self._gap, self._longest_gap = gap, longest_gap
        self._rung, self._rings = asyncio.Event(), 0

    def ring(self) -> None:
        self._rings += 1
        self._rung.set()

    async def run(self) -> None:
        while True:
            try:
                async with await _connect(self._url, self._application) as connection:
                    await self._carry(connection)
            except psycopg.Error as error:
                _log.warning("doorbell.lost", error=str(error))
                await asyncio.sleep(_RECONNECT)

    async def _carry(self, connection: psycopg.AsyncConnection[tuple[str]]) -> None:
        """The first ring goes at once, those within the gap after it together."""
        gap = self._gap
        while True:
            await self._rung.wait()
            gap = min(gap * _GROWTH, self._longest_gap) if self._rings > 1 else self._gap
            self._rings = 0
            self._rung.clear()
            await connection.execute(f"NOTIFY {CHANNEL}")
            await asyncio.sleep(gap)


async def listen(url: str, bell: Bell, *, application: str = "procurement-listener") -> None:
    """Ring the relay's bell whenever a doorbell is heard, until cancelled."""
    while True:
        try:
            async with await _connect(url, application) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                bell.ring()  # for what was missed
                async for _ in connection.notifies():
                    bell.ring()
        except psycopg.Error as error:
            _log.warning("listener.lost", error=str(error))
            await asyncio.sleep(_RECONNECT)
