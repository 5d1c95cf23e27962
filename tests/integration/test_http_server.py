"""A real server on a real socket: against nonsense and against slowness."""

import asyncio
import gc
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import pytest
from prometheus_client import CollectorRegistry
from structlog.contextvars import bind_contextvars, get_contextvars
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from procurement.platform.http import guarded
from procurement.platform.http.exchange import Exchange
from procurement.platform.http.management import Management, Version
from procurement.platform.http.receiving import Bounds
from procurement.platform.http.server import CannotListen, Site, Stopping, listening, serve
from tests.unit.platform.http.toy import A_TOY, Stand, stand

pytestmark = pytest.mark.anyio


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    def __init__(self, port: int, toys: Stand) -> None:
        self.port, self.toys, self.token = port, toys, toys.token()

    async def sends(self, *parts: bytes, pause: float = 0.0, within: float = 4.0) -> bytes:
        """What the server answers until it hangs up or falls silent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        received = b""
        try:
            async with asyncio.timeout(within):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(pause)
                while chunk := await reader.read(65536):
                    received += chunk
        except TimeoutError:
            received += b"<still open>"
        except ConnectionError:
            received += b"<reset>"
        finally:
            writer.close()
        return received


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[Served]:
    toys = stand(tmp_path_factory.mktemp("issuer"), bounds=Bounds(seconds=1.0))
    stop, port = asyncio.Event(), free_port()
    management = Site(Management(toys.health, Version("1"), CollectorRegistry()), f"127.0.0.1:{free_port()}")
    public = Site(toys.app, f"127.0.0.1:{port}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarded, "HEAD_SECONDS", 0.4)
        serving = asyncio.create_task(serve(public, management, toys.traffic, stop, Stopping(0, 2)))
        while not toys.traffic.started:  # noqa: ASYNC110 - it takes milliseconds
            await asyncio.sleep(0.01)
        yield Served(port, toys)
        stop.set()
        await serving


H = b"Host: toys.test\r\n"
POST = b"POST /v1/toys HTTP/1.1\r\n" + H
NONSENSE = {
    "noise": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "words": b"hello there\r\n\r\n",
    "an empty line and noise": b"\r\n\r\nxx\r\n\r\n",
    "an unknown method": b"BREW /v1/toys HTTP/1.1\r\n" + H + b"\r\n",
    "lower case method": b"get / HTTP/1.1\r\n" + H + b"\r\n",
    "no version": b"GET /\r\n\r\n",
    "a wrong version": b"GET / HTTP/9.9\r\n" + H + b"\r\n",
    "a space in the target": b"GET /a b HTTP/1.1\r\n" + H + b"\r\n",
    "bytes in the target": b"GET /\xff\xfe HTTP/1.1\r\n" + H + b"\r\n",
    "no target": b"GET  HTTP/1.1\r\n" + H + b"\r\n",
    "CONNECT": b"CONNECT evil.test:443 HTTP/1.1\r\n" + H + b"\r\n",
    "a header without colon": b"GET / HTTP/1.1\r\n" + H + b"nonsense\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "an empty header name": b"GET / HTTP/1.1\r\n" + H + b": x\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\n" + H + b"X: a\r\n b\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\n" + H + b"X: a\0b\r\n\r\n",
    "CR in a header": b"GET / HTTP/1.1\r\n" + H + b"X: a\rb\r\n\r\n",
    "both lengths": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "a list of lengths": POST + b"Content-Length: 4, 4\r\n\r\nabcd",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "a signed length": POST + b"Content-Length: +4\r\n\r\nabcd",
    "a hexadecimal length": POST + b"Content-Length: 0x4\r\n\r\nabcd",
    "a huge length": POST + b"Content-Length: 99999999999999999999\r\n\r\n",
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked twice over": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a coding with a tab": POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", NONSENSE)
async def test_nonsense_is_one_400_problem_and_the_end(served: Served, name: str) -> None:
    received = await served.sends(NONSENSE[name])
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 "), received
    assert b"application/problem+json" in head
    assert b"nosniff" in head
    assert json.loads(body)["code"] == "malformed-request"
    assert received.count(b"HTTP/1.1 ") == 1


async def test_chunks_of_nonsense_are_one_400(served: Served) -> None:
    auth = f"Authorization: Bearer {served.token}\r\n".encode()
    head = POST + auth + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    for chunk in (b"zz\r\n", b"-1\r\n", b"4\r\nabcdef\r\n", b"ffffffffffffffffff\r\n"):
        received = await served.sends(head + chunk)
        assert received.startswith(b"HTTP/1.1 400 "), received
        assert received.count(b"HTTP/1.1 ") == 1


async def test_what_hides_behind_a_request_is_not_a_second_one(served: Served) -> None:
    hidden = b"GET /v1/toys/secret HTTP/1.1\r\n" + H + b"\r\n"
    for framing in (
        b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    ):
        received = await served.sends(POST + framing + hidden)
        assert received.startswith(b"HTTP/1.1 400 "), received
        assert received.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n" + H + b"X: " + b"a" * 40_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + H + b"X: a\r\n" * 200 + b"\r\n",
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n" + H + b"\r\n",
        b"GET / HTTP/1.1\r\n" + H + b"X: " + b"a" * 2_000_000,
    ],
    ids=["a long header", "many headers", "a long target", "a header without end"],
)
async def test_too_large_a_head_is_431(served: Served, head: bytes) -> None:
    received = await served.sends(head)
    assert received.startswith(b"HTTP/1.1 431 ") or received == b"<reset>", received[:200]


@pytest.mark.parametrize(
    "trailers",
    [b"x: y\r\n" * 6_000, b"x: " + b"y" * 36_000],
    ids=["many trailers", "a trailer without end"],
)
async def test_too_much_after_a_body_is_431(served: Served, trailers: bytes) -> None:
    head = POST + b"Authorization: Bearer %s\r\n" % served.token.encode()
    head += b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n"
    parts = [trailers[n : n + 10_000] for n in range(0, len(trailers), 10_000)]
    received = await served.sends(head, *parts, pause=0.002, within=0.9)
    assert received.startswith(b"HTTP/1.1 431 "), received


async def test_a_long_token_is_401_or_431_and_never_parsed(served: Served) -> None:
    for size, status in ((20_000, b"401"), (65_536, b"431")):
        request = b"GET /v1/toys HTTP/1.1\r\n" + H + b"Authorization: Bearer " + b"a" * size + b"\r\n"
        received = await served.sends(request + b"Connection: close\r\n\r\n")
        assert received.startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize(
    "parts",
    [(), (b"GET / HT",), (b"GET / HTTP/1.1\r\n", b"H: x\r\n"), (b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\r\n")],
    ids=["silence", "half a line", "half a head", "empty lines"],
)
async def test_who_does_not_finish_his_head_is_hung_up_on(served: Served, parts: tuple[bytes, ...]) -> None:
    began = time.monotonic()
    assert await served.sends(*parts, pause=0.25) in {b"", b"<reset>"}
    assert time.monotonic() - began < 2


async def test_who_sends_a_byte_now_and_then_after_an_answer_is_hung_up_on(served: Served) -> None:
    request = b"GET /healthz HTTP/1.1\r\n" + H + b"\r\n"
    received = await served.sends(request, *([b"\r\n"] * 8), pause=0.2, within=3.0)
    assert not received.endswith(b"<still open>")


async def test_who_does_not_finish_his_body_is_408(served: Served) -> None:
    auth = f"Authorization: Bearer {served.token}\r\nIdempotency-Key: k\r\n".encode()
    head = POST + auth + b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    received = await served.sends(head + b"{", b" ", b" ", pause=0.3, within=3.0)
    assert received.startswith(b"HTTP/1.1 408 ")
    assert b"body-too-slow" in received
    assert not received.endswith(b"<still open>")


async def test_nothing_of_an_earlier_request_is_left_in_the_log_context(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that is sent before the earlier one is answered begins where that one ends."""
    seen: list[dict[str, str]] = []

    async def look() -> None:
        seen.append(dict(get_contextvars()))
        bind_contextvars(po_id="of this request")

    monkeypatch.setattr(served.toys.workshop, "slowly", look)
    body = json.dumps(A_TOY).encode()
    head = b"%sAuthorization: Bearer %s\r\n" % (POST, served.token.encode())
    head += b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    both = [
        head + b"X-Request-Id: %b\r\nIdempotency-Key: %b\r\n\r\n%b" % (n, n, body) for n in (b"one", b"two")
    ]
    assert (await served.sends(b"".join(both), within=1.0)).count(b"HTTP/1.1 201 ") == 2
    assert [(at["request_id"], "po_id" in at) for at in seen] == [("one", False), ("two", False)]


