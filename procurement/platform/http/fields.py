"""Faults found by values while a body is mapped to them, each with the field that is to blame."""

import re
from collections.abc import Callable
from typing import TypeVar, cast

from procurement.platform.http.problems import FieldError

T = TypeVar("T")

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class Fields:
    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def take(self, pointer: str, make: Callable[[], T]) -> T:
        """What *make* returns. Its ValueError becomes a fault of the field, and nothing is made of it."""
        try:
            return make()
        except (ValueError, ArithmeticError) as error:
            self.add(pointer, _code(error), str(error) or "invalid")
            return cast("T", None)  # never used: leaving the block refuses

    def add(self, pointer: str, code: str, detail: str) -> None:
        self.errors.append(FieldError(pointer=pointer, code=code, detail=detail))


def _code(error: Exception) -> str:
    """`BadMoney` is told as `bad-money`, a plain ValueError as `invalid`."""
    kind = type(error)
    if kind.__module__ in ("builtins", "decimal"):
        return "invalid"
    return cast("str", getattr(error, "code", _WORD.sub("-", kind.__name__).lower()))
