"""The edge sees every answer: it names, dresses, measures and logs it, and lets none take for ever."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from procurement.platform.http.edge import Edge
from procurement.platform.http.receiving import Bounds
from procurement.platform.http.traffic import Traffic
from tests.unit.platform.http.test_problems import the_problem
from tests.unit.platform.http.toy import A_TOY, Metered, Stand, stand

pytestmark = pytest.mark.anyio

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
ANY = ["/v1/toys/drum", "/nowhere", "/v1/toys/bug", "/v1/toys?most=0", "/healthz", "/docs", "/openapi.json"]


@pytest.mark.parametrize("path", ANY)
@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS"])
async def test_every_answer_wears_the_security_headers(toys: Stand, method: str, path: str) -> None:
    async with toys.client() as client:
        headers = (await client.request(method, path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-xss-protection"] == "0"
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["cache-control"] in {"no-store", "no-cache"}
    assert "server" not in headers
    assert len(headers["x-request-id"]) == 32


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("abc-1.2_3", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("", False),
        ("a b", False),
        ("a\r\n", False),
        ("<script>", False),
    ],
)
async def test_a_decent_request_id_is_kept_and_any_other_replaced(toys: Stand, sent: str, kept: bool) -> None:
    async with toys.client() as client:
        response = await client.get("/v1/toys/gone", headers={"x-request-id": sent})
    told = the_problem(response, 404, "not-found")
    assert (told.request_id == sent) is kept


async def test_answers_are_measured_by_route_template(toys: Stand) -> None:
    async with toys.client() as client:
        for method, path in (
            ("GET", "/v1/toys/a"),
            ("GET", "/v1/toys/b"),
            ("GET", "/x"),
            ("BREW", "/v1/toys"),
        ):
            await client.request(method, path)
        del client.headers["authorization"]
        await client.get("/v1/toys/c")
    template = "/v1/toys/{name}"
    assert toys.meter.seen == [
        (template, "GET", 200),
        (template, "GET", 200),
        ("unmatched", "GET", 404),
        ("unmatched", "other", 405),
        (template, "GET", 401),
    ]


async def test_one_line_is_logged_for_each_request_and_none_for_probes(toys: Stand) -> None:
    async with toys.client() as client:
        with capture_logs() as lines:
            for path in ("/v1/toys/drum", "/nowhere", "/healthz", "/readyz"):
                await client.get(path)
    assert [(line["event"], line["route"], line["status"]) for line in lines] == [
        ("http_request", "/v1/toys/{name}", 200),
        ("http_request", "unmatched", 404),
    ]
    assert all(line["duration_ms"] > 0 for line in lines)


async def test_an_unexpected_error_is_logged_once_with_its_traceback(toys: Stand) -> None:
    async with toys.client() as client:
        with capture_logs() as lines:
            the_problem(await client.get("/v1/toys/bug"), 500, "internal")
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("unexpected_error", "error"),
        ("http_request", "info"),
    ]
    assert lines[0]["exc_info"]


async def test_what_happens_inside_knows_which_request_it_is_about(toys: Stand) -> None:
    seen: list[dict[str, Any]] = []

    async def look() -> None:
        seen.append(dict(get_contextvars()))

    toys.workshop.slowly = look
    async with toys.client() as client:
        headers = {"idempotency-key": "k", "x-request-id": "mine", "traceparent": PARENT}
        await client.post("/v1/toys", json=A_TOY, headers=headers)
    assert seen == [{"request_id": "mine", "trace_id": TRACE}]


async def test_the_trace_of_the_caller_goes_on_in_a_server_span(issuer_folder: Path) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    toys = stand(issuer_folder, tracer=provider.get_tracer("test"))
    async with toys.client() as client:
        await client.get("/v1/toys/drum", headers={"traceparent": PARENT})
        told = the_problem(await client.get("/v1/toys/bug"), 500, "internal")
    good, bad = exporter.get_finished_spans()
    assert (good.name, good.kind.name) == ("GET /v1/toys/{name}", "SERVER")
    assert good.context is not None
    assert good.parent is not None
    assert (f"{good.context.trace_id:032x}", f"{good.parent.span_id:016x}") == (TRACE, "00f067aa0ba902b7")
    assert dict(good.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/v1/toys/{name}",
        "http.response.status_code": 200,
    }
    assert bad.context is not None
    assert (bad.status.status_code.name, told.trace_id) == ("ERROR", f"{bad.context.trace_id:032x}")


INVALID = ["", "00", PARENT + "-x", PARENT.upper(), "ff" + PARENT[2:], f"00-{'0' * 32}-00f067aa0ba902b7-01"]


async def test_without_tracing_the_callers_trace_is_still_told(toys: Stand) -> None:
    async with toys.client() as client:
        good = await client.get("/v1/toys/gone", headers={"traceparent": PARENT})
        assert the_problem(good, 404, "not-found").trace_id == TRACE
        for sent in INVALID:
            bad = the_problem(
                await client.get("/v1/toys/gone", headers={"traceparent": sent}), 404, "not-found"
            )
            assert bad.trace_id == bad.request_id != TRACE


async def test_without_tracing_a_trace_begins_here_that_nobody_samples(toys: Stand) -> None:
    async with toys.client() as client:
        await client.post("/v1/toys", json=A_TOY, headers={"idempotency-key": "k", "x-request-id": "mine"})
    (traceparent,) = toys.workshop.traces
    assert traceparent is not None
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", traceparent)


async def chunks(size: int, count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * size


async def test_a_large_body_is_413_whether_announced_or_not(toys: Stand) -> None:
    headers = {"idempotency-key": "k", "content-type": "application/json"}
    async with toys.client() as client:
        announced = await client.post("/v1/toys", content=b" " * (2 << 20), headers=headers)
        chunked = await client.post("/v1/toys", content=chunks(1 << 16, 32), headers=headers)
    the_problem(announced, 413, "body-too-large")
    the_problem(chunked, 413, "body-too-large")
    assert toys.meter.seen == [("/v1/toys", "POST", 413)] * 2


async def test_a_body_that_does_not_come_is_408_and_hung_up_on(issuer_folder: Path) -> None:
    toys = stand(issuer_folder, bounds=Bounds(seconds=0.05))

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)

    headers = {"idempotency-key": "k", "content-type": "application/json"}
    async with toys.client() as client:
        response = await client.post("/v1/toys", content=never(), headers=headers)
    the_problem(response, 408, "body-too-slow")
    assert response.headers["connection"] == "close"


async def test_an_answer_that_does_not_come_is_504(issuer_folder: Path) -> None:
    toys = stand(issuer_folder, bounds=Bounds(seconds=0.05))

    async def for_ever() -> None:
        await asyncio.sleep(60)

    toys.workshop.slowly = for_ever
    async with toys.client() as client:
        response = await client.post("/v1/toys", json=A_TOY, headers={"idempotency-key": "k"})
    the_problem(response, 504, "deadline-exceeded")
    assert (toys.traffic.in_flight, toys.meter.seen) == (0, [("/v1/toys", "POST", 504)])


async def test_who_is_cancelled_by_the_shutdown_is_told_so(toys: Stand) -> None:
    toys.workshop.slowly = lambda: asyncio.sleep(60)
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b'{"name":"x","prices":[{"amount":"1","currency":"EUR"}]}'}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = a_scope(toys)
    app: Any = toys.app
    request = asyncio.create_task(app(scope, receive, send))
    await asyncio.sleep(0.05)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert sent[0]["status"] == 503
    assert b"shutting-down" in sent[1]["body"]


def a_scope(toys: Stand) -> dict[str, Any]:
    headers = {
        "host": "toys.test",
        "content-type": "application/json",
        "content-length": "55",
        "idempotency-key": "k",
        "authorization": f"Bearer {toys.token()}",
    }
    return {
        "type": "http",
        "method": "POST",
        "path": "/v1/toys",
        "raw_path": b"/v1/toys",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "client": ("192.0.2.1", 1),
        "server": ("toys.test", 80),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }


async def test_an_answer_that_breaks_off_is_cut_and_never_continued() -> None:
    async def breaks_off(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    meter = Metered()
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    with capture_logs() as lines:
        await Edge(breaks_off, Traffic(), meter)(scope, None, send)  # type: ignore[arg-type]
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert lines[0]["event"] == "unexpected_error"
