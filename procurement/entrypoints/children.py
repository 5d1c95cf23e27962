"""The processes of `procurement dev`: started, watched, their logs on one screen, stopped in order."""

import asyncio
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from procurement.platform.embedded.place import CannotStart
from procurement.platform.embedded.server import dies_with_parent

Say = Callable[[str, str], None]
"""Whose line, and the line."""

_READY_WITHIN = 60.0
_STOPPED_WITHIN = 30.0
_WELL_AFTER = 30.0
"""Seconds alive after which a death is a new trouble, not the old one again."""
_MOST_DEATHS = 5
_LONGEST_LINE = 1 << 20


class Server(Protocol):
    """An embedded server, as far as watching goes."""

    @property
    def name(self) -> str: ...
    @property
    def running(self) -> bool: ...
    @property
    def log(self) -> Path: ...


@dataclass(slots=True, kw_only=True)
class Child:
    name: str
    environment: Mapping[str, str]
    management: str
    """host:port where it tells whether it is ready."""
    process: asyncio.subprocess.Process | None = field(default=None, init=False)
    was_ready: bool = field(default=False, init=False)
    leaving: bool = field(default=False, init=False)

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "procurement", self.name),
            env={**os.environ, **self.environment, "PYTHONUNBUFFERED": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=_LONGEST_LINE,
            start_new_session=True,  # Ctrl-C is for us, who stop in order
            preexec_fn=dies_with_parent(signal.SIGKILL),  # nobody would read its last words
        )

    async def wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        while not await asyncio.to_thread(_answers, f"http://{self.management}/readyz"):
            if time.monotonic() > deadline:
                raise CannotStart(f"{self.name} was not ready within {_READY_WITHIN:.0f} s")
            await asyncio.sleep(0.1)
        self.was_ready = True

    async def supervise(self, say: Say) -> None:
        """Start again what died, a little later each time; give up when it does not get better."""
        deaths = 0
        while True:
            born = time.monotonic()
            code = await self._follow(say)
            if self.leaving:
                return
            deaths = 1 if time.monotonic() - born > _WELL_AFTER else deaths + 1
            if deaths > _MOST_DEATHS or not self.was_ready:
                raise CannotStart(f"{self.name} ended with {code}; its last lines above say why")
            pause = 2 ** (deaths - 1) / 2
            say("dev", f"{self.name} ended with {code}; starting it again in {pause:g} s")
            await asyncio.sleep(pause)
            await self.start()

    async def _follow(self, say: Say) -> int:
        """Its lines as they come, until it ends."""
        process = self._started()
        if process.stdout is not None:
            while line := await process.stdout.readline():
                say(self.name, line.decode(errors="replace").rstrip())
        return await process.wait()

    async def stop(self) -> None:
        self.leaving = True
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(_STOPPED_WITHIN):
                await process.wait()
        except TimeoutError:
            process.kill()

    def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()

    def _started(self) -> asyncio.subprocess.Process:
        if self.process is None:
            raise CannotStart(f"{self.name} was never started")
        return self.process


async def run_together(
    children: Sequence[Child], servers: Sequence[Server], say: Say, meanwhile: Callable[[], Awaitable[None]]
) -> None:
    """All stopped, when what is done meanwhile ends, a signal asks for it, or something cannot be kept
    alive, which is raised."""
    stop = _asked_to_stop(children)
    for child in children:
        await child.start()
    watchers = [asyncio.create_task(child.supervise(say)) for child in children]
    others = [
        asyncio.create_task(stop.wait()),
        asyncio.create_task(_watch(servers)),
        asyncio.create_task(_when_ready(children, meanwhile)),
    ]
    try:
        ended, _ = await asyncio.wait({*watchers, *others}, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in others:
            task.cancel()
        await asyncio.wait(others)
        for child in children:
            say("dev", f"stopping {child.name}")
            await child.stop()
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, *others, return_exceptions=True)


async def _when_ready(children: Sequence[Child], meanwhile: Callable[[], Awaitable[None]]) -> None:
    for child in children:
        await child.wait_until_ready()
    await meanwhile()


async def _watch(servers: Sequence[Server]) -> None:
    while all(server.running for server in servers):  # noqa: ASYNC110 - processes set no events
        await asyncio.sleep(0.5)
    dead = next(server for server in servers if not server.running)
    raise CannotStart(f"{dead.name} ended; its log is {dead.log}")


def _asked_to_stop(children: Sequence[Child]) -> asyncio.Event:
    stop = asyncio.Event()

    def ask() -> None:
        if stop.is_set():  # asked twice: insist
            for child in children:
                child.kill()
        stop.set()

    for asked in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(asked, ask)
    return stop


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
            return True
    except (urllib.error.URLError, OSError):
        return False
