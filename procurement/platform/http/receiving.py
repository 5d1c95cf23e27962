"""The way in: a body is only read as far as it may be long, and only as long as it may take."""

from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.types import Empty, HTTPRequestEvent, Receive, Scope

from procurement.platform.alarms import Alarm
from procurement.platform.http.exchange import header
from procurement.platform.http.problems import Problem


@dataclass(frozen=True, slots=True)
class Bounds:
    body: int = 1 << 20
    """Bytes."""
    seconds: float = 10.0
    """From the head of the request to its answer, the receipt of the body included."""


class WholeRequest(Request[Any, Any, Any]):
    """Its body is read as it comes. Litestar would parse all headers to see how long it may be, as Receiving
    does."""

    async def body(self) -> bytes:
        if self._body is Empty:
            parts, more = [], True
            while more:
                message: Any = await self.receive()
                parts.append(message.get("body", b""))
                more = message.get("more_body", False)
            self._body = b"".join(parts)
        return self._body


def _has_body(scope: Scope) -> bool:
    length = header(scope, b"content-length")
    return length not in (None, b"0") or header(scope, b"transfer-encoding") is not None


class Receiving:
    """ASGI `receive` with a limit, which knows whether the body is complete."""

    __slots__ = ("_receive", "_scope", "_size", "complete", "limit")

    def __init__(self, receive: Receive, scope: Scope, limit: int) -> None:
        self._receive, self._scope, self.limit = receive, scope, limit
        self._size = 0
        self.complete = not _has_body(scope)

    async def __call__(self) -> Any:
        if self._size == 0:
            self._not_beyond(int(header(self._scope, b"content-length") or 0))
        message: Any = await self._receive()
        if message["type"] == "http.request":
            self._arrived(message)
        elif not self.complete:
            raise Problem("body-incomplete")
        return message

    def _arrived(self, message: HTTPRequestEvent) -> None:
        self._size += len(message.get("body", b""))
        self._not_beyond(self._size)
        self.complete = self.complete or not message.get("more_body", False)

    def _not_beyond(self, size: int) -> None:
        if size > self.limit:
            raise Problem("body-too-large", f"a body has at most {self.limit} bytes")


_KEY = "procurement.allowance"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much one request may be, and how long it may take."""

    receiving: Receiving
    alarm: Alarm

    def put_into(self, scope: Any) -> None:
        scope[_KEY] = self


def forget(scope: Any) -> None:
    """When the request is answered. The server's own object holds the scope, and what it receives with holds
    that object: left in there, each request would be garbage that only a collection finds."""
    scope.pop(_KEY, None)


def widen(scope: Any, bounds: Bounds) -> None:
    """From now on, for this request; before its body is read."""
    allowance: Allowance = scope[_KEY]
    allowance.receiving.limit = bounds.body
    allowance.alarm.postpone(bounds.seconds)
