"""What the edge knows about one request, and how the layers inside read it from the ASGI scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

_KEY = "procurement.exchange"
_FIRST = "procurement.headers"


@dataclass(slots=True)
class Exchange:
    request_id: str
    path: str
    traceparent: str = ""
    """Of the active server span; while tracing is off the caller's, or one of ours that is not sampled. Empty
    for what never became a request, and so is the next."""
    trace_id: str = ""
    asked: bytes = b""
    """The JSON of the body, in a form that does not depend on how it was written down."""

    def put_into(self, scope: Any) -> None:
        scope[_KEY] = self


def exchange_of(scope: Mapping[str, Any]) -> Exchange:
    return cast("Exchange", scope[_KEY])


def header(scope: Any, name: bytes) -> bytes | None:
    """The first header of that (lower case) name; None when it was not sent."""
    if (first := scope.get(_FIRST)) is None:  # asked ten times a request: it pays to look it up
        first = scope[_FIRST] = dict(reversed(scope["headers"]))
    return cast("bytes | None", first.get(name))
