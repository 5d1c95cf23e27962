"""What a log line never shows, whoever wrote it. Only keys are looked at: a secret that is part of a text is
lost, so secrets are never made part of texts."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

HIDDEN = "***"
_SECRET = re.compile("password|passwd|secret|token|authorization|cookie|iban|dsn|database_url", re.IGNORECASE)


@lru_cache(maxsize=1024)
def is_secret(key: str) -> bool:
    return _SECRET.search(key) is not None


def redacted(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: HIDDEN if is_secret(str(key)) else redacted(each) for key, each in value.items()}
        case list() | tuple():
            return [redacted(each) for each in value]
        case _:
            return value
