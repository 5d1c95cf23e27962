"""uvicorn inside our own process: we take the signals, we say when to stop, we end with exit code 0."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import structlog
import uvicorn

from procurement.platform.http.guarded import GuardedProtocol
from procurement.platform.http.traffic import Traffic

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_log = structlog.get_logger()


class CannotListen(Exception):
    """The address is taken or not ours; the message is for the operator, one line."""


@dataclass(frozen=True, slots=True)
class Site:
    """An application and where it listens, as `host:port`."""

    app: Any
    address: str
    shared: bool = False
    """Several processes may listen at the same address (SO_REUSEPORT)."""


@dataclass(frozen=True, slots=True)
class Stopping:
    lead: float = 5.0
    """Seconds between not being ready and not accepting, for those who still send us requests."""
    drain: float = 15.0
    """Seconds for the requests that are under way."""


async def serve(
    public: Site,
    management: Site,
    traffic: Traffic,
    stop: asyncio.Event,
    stopping: Stopping = Stopping(),
) -> None:
    """Serve until *stop* is set, then drain: not ready, lead time, accept no more, finish, close.

    Raise CannotListen before anything is served. A server that ends by itself is an error.
    """
    with listening(public) as front, listening(management) as back:
        managing = _Server(management, stopping.drain)
        serving = _Server(public, stopping.drain)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(managing.serve([back]))
            tasks.create_task(serving.serve([front]))
            await serving.up.wait()
            settle_memory()
            traffic.start()
            _log.info("ready", address=public.address, management=management.address)
            await stop.wait()
            await _leave(serving, managing, traffic, stopping)
    _log.info("stopped")


async def manage(management: Site, traffic: Traffic, stop: asyncio.Event) -> None:
    """Serve the management port alone, for a process that answers nobody else, until *stop* is set."""
    with listening(management) as back:
        managing = _Server(management, drain=1.0)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(managing.serve([back]))
            await managing.up.wait()
            settle_memory()
            traffic.start()
            _log.info("ready", management=management.address)
            await stop.wait()
            traffic.drain()
            await managing.leave()
    _log.info("stopped")


async def _leave(serving: "_Server", managing: "_Server", traffic: Traffic, stopping: Stopping) -> None:
    traffic.drain()
    _log.info("draining", lead=stopping.lead, in_flight=traffic.in_flight)
    await asyncio.sleep(stopping.lead)
    await serving.leave()
    await managing.leave()


class _Server(uvicorn.Server):
    def __init__(self, site: Site, drain: float) -> None:
        super().__init__(
            uvicorn.Config(
                site.app,
                http=cast("Any", GuardedProtocol),
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                reset_contextvars=True,  # or a request would have in its log lines what an earlier one bound
                timeout_keep_alive=15,
                timeout_graceful_shutdown=cast("int", drain),
            )
        )
        self.up, self._ended = asyncio.Event(), asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The signals are ours."""
        yield

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().serve(sockets)
            await self._last_words()
        finally:
            self._ended.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    async def leave(self) -> None:
        self.should_exit = True
        await self._ended.wait()

    async def _last_words(self) -> None:
        """uvicorn cancels what the drain left over but does not wait for it to say so."""
        if self.server_state.tasks:
            await asyncio.wait(list(self.server_state.tasks), timeout=1.0)


@contextmanager
def listening(site: Site) -> Iterator[socket.socket]:
    host, _, port = site.address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if site.shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            listener.bind((host.strip("[]"), int(port)))
            listener.listen(2048)
        except OSError as error:
            raise CannotListen(f"cannot listen on {site.address}: {os.strerror(error.errno or 0)}") from None
        listener.setblocking(False)
        yield listener


def settle_memory() -> None:
    """What start-up made stays: look at it once more, then never again. Full collections are the p99."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@contextmanager
def stop_on_signals(stop: asyncio.Event) -> Iterator[None]:
    """SIGTERM or SIGINT sets *stop*; the second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def received(number: signal.Signals) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()  # before the log, whose reader may be the one that died
        _log.info("signal_received", signal=number.name)

    for each in _SIGNALS:
        loop.add_signal_handler(each, received, each)
    try:
        yield
    finally:
        for each in _SIGNALS:
            loop.remove_signal_handler(each)
