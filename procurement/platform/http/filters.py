"""Days and moments as filters of lists have them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from procurement.platform.http.problems import FieldError, Problem

T = TypeVar("T")

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?!\n)$"
INSTANT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})(?!\n)$"
)


def day(name: str, text: str | None) -> date | None:
    return _parsed(name, text, date.fromisoformat, "there is no such day")


def instant(name: str, text: str | None) -> datetime | None:
    return _parsed(name, text, datetime.fromisoformat, "there is no such moment")


def _parsed(name: str, text: str | None, parse: Callable[[str], T], wrong: str) -> T | None:
    try:
        return None if text is None else parse(text)
    except ValueError:
        fault = FieldError(parameter=name, code="invalid", detail=wrong)
        raise Problem("invalid-parameter", errors=[fault]) from None
