import asyncio
from typing import Any

import psycopg
import pytest
import structlog

from procurement.kernel.act import Answer, Answered
from procurement.kernel.errors import NotFound, Unavailable
from procurement.platform.interceptors.log import Log
from procurement.platform.interceptors.stack import stacked
from tests.unit.platform.rates import FlakyRates, Rates

pytestmark = pytest.mark.anyio


async def line_of(answer: int | BaseException) -> dict[str, Any]:
    with structlog.testing.capture_logs() as lines:
        rates = stacked(Rates, Log(structlog.get_logger()))(FlakyRates(answer))
        if isinstance(answer, BaseException):
            with pytest.raises(type(answer)):
                await rates.rate("EUR-secret")
        else:
            await rates.rate("EUR-secret")
    (line,) = lines
    assert isinstance(line.pop("duration_ms"), float)
    assert "EUR-secret" not in str(line)
    return dict(line)


async def test_done_is_a_debug_line() -> None:
    assert await line_of(7) == {"event": "Rates.rate", "op": "rate", "status": "ok", "log_level": "debug"}


async def test_refused_is_an_info_line_with_the_code() -> None:
    line = await line_of(NotFound("no rate for EUR-secret"))
    assert line == {"event": "Rates.rate", "op": "rate", "status": "not-found", "log_level": "info"}


async def test_done_before_is_an_info_line() -> None:
    assert (await line_of(Answered(Answer(b"{}"))))["status"] == "answered"


async def test_failed_is_a_warning_with_the_kind_of_its_cause_and_without_its_text() -> None:
    error = Unavailable("postgres cannot do it now")
    error.__cause__ = psycopg.errors.TooManyConnections("sorry, EUR-secret, too many clients")
    assert await line_of(error) == {
        "event": "Rates.rate",
        "op": "rate",
        "status": "unavailable",
        "error": "Unavailable",
        "cause": "TooManyConnections",
        "sqlstate": "53300",
        "log_level": "warning",
    }


async def test_a_bug_is_a_warning_without_its_traceback() -> None:
    line = await line_of(KeyError("EUR-secret"))
    assert (line["log_level"], line["status"], line["error"]) == ("warning", "error", "KeyError")
    assert "exc_info" not in line


async def test_a_caller_who_went_away_is_no_warning() -> None:
    line = await line_of(asyncio.CancelledError())
    assert (line["log_level"], line["status"]) == ("info", "cancelled")
