"""Faults found by values while a body is mapped to them, each with the field that is to blame."""

import re
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self, TypeVar, cast

from procurement.platform.http.problems import FieldError, Problem

T = TypeVar("T")

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class Fields:
    """`with fields() as found:` collects the faults that the values find while a body is mapped to them, and
    refuses them at once."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """An error that follows from a field without a value is no news."""
        if self.errors and (error is None or isinstance(error, Exception)):
            raise Problem("invalid-body", errors=self.errors) from None

    def take(self, pointer: str, make: Callable[[], T]) -> T:
        """What *make* returns. Its ValueError becomes a fault of the field, and nothing is made of it."""
        try:
            return make()
        except (ValueError, ArithmeticError) as error:
            self.add(pointer, _code(error), str(error) or "invalid")
            return cast("T", None)  # never used: leaving the block refuses

    def add(self, pointer: str, code: str, detail: str) -> None:
        self.errors.append(FieldError(pointer=pointer, code=code, detail=detail))


def each_line_once(member: str, lines: Iterable[int | str]) -> None:
    """A line that is named twice is a mistake, whichever of the two was meant."""
    named: set[int | str] = set()
    with Fields() as found:
        for place, line in enumerate(lines):
            if line in named:
                found.add(f"/{member}/{place}/line", "line-repeated", f"line {line!r} is named twice")
            named.add(line)


def _code(error: Exception) -> str:
    """`BadMoney` is told as `bad-money`, a plain ValueError as `invalid`."""
    kind = type(error)
    if kind.__module__ in ("builtins", "decimal"):
        return "invalid"
    return cast("str", getattr(error, "code", _WORD.sub("-", kind.__name__).lower()))
