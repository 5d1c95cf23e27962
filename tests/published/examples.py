"""What is sent and answered, operation by operation, heard while people work: the examples of the OpenAPI
document. They stand beside the routes, in `examples.json`."""

import asyncio
import json
import re
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from structlog.testing import capture_logs

from procurement.platform.http.tokens import LocalIssuer
from tests.conformance.contract import Contract
from tests.published.api import described
from tests.published.codes import SOURCE
from tests.published.conversations import invoicing, purchasing, receiving, suppliers
from tests.published.events import pretty

JSON = "application/json"
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_REQUEST_ID = re.compile(r"\b[0-9a-f]{32}\b")
_FIXED = "01920000-0000-7000-8000-"
"""How the ids begin that are the same every time."""

CONVERSATIONS = {
    "supplier": suppliers,
    "purchasing": purchasing,
    "receiving": receiving,
    "invoicing": invoicing,
}


class Listening(httpx.AsyncBaseTransport):
    """Keeps the first success of each operation."""

    def __init__(self, inner: httpx.AsyncBaseTransport, contract: Contract) -> None:
        self._inner, self._contract = inner, contract
        self.heard: dict[str, dict[str, Any]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        answer = await response.aread()
        assert response.is_success, answer
        told = {}
        if request.headers.get("content-type") == JSON and request.content:
            told["request"] = json.loads(request.content)
        if response.headers.get("content-type") == JSON:
            told["answer"] = json.loads(answer)
        operation = self._contract.operation(request.method, request.url.path)
        self.heard.setdefault(operation["operationId"], told)
        return response


def pages() -> Iterator[tuple[Path, str]]:
    contract = Contract(described())
    with TemporaryDirectory() as folder:
        issuer = LocalIssuer.in_folder(Path(folder))
        for context, converse in CONVERSATIONS.items():
            heard = asyncio.run(_heard(converse, issuer, contract))
            path = SOURCE / context / "adapters" / "inbound" / "examples.json"
            yield path, _with_fixed_ids(pretty({name: told for name, told in heard.items() if told}))


Converse = Callable[[LocalIssuer, Callable[[httpx.AsyncBaseTransport], Listening]], Coroutine[Any, Any, None]]


async def _heard(converse: Converse, issuer: LocalIssuer, contract: Contract) -> dict[str, Any]:
    listening: list[Listening] = []

    def listen(inner: httpx.AsyncBaseTransport) -> Listening:
        listening.append(Listening(inner, contract))
        return listening[-1]

    with capture_logs():
        await converse(issuer, listen)
    (only,) = listening
    return only.heard


def _with_fixed_ids(text: str) -> str:
    """Ids that were given for this once, counted in the order in which they occur."""
    given = dict.fromkeys(found for found in _UUID.findall(text) if not found.startswith(_FIXED))
    for number, found in enumerate(given, start=100):
        text = text.replace(found, f"{_FIXED}{number:012d}")
    return _REQUEST_ID.sub("0192f0c1a7d07cc3a6f2b9f0d1e2a3b4", text)