async def test_a_request_leaves_nothing_for_the_garbage_collector(served: Served) -> None:
    """It would find two dozen objects of each, and take its time for it while others wait."""
    get = b"GET /v1/toys/drum HTTP/1.1\r\n" + H + b"Authorization: Bearer %s\r\n\r\n" % served.token.encode()
    await served.sends(get, within=0.3)
    with _garbage() as found:
        await served.sends(get, within=0.3)
        await served.sends(POST + b"\r\n", within=0.3)
    assert [type(each).__name__ for each in found if isinstance(each, RequestResponseCycle | Exchange)] == []


@contextmanager
def _garbage() -> Iterator[list[object]]:
    """Filled at the end with what nobody but a collection would have let go."""
    found: list[object] = []
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield found
        gc.collect()
        found += gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


async def test_a_large_body_is_413_and_the_sender_can_read_it(served: Served) -> None:
    headers = {
        "authorization": f"Bearer {served.token}",
        "content-type": "application/json",
        "idempotency-key": "k",
    }
    async with httpx.AsyncClient() as client:
        url = f"http://127.0.0.1:{served.port}/v1/toys"
        for content in (b" " * (4 << 20), _chunks()):
            response = await client.post(url, content=content, headers=headers)
            assert (response.status_code, response.json()["code"]) == (413, "body-too-large")


async def _chunks() -> AsyncIterator[bytes]:
    for _ in range(64):
        yield b" " * 65536


async def test_an_upgrade_is_not_followed(served: Served) -> None:
    request = b"GET /healthz HTTP/1.1\r\n" + H + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    received = await served.sends(request, within=1.0)
    assert received.startswith(b"HTTP/1.1 200 ")


async def test_a_busy_port_is_one_line(served: Served) -> None:
    expected = f"cannot listen on 127.0.0.1:{served.port}: Address already in use"
    with pytest.raises(CannotListen, match=expected), listening(Site(None, f"127.0.0.1:{served.port}")):
        pass


async def test_an_address_may_be_shared_by_processes_that_want_to() -> None:
    site = Site(None, f"127.0.0.1:{free_port()}", shared=True)
    with listening(site) as one, listening(site) as other:
        assert one.getsockname() == other.getsockname()
