"""What is due is done once for each case, whatever becomes of the others."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from procurement.kernel.act import Act, Answer, Answered
from procurement.kernel.errors import Blocker, Concern, RuleBroken, Unavailable
from procurement.kernel.ids import TenantId
from procurement.platform.due import Due
from procurement.platform.uuid7 import uuid7
from tests.unit.purchasing.builders import NOW, SYSTEM, TENANT

pytestmark = pytest.mark.anyio

DONE_BEFORE = Answered(Answer(b""))
DECIDED = RuleBroken(Blocker("not-overdue", Concern.STATE, "somebody decided meanwhile"))
BROKEN = LookupError("its history makes no sense")
DOWN = Unavailable("postgres is down")


class Cases:
    """Each with what its settling meets, or None."""

    def __init__(self, *met: Exception | None) -> None:
        self.met = {uuid7(): error for error in met}
        self.acts: list[Act] = []
        self.asked = asyncio.Event()

    async def overdue(self, at: datetime) -> Sequence[tuple[TenantId, UUID]]:
        assert at == NOW
        self.asked.set()
        return [(TENANT, case) for case in self.met]

    async def settle(self, act: Act, case: UUID) -> None:
        self.acts.append(act)
        if error := self.met[case]:
            raise error

    def job(self, every: float = 60.0) -> Due[UUID]:
        return Due(
            job="cases",
            overdue=self.overdue,
            settle=self.settle,
            actor=SYSTEM,
            clock=lambda: NOW,
            new_id=uuid7,
            every=every,
        )


async def test_each_case_is_settled_by_the_system_under_a_name_of_its_own() -> None:
    cases = Cases(None, None)
    assert await cases.job().round() == 2
    assert {(act.tenant, act.actor, act.at, act.command.scope) for act in cases.acts} == {
        (TENANT, SYSTEM, NOW, "cases")
    }
    assert len({act.command.key for act in cases.acts}) == 2


async def test_what_is_not_due_any_more_is_passed_over() -> None:
    cases = Cases(DECIDED, DONE_BEFORE, None)
    assert await cases.job().round() == 1
    assert len(cases.acts) == 3


async def test_one_that_is_broken_is_told_and_keeps_no_other_waiting() -> None:
    cases = Cases(BROKEN, None)
    with capture_logs() as log:
        assert await cases.job().round() == 1
    (told,) = log
    assert (told["event"], told["log_level"], told["job"]) == ("due.broken", "error", "cases")
    assert told["case"] == str(next(iter(cases.met)))


async def test_an_outage_ends_the_round_and_the_next_one_tries_again() -> None:
    cases, stop = Cases(DOWN, None), asyncio.Event()
    with capture_logs() as log:
        running = asyncio.create_task(cases.job(every=0.001).run(stop))
        for _ in range(2):
            await cases.asked.wait()
            cases.asked.clear()
        stop.set()
        await running
    assert {(line["event"], line["error"]) for line in log} == {("due.failed", "postgres is down")}
    assert {act.command.key.partition(":")[0] for act in cases.acts} == {str(next(iter(cases.met)))}
