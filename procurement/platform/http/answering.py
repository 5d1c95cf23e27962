"""The way out: what every answer carries, and the answer of those who fail outside of the routes."""

from typing import Any

from procurement.platform.http.asgi import Send
from procurement.platform.http.catalogue import PROBLEM_JSON
from procurement.platform.http.exchange import Exchange
from procurement.platform.http.problems import Problem

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"x-xss-protection", b"0"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
)
_UNLESS_SET = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)


class Answering:
    """ASGI `send` that adds the headers of every answer and knows what was answered."""

    __slots__ = ("_closing", "_exchange", "_send", "_started", "status")

    def __init__(self, send: Send, exchange: Exchange, *, closing: bool) -> None:
        self._send, self._exchange, self._closing = send, exchange, closing
        self._started = False
        self.status = 500
        """500 until there is another one: an answer that never starts is a fault."""

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._started, self.status = True, message["status"]
            message["headers"] = [*message["headers"], *self._added({name for name, _ in message["headers"]})]
        await self._send(message)

    async def problem(self, problem: Problem) -> None:
        """Answer with it, unless an answer is already on its way: that one is cut, never continued."""
        if self._started:
            return
        body = problem.body(self._exchange)
        headers = {"content-type": PROBLEM_JSON, "content-length": str(len(body)), **problem.headers}
        encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._closing = self._closing or problem.kind.code in ("body-too-slow", "shutting-down")
        await self({"type": "http.response.start", "status": problem.kind.status, "headers": encoded})
        await self({"type": "http.response.body", "body": body, "more_body": False})

    def _added(self, present: set[bytes]) -> list[tuple[bytes, bytes]]:
        added = [
            (b"x-request-id", self._exchange.request_id.encode()),
            *SECURITY_HEADERS,
            *(pair for pair in _UNLESS_SET if pair[0] not in present),
        ]
        if self._closing:
            added.append((b"connection", b"close"))
        return added
