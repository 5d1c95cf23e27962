"""Ask once for what many ask at the same time: while one statement is under way, the questions that come
meanwhile gather for the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class Together(Generic[Q, A]):
    """A question alone is asked at once. An answer may be an exception; then it is raised to its asker, and
    so is, to all of a round, whatever the statement itself raises."""

    def __init__(
        self, ask: Callable[[Sequence[Q]], Awaitable[Sequence[A | Exception]]], most: int = 64
    ) -> None:
        self._ask, self._most = ask, most
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._rounds: asyncio.Task[None] | None = None

    async def __call__(self, question: Q) -> A:
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._rounds is None:
            self._rounds = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        """Its own task: that one asker is cancelled must not take the answer from the others."""
        try:
            while self._waiting:
                asked, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._round([(q, answer) for q, answer in asked if not answer.done()])
        finally:
            self._rounds = None

    async def _round(self, asked: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
        try:
            answers = await self._ask([question for question, _ in asked])
        except Exception as error:  # noqa: BLE001 - it is theirs who asked
            answers = [error] * len(asked)
        for (_, waiting), answer in zip(asked, answers, strict=True):
            if waiting.done():
                continue
            if isinstance(answer, Exception):
                waiting.set_exception(answer)
            else:
                waiting.set_result(answer)
