import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, use_span

from procurement.platform.telemetry import configure_logging
from procurement.platform.telemetry.logs import NotAgain

NOON = datetime(2026, 11, 21, 12, 0, 0, 250_000, tzinfo=UTC)
SPAN = NonRecordingSpan(
    SpanContext(
        0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7, is_remote=False, trace_flags=TraceFlags(1)
    )
)

GOLDEN = (
    '{"ts":"2026-11-21T12:00:00.250000Z","level":"info","msg":"order.approved","service":"procurement-api",'
    '"version":"unreleased","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7",'
    '"po_id":"PO-2026-000001","total":"12.50","lines":3,"request_id":"r-1"}\n'
)


@dataclass
class LogSettings:
    log_level: str = "info"
    log_format: str = "json"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lines(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[[], list[dict[str, Any]]]:
    return lambda: [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]


def configured(level: str = "info", form: str = "json") -> Any:
    configure_logging(LogSettings(level, form), "api", now=lambda: NOON)
    return structlog.get_logger()


def test_a_line_to_the_byte(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("procurement.platform.telemetry.logs.service_version", lambda: "unreleased")
    log = configured()
    structlog.contextvars.bind_contextvars(request_id="r-1")
    with use_span(SPAN):
        log.info("order.approved", po_id="PO-2026-000001", total=Decimal("12.50"), lines=3)
    assert capfdbinary.readouterr().out.decode() == GOLDEN


def test_a_librarys_line_looks_the_same(lines: Callable[[], list[dict[str, Any]]]) -> None:
    configured()
    with use_span(SPAN):
        logging.getLogger("aiokafka.conn").warning("no broker at %s", "one:9092", extra={"node": 1})
    (line,) = lines()
    assert line["msg"] == "no broker at one:9092"
    assert (line["level"], line["logger"], line["node"]) == ("warn", "aiokafka.conn", 1)
    assert (line["ts"], line["service"]) == ("2026-11-21T12:00:00.250000Z", "procurement-api")
    assert line["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_without_a_span_there_is_no_trace_id(lines: Callable[[], list[dict[str, Any]]]) -> None:
    configured().info("started")
    assert "trace_id" not in lines()[0]


def test_the_ids_are_those_of_the_span_and_not_of_its_parent(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    log, tracer = configured(), TracerProvider(shutdown_on_exit=False).get_tracer("test")
    with tracer.start_as_current_span("outer"), tracer.start_as_current_span("inner") as inner:
        log.info("here")
    assert lines()[0]["span_id"] == f"{inner.get_span_context().span_id:016x}"


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "DB_PASSWORD",
        "client_secret",
        "token",
        "access_token",
        "Authorization",
        "iban",
        "payeeIban",
        "dsn",
    ],
)
def test_what_is_secret_by_its_name_is_not_shown(key: str, lines: Callable[[], list[dict[str, Any]]]) -> None:
    log = configured()
    log.info("a", **{key: "geheim"}, supplier={"name": "Acme", "accounts": [{key: "geheim"}]})
    logging.getLogger("library").warning("b", extra={key: "geheim"})
    first, second = lines()
    assert (first[key], second[key]) == ("***", "***")
    assert first["supplier"] == {"name": "Acme", "accounts": [{key: "***"}]}


def test_the_fields_of_an_object_are_looked_at_too(lines: Callable[[], list[dict[str, Any]]]) -> None:
    @dataclass
    class Account:
        holder: str
        iban: str

    configured().info("a", account=Account("Acme", "geheim"), all={"one": (Account("B", "geheim"),)})
    (line,) = lines()
    assert line["account"] == {"holder": "Acme", "iban": "***"}
    assert line["all"] == {"one": [{"holder": "B", "iban": "***"}]}


def test_nobody_overwrites_what_every_line_has(lines: Callable[[], list[dict[str, Any]]]) -> None:
    configured().info("order.saved", version=7, level="high", ts="yesterday", service="mine", msg="other")
    (line,) = lines()
    assert (line["level"], line["msg"], line["service"]) == ("info", "order.saved", "procurement-api")
    assert line["version"] != 7


def test_an_exception_is_told_without_the_values_around_it(lines: Callable[[], list[dict[str, Any]]]) -> None:
    log = configured()

    def fails() -> None:
        hidden = "geheim"
        raise LookupError(len(hidden))

    try:
        fails()
    except LookupError:
        log.exception("failed")
    try:
        fails()
    except LookupError:
        logging.getLogger("library").exception("failed there")
    for line in lines():
        assert line["level"] == "error"
        assert line["exception"][0]["exc_type"] == "LookupError"
        assert line["exception"][0]["frames"][-1]["name"] == "fails"
        assert "geheim" not in json.dumps(line)


def test_a_value_of_any_type_never_breaks_a_line(lines: Callable[[], list[dict[str, Any]]]) -> None:
    class Odd:
        def __str__(self) -> str:
            return "odd"

    configured().info(
        "x",
        odd=Odd(),
        kinds={1: Odd()},
        when=NOON,
        what=b"\xff",
        names=frozenset({"a"}),
        half="\ud800",
        big=10**30,
        nan=float("nan"),
    )
    assert lines()[0]["odd"] == "odd"


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        ("debug", "debug info warn error"),
        ("info", "info warn error"),
        ("warn", "warn error"),
        ("error", "error"),
    ],
)
def test_the_level_decides_what_is_heard(
    level: str, heard: str, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    log = configured(level)
    for say in (log.debug, log.info, log.warning, log.error):
        say("x")
    assert [line["level"] for line in lines()] == heard.split()


def test_while_developing_a_line_is_for_people(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    configured(form="console").warning("order.refused", po_id="PO-1", password="geheim")
    logging.getLogger("alembic").warning("upgrading")
    out = capfdbinary.readouterr().out.decode()
    assert "order.refused" in out
    assert "po_id=PO-1" in out
    assert "upgrading" in out
    assert "geheim" not in out
    assert not out.startswith("{")


def test_a_library_that_repeats_itself_is_heard_once_in_half_a_minute() -> None:
    now = 0.0
    quiet = NotAgain(clock=lambda: now)

    def heard(text: str) -> bool:
        return quiet.filter(logging.LogRecord("aiokafka", logging.ERROR, "conn.py", 7, text, None, None))

    assert [heard("no broker"), heard("no broker"), heard("another broker")] == [True, False, True]
    now = 29.9
    assert not heard("no broker")
    now = 30.0
    assert heard("no broker")


def test_a_complaint_with_other_numbers_is_the_same_but_progress_is_not() -> None:
    quiet = NotAgain(clock=lambda: 0.0)

    def heard(level: int, number: int) -> bool:
        return quiet.filter(logging.LogRecord("library", level, "x.py", 7, "retry in %s", (number,), None))

    assert [heard(logging.ERROR, 1), heard(logging.ERROR, 2)] == [True, False]
    assert [heard(logging.INFO, 1), heard(logging.INFO, 2)] == [True, True]


def test_what_is_remembered_of_libraries_is_bounded() -> None:
    quiet = NotAgain(clock=lambda: 0.0)
    for n in range(5000):
        quiet.filter(logging.LogRecord("library", logging.ERROR, "x.py", 1, f"request {n}", None, None))
    assert len(quiet._said) <= 500
