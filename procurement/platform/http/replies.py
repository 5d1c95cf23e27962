"""Answers as they are: Litestar's own Response copies, merges and encodes for cookies, encoders and tasks,
of which we have none."""

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Receive, Scope, Send

JSON = "application/json"


class Reply(Response[bytes]):
    """To Litestar a Response like any other; it goes out as it is."""

    def __init__(
        self,
        body: bytes,
        status: int = 200,
        media_type: str = JSON,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Names of headers in lower case. Response's own would make what nobody asks this one for."""
        self.content, self.status_code = body, status
        self._headers = [
            (b"content-type", media_type.encode()),
            (b"content-length", b"%d" % len(body)),
            *((name.encode(), value.encode()) for name, value in (headers or {}).items()),
        ]

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        return self._send_all

    async def _send_all(self, _: Scope, __: Receive, send: Send) -> None:
        start: HTTPResponseStartEvent = {
            "type": "http.response.start",
            "status": self.status_code or 200,
            "headers": self._headers,
        }
        body: HTTPResponseBodyEvent = {"type": "http.response.body", "body": self.content, "more_body": False}
        await send(start)
        await send(body)
