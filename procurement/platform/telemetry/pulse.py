"""Whether the event loop is free: the first thing to look at when everything is slow at once."""

import asyncio

from prometheus_client import Gauge


async def watch_event_loop(lag: Gauge, every: float = 0.5) -> None:
    """Runs until it is cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + every
        await asyncio.sleep(every)
        lag.set(max(0.0, loop.time() - due))
