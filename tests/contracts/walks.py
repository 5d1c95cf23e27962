"""Through the pages of a list to its end, and back."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from procurement.platform.http.paging import Cut, Turn

T = TypeVar("T")


async def there_and_back(read: Callable[[Turn], Awaitable[Cut[T]]], size: int) -> list[T]:
    """All rows, having met on the way back the very pages of the way there."""
    there = [await read(Turn(size))]
    while there[-1].next is not None:
        there.append(await read(Turn(size, there[-1].next)))
    back = [there[-1]]
    while back[-1].prev is not None:
        back.append(await read(Turn(size, back[-1].prev, backwards=True)))
    assert back[::-1] == there
    return [row for page in there for row in page.rows]


def after(turn: Turn) -> tuple[str, Any] | None:
    """Of a position that is a value and an id."""
    if not turn.position:
        return None
    value, id_ = turn.position
    return str(value), UUID(str(id_))
