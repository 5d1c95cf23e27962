"""Sample data and what to try with it. All of it comes in through the API, like everybody's."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from procurement.entrypoints.people import PEOPLE, TENANT
from procurement.platform.embedded.place import CannotStart, home
from procurement.platform.http.tokens import LocalIssuer

SUPPLIERS = (
    ("Muster Papier GmbH", {"scheme": "VAT", "value": "DE 136695976"}),
    ("Ateliers Dubois SA", {"scheme": "VAT", "value": "FR 40303265045"}),
    ("Van Dijk Logistiek BV", {"scheme": "VAT", "value": "NL 004495445 B01"}),
)
PAPERS = [
    {"kind": "TradeRegisterExtract", "reference": "HRB 4711"},
    {"kind": "TaxClearance", "reference": "2026/4711"},
    {"kind": "CodeOfConduct", "reference": "signed 2026"},
]
LINE = {
    "name": "Copy paper A4",
    "quantity": {"value": "40", "unit": "C62"},
    "price": {"amount": "4.35", "currency": "EUR"},
}
_HEARD_WITHIN = 30


@dataclass(frozen=True, slots=True)
class Sample:
    tokens: Path
    supplier: str
    order: str
    """Waits for alma's approval."""
    version: int


class Desk:
    """One person at the API."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        self._token = {"Authorization": f"Bearer {token}"}

    async def post(self, path: str, body: Any, *, key: str, seen: int | None = None) -> httpx.Response:
        match = {} if seen is None else {"If-Match": f'"{seen}"'}
        headers = {**self._token, "Idempotency-Key": key, **match}
        return await self._client.post(path, json=body, headers=headers)

    async def get(self, path: str) -> Any:
        return told(await self._client.get(path, headers=self._token))


async def seed(api: str, say: Callable[[str], None]) -> Sample:
    """May run again: the same keys name the same commands, and what is there stays as it is."""
    tokens = _write_tokens()
    say(f"{len(PEOPLE)} people; their tokens are in {tokens}")
    async with httpx.AsyncClient(base_url=f"{api}/v1", timeout=30) as client:
        desks = {one.name: Desk(client, (tokens / one.name).read_text()) for one in PEOPLE}
        suppliers = [await _supplier(desks, name, identifier) for name, identifier in SUPPLIERS]
        say(f"{len(suppliers)} approved suppliers")
        order = await _waiting_order(desks["bea"], suppliers[0])
        say(f"order {order['number']} waits for alma's approval")
    return Sample(tokens, suppliers[0], order["id"], order["version"])


async def _supplier(desks: dict[str, Desk], name: str, identifier: dict[str, str]) -> str:
    declared = {"name": name, "identifiers": [identifier], "documents": PAPERS}
    key = f"seed-{identifier['value'].replace(' ', '')}"
    registered = told(await desks["sunil"].post("/suppliers", declared, key=key))
    supplier: str = registered.get("supplier", registered)["id"]
    told(await desks["rita"].post(f"/suppliers/{supplier}/approve", {"risk_score": "0.9"}, key=key, seen=1))
    return supplier


async def _waiting_order(bea: Desk, supplier: str) -> Any:
    """The one from last time, or, where that was decided meanwhile, a new one."""
    draft = {"supplier_id": supplier, "currency": "EUR", "lines": [LINE]}
    for number in count(1):
        key = f"seed-{number}"
        order = await _when_heard_of(partial(bea.post, "/purchase-orders", draft, key=key))
        submit = f"/purchase-orders/{order['id']}/submit"
        told(await bea.post(submit, None, key=key, seen=order["version"]))
        now = await bea.get(f"/purchase-orders/{order['id']}")
        if now["status"] == "AwaitingApproval":
            return now
    raise AssertionError


async def _when_heard_of(ask: Callable[[], Awaitable[httpx.Response]]) -> Any:
    """Purchasing learns of suppliers from their events: a moment after they were approved."""
    for _ in range(_HEARD_WITHIN * 4):
        answer = await ask()
        if answer.status_code != HTTPStatus.CONFLICT:
            return told(answer)
        await asyncio.sleep(0.25)
    raise CannotStart(f"purchasing has not heard of the sample suppliers: {answer.text}")


def told(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise CannotStart(f"the sample data was refused: {answer.request.url.path}: {answer.text}")
    return answer.json()


def _write_tokens() -> Path:
    issuer = LocalIssuer.in_folder(home() / "issuer")
    folder = home() / "tokens"
    folder.mkdir(mode=0o700, exist_ok=True)
    for one in PEOPLE:
        (folder / one.name).write_text(issuer.token(one.name, one.roles, TENANT, level=one.level))
    return folder


def things_to_try(api: str, management: str, sample: Sample, program: str) -> str:
    def curl(who: str, path: str, body: Any, *more: str) -> str:
        headers = (
            f'"Authorization: Bearer $(cat {sample.tokens}/{who})"',
            '"Content-Type: application/json"',
            '"Idempotency-Key: $(date +%s)"',
            *more,
        )
        said = " ".join(f"-H {header}" for header in headers)
        return f"curl -s {api}/v1{path} {said} -d '{json.dumps(body)}'"

    draft = {"supplier_id": sample.supplier, "currency": "EUR", "lines": [LINE]}
    match = f"""'If-Match: "{sample.version}"'"""
    return f"""
The platform runs.  API {api}/v1   docs {api}/docs   metrics {management}/metrics
Tokens: {sample.tokens}/NAME (bea buys, alma approves, … ; more: {program} token --help)

1. bea raises an order:
{curl("bea", "/purchase-orders", draft)}

2. alma approves the one that waits for her:
{curl("alma", f"/purchase-orders/{sample.order}/approve", {}, match)}

3. what that was on Kafka:
{program} events --key {sample.order}

Ctrl-C stops everything; what you did is there again the next time.
"""
