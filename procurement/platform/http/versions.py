"""ETags: what is read carries its version, and what is changed names the version that was read."""

import re
from typing import Any

from litestar import Request, Response

from procurement.platform.http.exchange import header
from procurement.platform.http.problems import Problem
from procurement.platform.http.replies import Reply

_STRONG = re.compile(rb'"(0|[1-9][0-9]{0,8})"')


def etag(version: int) -> str:
    return f'"{version}"'


def expected_version(request: Request[Any, Any, Any]) -> int:
    """The version that the caller decided on. Raise Problem 428 without If-Match, 400 for any other form."""
    sent = header(request.scope, b"if-match")
    if sent is None:
        raise Problem("if-match-missing")
    if (strong := _STRONG.fullmatch(sent.strip())) is None:
        raise Problem("if-match-malformed")
    return int(strong[1])


def tagged(body: bytes, version: int, request: Request[Any, Any, Any]) -> Response[bytes]:
    """The GET of one resource: 304 without a body for a caller who has this version already."""
    headers = {"etag": etag(version)}
    if _has(header(request.scope, b"if-none-match"), etag(version)):
        return Response(b"", status_code=304, headers=headers)
    return Reply(body, headers=headers)


def _has(sent: bytes | None, tag: str) -> bool:
    """If-None-Match compares weakly (RFC 9110 §13.1.2)."""
    tags = [each.strip().removeprefix("W/") for each in (sent or b"").decode("latin-1").split(",")]
    return tag in tags or tags == ["*"]
