"""The people of a tenant, at the API of a running platform."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from procurement.platform.http.tokens import LocalIssuer
from procurement.platform.uuid7 import uuid7
from tests.conformance.contract import Conforming
from tests.e2e.platform import Platform

PEOPLE: Mapping[str, tuple[str, int]] = {
    "bea": ("buyer", 0),
    "ann": ("approver", 1),
    "art": ("approver", 2),
    "fin": ("finance", 0),
    "adele": ("supplier_admin", 0),
    "rita": ("supplier_approver", 0),
    "will": ("warehouse", 0),
    "wendy": ("warehouse", 0),
    "ben": ("buyer", 0),
    "clara": ("ap_clerk", 0),
    "otto": ("auditor", 0),
    "tia": ("tenant_admin", 0),
}
"""Everybody's role, and level of approval."""

DECLARATION: Mapping[str, Any] = {
    "name": "Muster Papier GmbH",
    "identifiers": [{"scheme": "VAT", "value": "DE136695976"}],
    "documents": [
        {"kind": "TradeRegisterExtract", "reference": "HRB 4711"},
        {"kind": "TaxClearance", "reference": "FA 2026/118"},
        {"kind": "CodeOfConduct", "reference": "signed 2026-10-02"},
    ],
}
LINE: Mapping[str, Any] = {
    "name": "Copy paper A4",
    "quantity": {"value": "40", "unit": "XPK"},
    "price": {"amount": "4.35", "currency": "EUR"},
}
HEARD_WITHIN = 30.0


@dataclass
class Office:
    client: httpx.AsyncClient
    issuer: LocalIssuer
    tenant: UUID = field(default_factory=uuid7)
    _tokens: dict[str, str] = field(default_factory=dict)

    async def ask(
        self,
        who: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        seen: int | None = None,
        key: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        sent = {"authorization": f"Bearer {self.token(who)}", **headers}
        if method != "GET":
            sent["idempotency-key"] = key or str(uuid7())
        if seen is not None:
            sent["if-match"] = f'"{seen}"'
        return await self.client.request(method, f"/v1{path}", json=body, headers=sent)

    def token(self, who: str) -> str:
        if who not in self._tokens:
            role, level = PEOPLE[who]
            self._tokens[who] = self.issuer.token(who, [role], self.tenant, level=level)
        return self._tokens[who]

    async def does(self, who: str, path: str, body: Any = None, *, seen: int | None = None) -> Any:
        answer = await self.ask(who, "POST", path, body, seen=seen)
        assert answer.is_success, answer.text
        return answer.json()

    async def registered_supplier(self) -> str:
        return str((await self.does("adele", "/suppliers", DECLARATION))["id"])

    async def registered_supplier_named(self, name: str, vat: str) -> str:
        declared = {**DECLARATION, "name": name, "identifiers": [{"scheme": "VAT", "value": vat}]}
        return str((await self.does("adele", "/suppliers", declared))["id"])

    async def approved_supplier(self) -> str:
        supplier = await self.registered_supplier()
        await self.does("rita", f"/suppliers/{supplier}/approve", {"risk_score": "0.9"}, seen=1)
        return supplier

    async def known_supplier(self) -> str:
        """Approved, and purchasing has heard of it."""
        supplier = await self.approved_supplier()
        answer = await until(lambda: self.draft(supplier), lambda answer: answer.status_code != 409)
        assert answer.status_code == 201, answer.text
        return supplier

    async def draft(self, supplier: str, **more: Any) -> httpx.Response:
        body = {"supplier_id": supplier, "currency": "EUR", "lines": [LINE]}
        return await self.ask("bea", "POST", "/purchase-orders", body, **more)

    async def issued_order(self, supplier: str) -> str:
        order = f"/purchase-orders/{(await self.draft(supplier)).json()['id']}"
        await self.does("bea", f"{order}/submit", seen=1)
        await self.does("ann", f"{order}/approve", {}, seen=2)
        await self.does("fin", f"{order}/issue", seen=3)
        return order

    async def read(self, path: str) -> Any:
        return (await self.ask("otto", "GET", path)).json()


def an_office(platform: Platform, **options: Any) -> Office:
    """Whatever it is told is held against the OpenAPI document."""
    transport = Conforming(httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=64)))
    client = httpx.AsyncClient(base_url=platform.url, transport=transport, **{"timeout": 30, **options})
    return Office(client, platform.issuer)


async def until(
    ask: Callable[[], Awaitable[Any]], found: Callable[[Any], bool], within: float = HEARD_WITHIN
) -> Any:
    """What is asked for, once it is as expected, or as it is when the patience ends."""
    for _ in range(int(within / 0.1)):
        answer = await ask()
        if found(answer):
            return answer
        await asyncio.sleep(0.1)
    return answer
