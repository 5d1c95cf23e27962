"""Every fault of a JSON document at once, once the decoder has found that there is one.

msgspec stops at the first fault. This walks the document beside its type, one level of raw JSON at a time, so
that the strict decoder itself judges every leaf; it only runs for bodies that are refused anyway.
"""

import re
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import UnsetType

from procurement.platform.http.problems import FieldError

MOST = 100
"""Nobody repairs more at once."""


def violations(raw: bytes, wanted: Any) -> list[FieldError]:
    found: list[FieldError] = []
    for violation in _walk(raw, wanted, ""):
        found.append(violation)
        if len(found) == MOST:
            break
    return found


def _walk(raw: bytes, wanted: Any, at: str) -> Iterator[FieldError]:
    bare = _bare(wanted, raw)
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct) and raw[:1] == b"{":
        yield from _object(raw, bare, at)
    elif get_origin(bare) is list and raw[:1] == b"[":
        yield from _array(raw, wanted, get_args(bare)[0], at)
    else:
        yield from _leaf(raw, wanted, at)


def _bare(wanted: Any, raw: bytes) -> Any:
    """The type without Annotated, and without None and UNSET unless the value is null."""
    while get_origin(wanted) is Annotated:
        wanted = get_args(wanted)[0]
    if get_origin(wanted) in (Union, UnionType) and raw != b"null":
        rest = [arm for arm in get_args(wanted) if arm not in (NoneType, UnsetType)]
        return _bare(rest[0], raw) if len(rest) == 1 else wanted
    return wanted


def _object(raw: bytes, wanted: type[msgspec.Struct], at: str) -> Iterator[FieldError]:
    members = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    fields = {field.encode_name: field for field in msgspec.structs.fields(wanted)}
    for name, field in fields.items():
        if name in members:
            yield from _walk(bytes(members[name]), field.type, _below(at, name))
        elif field.required:
            yield FieldError(pointer=_below(at, name), code="missing", detail="required")
    if wanted.__struct_config__.forbid_unknown_fields:
        for name in members.keys() - fields.keys():
            yield FieldError(pointer=_below(at, name), code="unknown-field", detail="there is no such field")


def _array(raw: bytes, wanted: Any, item: Any, at: str) -> Iterator[FieldError]:
    items = msgspec.json.decode(raw, type=list[msgspec.Raw])
    yield from _leaf(raw, _of_anything(wanted), at)
    for index, member in enumerate(items):
        yield from _walk(bytes(member), item, f"{at}/{index}")


def _of_anything(wanted: Any) -> Any:
    """The same list with its bounds, whatever it holds: its items are judged one by one."""
    bounds = [bound for bound in getattr(wanted, "__metadata__", ()) if isinstance(bound, msgspec.Meta)]
    anything: Any = list[msgspec.Raw]
    for bound in bounds:
        anything = Annotated[anything, bound]
    return anything


def _leaf(raw: bytes, wanted: Any, at: str) -> Iterator[FieldError]:
    try:
        msgspec.json.decode(raw, type=wanted)
    except msgspec.ValidationError as error:
        code, detail = _worded(str(error).partition(" - at `")[0])
        yield FieldError(pointer=at, code=code, detail=detail)


def _below(at: str, name: str) -> str:
    return f"{at}/{name.replace('~', '~0').replace('/', '~1')}"


_WORDS = (
    (r"Expected `array` of length >= 1", "too-short", "must contain at least one item"),
    (r"Expected `array` of length >= (\d+)", "too-short", "must contain at least {0} items"),
    (r"Expected `array` of length <= (\d+)", "too-long", "must contain {0} items or fewer"),
    (r"Expected `\w+` of length >= 1", "too-short", "must not be empty"),
    (r"Expected `\w+` of length >= (\d+)", "too-short", "must be {0} characters or more"),
    (r"Expected `\w+` of length <= (\d+)", "too-long", "must be {0} characters or fewer"),
    (r"Expected `\w+` matching regex '(.*)'", "pattern", "must match {0}"),
    (r"Expected `(?:int|float|decimal)` (?:> 0\.?0*|>= 1)", "range", "must be greater than zero"),
    (r"Expected `\w+` (>=|<=|>|<) (\S+)", "range", "must be {0} {1}"),
    (r"Number out of range|Integer value out of range", "range", "is out of range"),
    (r"Invalid enum value (.*)", "not-allowed", "{0} is not one of the allowed values"),
    (r"Invalid (UUID|.*date.*|.*time.*|.*[Dd]ecimal.*|.*duration.*)", "format", "is not a valid {0}"),
    (r"Expected `(.*)`, got `(.*)`", "type", "must be {0}, not {1}"),
)
_JSON_WORDS = {"str": "a string", "int": "an integer", "float": "a number", "bool": "a truth value"}
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), code, words) for pattern, code, words in _WORDS)


def _worded(message: str) -> tuple[str, str]:
    for pattern, code, words in _PATTERNS:
        if match := pattern.fullmatch(message):
            return code, words.format(*map(_plainly, match.groups()))
    return "invalid", message


def _plainly(part: str) -> str:
    """`str | null` is told as "a string or null"; a pattern loses the slashes that repr() gave it."""
    arms = part.split(" | ")
    if any(arm in _JSON_WORDS for arm in arms):
        return " or ".join(_JSON_WORDS.get(arm, arm) for arm in arms)
    return part.replace("\\\\", "\\")
