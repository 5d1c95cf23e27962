"""uvicorn's HTTP protocol, made safe against those who send slowly, endlessly or nonsense."""

import asyncio
from itertools import chain
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from procurement.platform.http.answering import SECURITY_HEADERS
from procurement.platform.http.catalogue import PROBLEM_JSON
from procurement.platform.http.exchange import Exchange
from procurement.platform.http.problems import Problem

HEAD_SECONDS = 5.0
HEAD_BYTES = 32 * 1024
HEADERS = 100


class InOneGo(asyncio.Transport):
    """Writes once what is written within one turn of the loop: uvicorn writes head and body apart, and a
    system call costs more than making the head."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport, self._loop = transport, loop
        self._written: list[bytes] = []

    def write(self, data: bytes) -> None:  # type: ignore[override]
        if not self._written:
            self._loop.call_soon(self._flush)
        self._written.append(data)

    def _flush(self) -> None:
        if self._written:
            self._transport.write(b"".join(self._written))
            self._written.clear()

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: object = None) -> object:
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()


class GuardedProtocol(HttpToolsProtocol):
    """A request's head arrives whole within five seconds, counted from the connection or its first byte.

    uvicorn itself waits for ever, and its keep-alive timer starts anew with every byte.
    """

    _head_timer: asyncio.TimerHandle | None = None
    _unfinished = 0
    """Bytes since a head was whole or a body went on. The parser keeps what it has of a header to itself,
    in the head and in what may follow a body in chunks."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(InOneGo(transport, self.loop))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._unfinished += len(data)
        super().data_received(data)
        if self._unfinished > HEAD_BYTES:
            self._refuse("headers-too-large")
        if self._head_timer is None and (self.cycle is None or self.cycle.response_complete):
            self._await_head()  # what came was not all of it

    def on_message_begin(self) -> None:
        self._unfinished = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._unfinished = 0
        self._head_arrived()
        size = len(self.url) + sum(map(len, chain.from_iterable(self.headers)))
        if size > HEAD_BYTES or len(self.headers) > HEADERS:
            self._refuse("headers-too-large")
        if self.parser.get_http_version() not in ("1.1", "1.0"):
            self._refuse("malformed-request")
        if not self.transport.is_closing():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unfinished = 0
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.transport.is_closing():
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        del msg
        self._refuse("malformed-request")

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _head_arrived(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse(self, code: str) -> None:
        """Answer what never became a request, and hang up."""
        if self.transport.is_closing():
            return
        problem, exchange = Problem(code), Exchange(uuid4().hex, "")
        body = problem.body(exchange)
        headers = [
            *self.server_state.default_headers,
            (b"content-type", PROBLEM_JSON.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"x-request-id", exchange.request_id.encode()),
            (b"cache-control", b"no-store"),
            *SECURITY_HEADERS,
            (b"connection", b"close"),
        ]
        lines = [STATUS_LINE[problem.kind.status], *(b"%b: %b\r\n" % pair for pair in headers)]
        self.transport.write(b"".join([*lines, b"\r\n", body]))
        self.transport.close()
