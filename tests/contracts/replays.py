"""News as Kafka may bring it: late, twice, in any order, several at once; and once more from its beginning.

What comes of it must be the same, so that a view can be thrown away and filled again from the topics.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

SEEDS = range(8)
_AT_ONCE = 3


async def as_it_may_come(history: Sequence[T], note: Callable[[T], Awaitable[None]], seed: int) -> None:
    chance = Random(seed)
    coming = [*history, *chance.choices(history, k=len(history) // 2)]
    chance.shuffle(coming)
    for several in _in_groups(coming):
        await asyncio.gather(*map(note, several))


async def from_the_beginning(history: Sequence[T], note: Callable[[T], Awaitable[None]]) -> None:
    for each in history:
        await note(each)


def _in_groups(coming: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(coming), _AT_ONCE):
        yield coming[start : start + _AT_ONCE]


def some(chance: Random, most: int = 60) -> str:
    """A quantity; nothing, too."""
    return str(chance.choice([0, chance.randint(0, most), chance.randint(0, most * 1000) / 1000]))
