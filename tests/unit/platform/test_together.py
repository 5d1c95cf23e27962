"""Many questions at a time are one statement, and nobody's answer depends on the others."""

import asyncio
from collections.abc import Sequence

import pytest

from procurement.kernel.errors import NotFound, Unavailable
from procurement.platform.postgres.together import Together

pytestmark = pytest.mark.anyio


class Desk:
    def __init__(self) -> None:
        self.rounds: list[Sequence[int]] = []
        self.broken = False

    async def ask(self, questions: Sequence[int]) -> Sequence[int | Exception]:
        self.rounds.append(list(questions))
        await asyncio.sleep(0.001)
        if self.broken:
            raise Unavailable("no connection")
        return [NotFound(str(q)) if q < 0 else q * 10 for q in questions]


async def test_a_question_alone_is_asked_alone() -> None:
    desk = Desk()
    together = Together(desk.ask)
    assert [await together(1), await together(2)] == [10, 20]
    assert desk.rounds == [[1], [2]]


async def test_questions_at_the_same_time_share_a_round_in_the_order_they_came() -> None:
    desk = Desk()
    together = Together(desk.ask)
    assert await asyncio.gather(*(together(n) for n in range(5))) == [0, 10, 20, 30, 40]
    assert desk.rounds == [[0, 1, 2, 3, 4]]


async def test_what_comes_during_a_round_waits_for_the_next() -> None:
    desk = Desk()
    together = Together(desk.ask)
    first = asyncio.ensure_future(together(1))
    await asyncio.sleep(0.0005)
    later = [asyncio.ensure_future(together(n)) for n in (2, 3)]
    assert await asyncio.gather(first, *later) == [10, 20, 30]
    assert desk.rounds == [[1], [2, 3]]


async def test_no_round_is_longer_than_the_most() -> None:
    desk = Desk()
    together = Together(desk.ask, most=2)
    await asyncio.gather(*(together(n) for n in range(5)))
    assert [len(each) for each in desk.rounds] == [2, 2, 1]


async def test_a_refusal_is_its_askers_alone() -> None:
    desk = Desk()
    together = Together(desk.ask)
    answers = await asyncio.gather(together(1), together(-1), together(2), return_exceptions=True)
    assert (answers[0], type(answers[1]), answers[2]) == (10, NotFound, 20)


async def test_a_statement_that_fails_fails_its_round_and_not_the_next() -> None:
    desk = Desk()
    together = Together(desk.ask)
    desk.broken = True
    answers = await asyncio.gather(together(1), together(2), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable, Unavailable]
    desk.broken = False
    assert await together(3) == 30


async def test_an_asker_who_leaves_takes_nothing_from_the_others() -> None:
    desk = Desk()
    together = Together(desk.ask)
    leaving, staying = asyncio.ensure_future(together(1)), asyncio.ensure_future(together(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 20
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert await together(3) == 30
