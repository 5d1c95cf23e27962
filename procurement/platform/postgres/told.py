"""Many events at once, as the rows of one statement."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar
from uuid import UUID

N = TypeVar("N")


def by_aggregate(news: Iterable[N], aggregate: Callable[[N], UUID]) -> list[Sequence[N]]:
    """What was told of each, in the order of their ids: rows are locked in the order in which they come."""
    told = defaultdict[int, list[N]](list)
    for each in news:
        told[aggregate(each).int].append(each)
    return [told[identifier] for identifier in sorted(told)]


def everybody(persons: Iterable[frozenset[str]]) -> list[str]:
    return sorted({person for some in persons for person in some})
