"""Lists by keyset: a page ends at a row, and an opaque, sealed cursor names the row where the next begins."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from litestar import Request, Response

from procurement.kernel.clock import Clock
from procurement.platform.http.auth import Caller
from procurement.platform.http.problems import FieldError, Problem

DEFAULT_SIZE = 50
LARGEST_SIZE = 200
LIFETIME_SECONDS = 3 * 24 * 3600
_NONCE = 12

Position = tuple[str | int | None, ...]
"""The sort key of a row, as the repository needs it to go on from there."""


T = TypeVar("T")


class Page(msgspec.Struct, Generic[T]):
    """One page of a list, for OpenAPI: `answers(Page[OrderBody])`."""

    items: list[T]
    next: str | None = None
    prev: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page is asked for."""

    size: int
    position: Position | None = None
    """None is the beginning."""
    backwards: bool = False


class Cursors:
    """Bound to the tenant and to everything asked but the page: in another list a cursor means nothing."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        """*key* has 32 random bytes, the same ones in every process that serves the list."""
        self._aead, self._clock = AESGCM(key), clock

    def turn(self, request: Request[Caller, Any, Any]) -> Turn:
        """Read `page_size` and `cursor`. Raise Problem 400 for a cursor that is not of this list."""
        asked = dict(_query(request))
        size = _size(asked.get("page_size"))
        if (cursor := asked.get("cursor")) is None:
            return Turn(size)
        position, backwards = self.open(cursor, _binding(request))
        return Turn(size, position, backwards)

    def page(
        self,
        request: Request[Caller, Any, Any],
        items: Sequence[msgspec.Raw | bytes | msgspec.Struct],
        *,
        next: Position | None,  # noqa: A002 - the name on the wire
        prev: Position | None = None,
    ) -> Response[bytes]:
        """`{items, next, prev}` and the same two as RFC 8288 links. Items may be encoded already."""
        binding = _binding(request)
        cursors = {
            "next": None if next is None else self.seal(next, binding),
            "prev": None if prev is None else self.seal(prev, binding, backwards=True),
        }
        encoded = [msgspec.Raw(item) if isinstance(item, bytes) else item for item in items]
        links = [_link(request, cursor, rel) for rel, cursor in cursors.items() if cursor]
        body = msgspec.json.encode({"items": encoded, **cursors})
        return Response(
            body, media_type="application/json", headers={"link": ", ".join(links)} if links else {}
        )

    def seal(self, position: Position, binding: bytes, *, backwards: bool = False) -> str:
        issued = int(self._clock().timestamp())
        plain = msgspec.msgpack.encode((issued, backwards, position))
        nonce = os.urandom(_NONCE)
        return urlsafe_b64encode(nonce + self._aead.encrypt(nonce, plain, binding)).rstrip(b"=").decode()

    def open(self, cursor: str, binding: bytes) -> tuple[Position, bool]:
        try:
            sealed = _canonical(cursor)
            plain = self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], binding)
        except (ValueError, InvalidTag):
            raise Problem("cursor-invalid") from None
        issued, backwards, position = msgspec.msgpack.decode(plain, type=tuple[int, bool, Position])
        if self._clock().timestamp() - issued > LIFETIME_SECONDS:
            raise Problem("cursor-invalid", "the cursor expired; begin anew")
        return position, backwards


def _canonical(cursor: str) -> bytes:
    """Base64url has spare bits; a cursor with those altered is altered."""
    sealed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    if urlsafe_b64encode(sealed).rstrip(b"=").decode() != cursor:
        raise ValueError(cursor)
    return sealed


def _query(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    return parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _binding(request: Request[Caller, Any, Any]) -> bytes:
    filters = sorted(pair for pair in _query(request) if pair[0] not in ("cursor", "page_size"))
    asked = (str(request.user.tenant), request.scope["path"], filters)
    return sha256(msgspec.msgpack.encode(asked)).digest()


def _size(asked: str | None) -> int:
    if asked is None:
        return DEFAULT_SIZE
    if not asked.isascii() or not asked.isdigit() or len(asked) > 9 or int(asked) == 0:  # noqa: PLR2004
        fault = FieldError(parameter="page_size", code="range", detail="must be a whole number above zero")
        raise Problem("invalid-parameter", errors=[fault])
    return min(int(asked), LARGEST_SIZE)


def _link(request: Request[Any, Any, Any], cursor: str, rel: str) -> str:
    kept = [pair for pair in _query(request) if pair[0] != "cursor"]
    return f'<{request.scope["path"]}?{urlencode([*kept, ("cursor", cursor)])}>; rel="{rel}"'
