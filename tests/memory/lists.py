"""Going on in a list from a row of it."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def beyond(every: Sequence[T], after: tuple[str, Any] | None, wanted: Callable[[T], bool]) -> list[T]:
    """Of all rows the wanted ones after that one, which need not be wanted any more itself."""
    first = 0 if after is None else [row.id for row in every].index(after[1]) + 1  # type: ignore[attr-defined]
    return [row for row in every[first:] if wanted(row)]
