"""What a log line never shows, whoever wrote it. Only keys are looked at: a secret that is part of a text is
lost, so secrets are never made part of texts."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any

import msgspec

HIDDEN = "***"
_PLAIN = frozenset({str, int, float, bool, type(None)})
"""Nearly every value there is; they are not worth a call."""
_SECRET = re.compile("password|passwd|secret|token|authorization|cookie|iban|dsn|database_url", re.IGNORECASE)


@lru_cache(maxsize=1024)
def is_secret(key: str) -> bool:
    return _SECRET.search(key) is not None


@lru_cache(maxsize=1024)
def _hide_nothing(names: tuple[str, ...]) -> bool:
    return not any(map(is_secret, names))


def is_harmless(event: Mapping[str, Any]) -> bool:
    """Scalars under names that hide nothing, as in nearly every line; so nothing is looked at one by one."""
    return _PLAIN.issuperset(map(type, event.values())) and _hide_nothing(tuple(event))


def redacted(value: Any) -> Any:
    """The same, as plain objects, lists and scalars, without what nobody may read."""
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, Mapping):
        return {str(key): _shown(str(key), each) for key, each in value.items()}
    if isinstance(value, list | tuple | AbstractSet):
        return [redacted(each) for each in value]
    return redacted(msgspec.to_builtins(value, enc_hook=str))  # an object's fields have names, too


def _shown(key: str, value: Any) -> Any:
    if is_secret(key):
        return HIDDEN
    return value if type(value) in _PLAIN else redacted(value)
