"""A bell in one event loop: rung by whoever knows of work, heard by whoever waits for it."""

import asyncio
from contextlib import suppress


class Bell:
    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    def clear(self) -> None:
        """Before looking for work, never after: what is rung for in between must be heard."""
        self._rung.clear()

    async def heard(self, timeout: float) -> None:  # noqa: ASYNC109 - waiting for so long is what it is for
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._rung.wait()
