"""A bell in one event loop: rung by whoever knows of work, heard by whoever waits for it."""

import asyncio
from contextlib import suppress


class Bell:
    def __init__(self) -> None:
        self._wake = asyncio.Event()
        self._rung = False
        self.rung = False
        """Whether anybody rang between the last two returns of heard()."""

    def ring(self) -> None:
        self._rung = True
        self._wake.set()

    def nudge(self) -> None:
        """Wake whoever waits, from inside: it says nothing of whether those outside are heard."""
        self._wake.set()

    def clear(self) -> None:
        """Before looking for work, never after: what is rung for in between must be heard."""
        self._wake.clear()

    async def heard(self, timeout: float) -> None:  # noqa: ASYNC109 - waiting for so long is what it is for
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._wake.wait()
        self.rung, self._rung = self._rung, False
