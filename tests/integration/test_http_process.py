"""A server that is a process: told to go, told twice, and where its port is taken."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from procurement.platform.http.tokens import LocalIssuer
from tests.integration.test_http_server import free_port
from tests.unit.platform.http.toy import A_TOY, TENANT

pytestmark = pytest.mark.anyio


@contextmanager
def a_process(folder: Path, port: int, management: int) -> Iterator[subprocess.Popen[str]]:
    addresses = (f"127.0.0.1:{port}", f"127.0.0.1:{management}")
    command = [sys.executable, "-m", "tests.integration.toy_process", str(folder), *addresses]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def until_ready(client: httpx.AsyncClient, management: int) -> None:
    for _ in range(300):
        try:
            if (await client.get(f"http://127.0.0.1:{management}/readyz")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    pytest.fail("it did not get ready")


async def test_a_told_process_is_unready_first_finishes_its_work_and_leaves_in_peace(tmp_path: Path) -> None:
    issuer, port, management = LocalIssuer.in_folder(tmp_path), free_port(), free_port()
    headers = {"authorization": f"Bearer {issuer.token('b', ['buyer'], TENANT)}", "idempotency-key": "k"}
    url, readyz = f"http://127.0.0.1:{port}/v1/toys", f"http://127.0.0.1:{management}/readyz"
    async with httpx.AsyncClient() as client:
        with a_process(tmp_path, port, management) as process:
            await until_ready(client, management)
            working = asyncio.create_task(client.post(url, json=A_TOY, headers=headers))
            await asyncio.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.2)
            assert (await client.get(readyz)).status_code == 503
            during_lead = await client.get(f"{url}/drum", headers=headers)
            assert (during_lead.status_code, during_lead.headers["connection"]) == (200, "close")
            assert (await working).status_code == 201
            assert await asyncio.to_thread(process.wait, 20) == 0
        with pytest.raises(httpx.ConnectError):
            await client.get(url)


async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    LocalIssuer.in_folder(tmp_path)
    port, management = free_port(), free_port()
    async with httpx.AsyncClient() as client:
        with a_process(tmp_path, port, management) as process:
            await until_ready(client, management)
            process.send_signal(signal.SIGINT)
            await asyncio.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 20) == 128 + signal.SIGTERM


async def test_a_process_that_finds_its_port_busy_says_so_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with a_process(tmp_path, port, free_port()) as process:
            said, _ = await asyncio.to_thread(process.communicate, None, 20)
    assert (process.returncode, said) == (1, f"cannot listen on 127.0.0.1:{port}: Address already in use\n")
