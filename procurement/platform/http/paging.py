"""Lists by keyset: an opaque, sealed cursor names a row, and the page after it or before it.

Backwards a list is read in the opposite order, on from the first row of the page one comes from, and turned
round: whoever finds the rows knows only how to go on.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
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
"""The sort key of a row, as the repository needs it to go on from there; empty where all rows follow."""


T = TypeVar("T")
S = TypeVar("S", bound=StrEnum)


class Page(msgspec.Struct, Generic[T]):
    """One page of a list, for OpenAPI: `answers(Page[OrderBody])`."""

    items: list[T]
    next: str | None = None
    prev: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page is asked for."""

    size: int
    position: Position = ()
    backwards: bool = False

    @property
    def limit(self) -> int:
        """One more than a page: where it comes, there is another page."""
        return self.size + 1

    def order(self, asked: S) -> S:
        """The order to read in. Every sort of a list has its opposite: with `-` and without."""
        if not self.backwards:
            return asked
        return type(asked)(asked[1:] if asked.startswith("-") else f"-{asked}")

    def cut(self, found: Sequence[T], position: Callable[[T], Position]) -> "Cut[T]":
        """The page out of what was found in that order and within that limit."""
        rows = list(found[: self.size])
        before, after = self.position != (), len(found) > self.size
        if self.backwards:
            rows.reverse()
            before, after = after, before
        first, last = (position(rows[0]), position(rows[-1])) if rows else ((), ())
        return Cut(rows, next=last if after else None, prev=first if before else None)


@dataclass(frozen=True, slots=True)
class Cut(Generic[T]):
    """The rows of a page, and the positions from which one goes on and back."""

    rows: Sequence[T]
    next: Position | None
    prev: Position | None


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
        cut: Cut[T],
        said: Callable[[T], msgspec.Struct],
    ) -> Response[bytes]:
        """`{items, next, prev}` and the same two as RFC 8288 links."""
        binding = _binding(request)
        cursors = {
            "next": None if cut.next is None else self.seal(cut.next, binding),
            "prev": None if cut.prev is None else self.seal(cut.prev, binding, backwards=True),
        }
        links = [_link(request, cursor, rel) for rel, cursor in cursors.items() if cursor]
        body = msgspec.json.encode({"items": [said(row) for row in cut.rows], **cursors})
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
