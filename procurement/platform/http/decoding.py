"""Bodies are decoded strictly: as they were typed by the route, or refused with every fault at once."""

import json
import re
from functools import cache
from typing import Any, TypeVar

import msgspec
from litestar.dto import MsgspecDTO
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition

from procurement.platform.http.exchange import exchange_of, header
from procurement.platform.http.problems import Problem
from procurement.platform.http.violations import violations

T = TypeVar("T", bound=msgspec.Struct)

MAX_DEPTH = 64

_JSON_TYPE = re.compile(rb'application/json\s*(;\s*charset="?utf-8"?\s*)?', re.IGNORECASE)
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_ALL_BUT_BRACKETS = bytes(sorted(set(range(256)) - set(b"{}[]")))


class StrictDTO(MsgspecDTO[T]):
    """`@post("/", dto=StrictDTO[CreateOrder])`: the handler's `data` is the struct, exactly as it was sent.

    Litestar's own way reads JSON numbers as floats, takes "1" for 1 and ignores the content type.
    """

    def decode_bytes(self, value: bytes) -> Any:
        scope = self.asgi_connection.scope
        json_only(scope)
        decoded, sent = _read(value, self.model_type)
        exchange_of(scope).asked = _in_one_form(sent)
        return decoded

    @classmethod
    def create_for_field_definition(cls, *_: Any, **__: Any) -> None:
        """Litestar's transfer models are not used."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any
    ) -> Reference | Schema:
        del handler_id
        return schema_creator.for_field_definition(field_definition)  # type: ignore[no-any-return]


def matching(pattern: str, **more: Any) -> msgspec.Meta:
    """For `Annotated[str, matching(r"[0-9]+")]`: the whole text, to its end.

    Python's `$` also matches before a last newline, and its `\\d` takes the digits of every script.
    """
    return msgspec.Meta(pattern=rf"^(?:{pattern})(?!\n)$", **more)


def _in_one_form(sent: Any) -> bytes:
    """However it was written down. Of what was sent and not of what was understood: a field that the next
    release adds must not make another command of one that is repeated across the upgrade."""
    return msgspec.json.encode(sent, order="sorted")


def json_only(scope: Any) -> None:
    encoded = header(scope, b"content-encoding")
    if not _JSON_TYPE.fullmatch(header(scope, b"content-type") or b"") or encoded not in (None, b"identity"):
        raise Problem("unsupported-media-type")


def strictly(body: bytes, wanted: type[T]) -> T:
    """400 for what is not JSON, 422 with all faults for JSON that is not the *wanted* struct."""
    decoded, _ = _read(body, wanted)
    return decoded


def _read(body: bytes, wanted: type[T]) -> tuple[T, Any]:
    """As it is wanted, and as it was sent."""
    _not_too_deep(body)
    try:
        decoded: T = _decoder(wanted).decode(body)
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        _well_formed(body)
        raise Problem("invalid-body", errors=violations(body.strip(), wanted)) from None
    # Compact and without escapes, as most programs write it, it comes out of our encoder byte for byte: then
    # nothing was named twice.
    if b"\\" in body or msgspec.json.encode(sent) != body:
        _well_formed(body)
    return decoded, sent


@cache
def _decoder(wanted: Any) -> Any:
    return msgspec.json.Decoder(wanted)


def _not_too_deep(body: bytes) -> None:
    """Innermost brackets fall away level by level. Those inside strings only matter when they don't pair."""
    if body.count(b"{") + body.count(b"[") <= MAX_DEPTH:  # as in nearly every body, however they stand
        return
    if _levels(body) > MAX_DEPTH and _levels(_STRING.sub(b"", body)) > MAX_DEPTH:
        raise Problem("too-deep")


def _levels(text: bytes) -> int:
    brackets = text.translate(None, _ALL_BUT_BRACKETS)
    for level in range(MAX_DEPTH + 1):
        if not brackets:
            return level
        left = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if left == brackets:  # they don't pair
            return level + left.count(b"{") + left.count(b"[")
        brackets = left
    return MAX_DEPTH + 1


def _well_formed(body: bytes) -> None:
    """What the fast decoder lets pass or does not get to: syntax, members named twice, NUL and half pairs."""
    try:
        text = body.decode()
        _READER.decode(text)
    except Problem:
        raise
    except (ValueError, RecursionError):
        raise Problem("malformed-json") from None
    if "\\u" in text:
        _storable(text)


def _once_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise Problem("duplicate-key", f"the member {twice[:64]!r} is named twice in one object")
    return found


def _no_such_number(constant: str) -> Any:
    raise ValueError(constant)


_READER = json.JSONDecoder(object_pairs_hook=_once_each, parse_constant=_no_such_number)


def _storable(text: str) -> None:
    """NUL and lone surrogates are JSON, but no text that can be stored."""
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Problem("malformed-json", "half of a surrogate pair is no text") from None
    if _NUL.search(text):
        raise Problem("malformed-json", "NUL is no text that could be stored")
