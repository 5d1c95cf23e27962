"""Routes that take larger bodies than the others: with more time for each, and few of them at once."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from procurement.platform.http.exchange import header
from procurement.platform.http.problems import Problem
from procurement.platform.http.receiving import Bounds, widen

LARGE = "large"
USUAL = Bounds()


@dataclass(frozen=True, slots=True)
class LargeBodies:
    """`opt={**only(…), **LargeBodies(Bounds(…)).opt}`. Bodies of the usual size are not held up."""

    bounds: Bounds
    at_once: int = 1
    """Each is held in memory as a whole, and as what was made of it."""
    patience: float = 5.0
    """Seconds that one waits for its turn, unread, before it is told to come back."""
    _room: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_room", asyncio.Semaphore(self.at_once))

    @property
    def opt(self) -> Mapping[str, Any]:
        return {LARGE: self}

    @asynccontextmanager
    async def admitted(self, scope: Any) -> AsyncGenerator[None]:
        if not _is_large(scope):
            yield
            return
        await self._turn()
        try:
            widen(scope, self.bounds)
            yield
        finally:
            self._room.release()

    async def _turn(self) -> None:
        try:
            async with asyncio.timeout(self.patience):
                await self._room.acquire()
        except TimeoutError:
            retry_after = {"retry-after": str(ceil(self.patience))}
            raise Problem("overloaded", "too many large bodies at once", headers=retry_after) from None


def _is_large(scope: Any) -> bool:
    """Whoever does not say how long his body is may have a long one."""
    length = header(scope, b"content-length")
    return header(scope, b"transfer-encoding") is not None or int(length or 0) > USUAL.body
