"""The port for those who run the service: health, version and metrics. Not for the ingress."""

from dataclasses import dataclass

import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from procurement.platform.http.asgi import Receive, Scope, Send
from procurement.platform.http.exchange import header
from procurement.platform.http.health import ALIVE, Health


@dataclass(frozen=True, slots=True)
class Version:
    version: str
    commit: str = "unknown"
    built: str = "unknown"

    def encoded(self) -> bytes:
        return msgspec.json.encode(self)


@dataclass(frozen=True, slots=True)
class Management:
    """A plain ASGI application."""

    health: Health
    version: Version
    registry: CollectorRegistry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        if scope["type"] == "http":
            status, content_type, body = self._answer(scope)
            await _answer(send, status, content_type, body)

    def _answer(self, scope: Scope) -> tuple[int, str, bytes]:
        match scope["path"]:
            case "/healthz":
                return 200, _JSON, ALIVE
            case "/readyz":
                status, body = self.health.ready()
                return status, _JSON, body
            case "/version":
                return 200, _JSON, self.version.encoded()
            case "/metrics":
                encode, content_type = choose_encoder((header(scope, b"accept") or b"").decode("latin-1"))
                return 200, content_type, encode(self.registry)
            case _:
                return 404, _JSON, b'{"status":404}'


_JSON = "application/json"


async def _answer(send: Send, status: int, content_type: str, body: bytes) -> None:
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
