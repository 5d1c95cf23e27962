"""A load generator that costs little, in a process of its own: `python -m tests.benchmarks.load < load.json`.

It speaks just enough HTTP/1.1 over keep-alive connections, and reads the CPU clocks of the watched processes
at both ends of the window it measures.
"""

import asyncio
import random
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import cast
from uuid import uuid4

import msgspec
import uvloop

from tests.benchmarks.processes import cpu_seconds


class Load(msgspec.Struct, frozen=True, kw_only=True):
    port: int
    requests: Sequence[str]
    """Taken at random; {key} becomes an Idempotency-Key of each one's own, the same wherever it stands."""
    watch: Mapping[str, int]
    """Processes whose CPU is counted, by a name."""
    seconds: float
    warm_up: float = 0.3
    clients: int = 16
    rate: float = 0.0
    """Requests a second, evenly spaced; 0: as many as it can."""
    most: int = 0
    """Stop after so many requests, whatever the time; 0: never."""


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    per_second: float
    p50: float
    p99: float
    requests: int
    cpu: Mapping[str, float]
    """Microseconds per request, the load generator's own under `load`."""


class Connection(asyncio.Protocol):
    def __init__(
        self, answered: "Callable[[Connection, float], None]", refused: Callable[[str], None]
    ) -> None:
        self._answered, self._refused = answered, refused
        self._received, self._whole = b"", 0
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def ask(self, request: bytes) -> None:
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._whole == 0:
            self._whole = _length(self._received)
        if self._whole and len(self._received) >= self._whole:
            self._finish()

    def connection_lost(self, _: Exception | None) -> None:
        self._refused("the server closed the connection")

    def _finish(self) -> None:
        took, status = time.perf_counter() - self._sent, self._received[9:10]
        if status != b"2":
            self._refused(self._received.decode())
            return
        self._received, self._whole = b"", 0
        self._answered(self, took)


def _length(answer: bytes) -> int:
    """Of the whole answer; 0 while its head is not there."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return 0
    return end + 4 + int(answer[answer.index(b"content-length: ", 0, end) + 16 : end].split(b"\r")[0])


class Generator:
    def __init__(self, load: Load) -> None:
        self._load = load
        self._parts = [one.encode().split(b"{key}") for one in load.requests]
        self._idle: deque[Connection] = deque()
        self._stopping, self._all_idle = asyncio.Event(), asyncio.Event()
        self._refusal = ""
        self.took: list[float] = []

    def _request(self) -> bytes:
        return str(uuid4()).encode().join(random.choice(self._parts))

    def _answered(self, connection: Connection, took: float) -> None:
        self.took.append(took)
        if len(self.took) == self._load.most:
            self._stopping.set()
        if self._stopping.is_set() or self._load.rate:
            self._rest(connection)
        else:
            connection.ask(self._request())

    def _refused(self, why: str) -> None:
        """What was asked for is not what gets measured, so nothing is."""
        self._refusal = self._refusal or why
        self._stopping.set()
        self._all_idle.set()

    def _rest(self, connection: Connection) -> None:
        self._idle.append(connection)
        if len(self._idle) == self._load.clients:
            self._all_idle.set()

    def _ask(self) -> None:
        self._all_idle.clear()
        self._idle.popleft().ask(self._request())

    async def run(self) -> Loaded:
        loop = asyncio.get_running_loop()
        for _ in range(self._load.clients):
            _, connection = await loop.create_connection(
                lambda: Connection(self._answered, self._refused), "127.0.0.1", self._load.port
            )
            self._rest(connection)
        if not self._load.most:
            await self._for(self._load.warm_up)
        return await self._measured()

    async def _measured(self) -> Loaded:
        self.took.clear()
        watch = {"load": 0, **self._load.watch}
        before, started = _clocks(watch), time.perf_counter()
        await self._for(self._load.seconds)
        elapsed, after = time.perf_counter() - started, _clocks(watch)
        count, took = len(self.took), sorted(self.took)
        return Loaded(
            per_second=count / elapsed,
            p50=took[count // 2] * 1e3,
            p99=took[int(count * 0.99)] * 1e3,
            requests=count,
            cpu={name: (after[name] - before[name]) / count * 1e6 for name in watch},
        )

    async def _for(self, seconds: float) -> None:
        """Ends when the last answer is there, or the program at the first refusal."""
        self._stopping.clear()
        ending = asyncio.get_running_loop().call_later(seconds, self._stopping.set)
        if self._load.rate:
            await self._evenly()
        else:
            for _ in range(self._load.clients):
                self._ask()
            await self._stopping.wait()
        ending.cancel()
        await self._all_idle.wait()
        if self._refusal:
            sys.exit(self._refusal)

    async def _evenly(self) -> None:
        due = time.perf_counter()
        while not self._stopping.is_set():
            due += 1 / self._load.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if self._idle:
                self._ask()


def _clocks(watch: Mapping[str, int]) -> dict[str, float]:
    return {name: cpu_seconds(pid) if pid else time.process_time() for name, pid in watch.items()}


if __name__ == "__main__":
    measured = uvloop.run(Generator(msgspec.json.decode(sys.stdin.buffer.read(), type=Load)).run())
    sys.stdout.buffer.write(msgspec.json.encode(measured))
