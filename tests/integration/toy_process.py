"""The toy application as a process: `python -m tests.integration.toy_process FOLDER PUBLIC MANAGEMENT`."""

import asyncio
import sys
from pathlib import Path

import uvloop
from prometheus_client import CollectorRegistry

from procurement.platform.http.management import Management, Version
from procurement.platform.http.server import CannotListen, Site, Stopping, serve, stop_on_signals
from tests.unit.platform.http.toy import stand


async def run(folder: Path, public: str, management: str) -> None:
    toys = stand(folder)
    toys.workshop.slowly = lambda: asyncio.sleep(1.0)
    stop = asyncio.Event()
    with stop_on_signals(stop):
        await serve(
            Site(toys.app, public),
            Site(Management(toys.health, Version("1"), CollectorRegistry()), management),
            toys.traffic,
            stop,
            Stopping(lead=0.5, drain=5.0),
        )


if __name__ == "__main__":
    try:
        uvloop.run(run(Path(sys.argv[1]), *sys.argv[2:]))
    except* CannotListen as trouble:
        sys.exit(str(trouble.exceptions[0]))
