"""The load generator measures what was asked for, or nothing."""

import asyncio
import sys

import msgspec
import pytest

from tests.benchmarks.load import Load, Loaded

pytestmark = pytest.mark.anyio

REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy"
DONE = b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n"


async def loaded(*answers: bytes) -> tuple[int | None, bytes, bytes]:
    """How the generator ends when a server gives these answers, the last one again and again, or hangs up
    where it is empty."""
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            answer = left.pop(0) if len(left) > 1 else left[0]
            writer.write(answer)
            if not answer:
                break
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        load = Load(port=port, requests=["GET / HTTP/1.1\r\n\r\n"], watch={}, seconds=0.2, clients=2)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.benchmarks.load"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(30):
            out, err = await process.communicate(msgspec.json.encode(load))
    return process.returncode, out, err


async def test_answers_are_counted_and_timed() -> None:
    code, out, _ = await loaded(DONE)
    told = msgspec.json.decode(out, type=Loaded)
    assert (code, told.requests > 0, told.p50 <= told.p99) == (0, True, True)


async def test_a_refusal_ends_it_and_is_told() -> None:
    code, out, err = await loaded(DONE, DONE, DONE, REFUSAL)
    assert (code, out) == (1, b"")
    assert b"503 Service Unavailable" in err


async def test_a_server_that_goes_away_ends_it() -> None:
    code, out, err = await loaded(DONE, b"")
    assert (code, out) == (1, b"")
    assert b"the server closed the connection" in err
