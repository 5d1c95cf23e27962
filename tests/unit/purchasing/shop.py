"""Purchasing's API on memory adapters, with its people at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from procurement.kernel.act import Act
from procurement.platform.http.app import Surroundings, create_app
from procurement.platform.http.auth import Authenticator
from procurement.platform.http.commands import Commands
from procurement.platform.http.health import Health
from procurement.platform.http.jwks import FileKeys
from procurement.platform.http.limits import Limiter
from procurement.platform.http.management import Version
from procurement.platform.http.paging import Cursors
from procurement.platform.http.tokens import LOCAL_AUDIENCE, LOCAL_ISSUER, LocalIssuer
from procurement.platform.http.traffic import Traffic
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.inbound.http import routes
from procurement.purchasing.app.service import PurchasingService
from tests.conformance.contract import Conforming
from tests.memory.purchasing import (
    MemoryDeadlines,
    MemoryOrderReports,
    MemoryPolicies,
    MemoryPurchaseOrders,
    MemorySupplierStandings,
    Store,
)
from tests.unit.purchasing.builders import NOW, SUPPLIER, TENANT, a_standing

SUP = f"sup_{SUPPLIER}"
LINE: Mapping[str, Any] = {
    "name": "Hex bolt M8",
    "sku": "BOLT-M8",
    "quantity": {"value": "3", "unit": "XPP"},
    "price": {"amount": "10.00", "currency": "EUR"},
}
DRAFT: Mapping[str, Any] = {"supplier_id": SUP, "currency": "EUR", "lines": [LINE]}

_ids = count(UUID("01930000-0000-7000-8000-000000000000").int)
"""At NOW everything is made in the same millisecond, and lists are to be in the order that it was made in."""

PEOPLE: Mapping[str, tuple[Sequence[str], int]] = {
    "bea": (["buyer"], 0),
    "bob": (["buyer"], 0),
    "ann": (["approver"], 1),
    "art": (["approver"], 2),
    "fin": (["finance"], 0),
    "tia": (["tenant_admin"], 0),
    "aud": (["auditor"], 0),
}


class Nothing:
    def observe(self, *_: object) -> None: ...


@dataclass
class MemoryOfCommands:
    store: Store

    async def recall(self, act: Act) -> None:
        self.store.seen(act)

    async def remember(self, act: Act) -> None:
        self.store.seen(act)
        key = (act.tenant, act.command.scope, act.command.key)
        self.store.commands[key] = (act.fingerprint, act.answer(None))


@dataclass
class Shop:
    issuer: LocalIssuer
    store: Store = field(default_factory=Store)

    def empty(self) -> None:
        """A new day for the same application, which takes long to build."""
        vars(self.store).update(vars(Store()))
        self.store.suppliers[TENANT, SUPPLIER] = a_standing()

    def __post_init__(self) -> None:
        traffic = Traffic()
        service = PurchasingService(
            MemoryPurchaseOrders(self.store),
            MemorySupplierStandings(self.store),
            MemoryOrderReports(self.store),
            MemoryPolicies(self.store),
            MemoryDeadlines(self.store),
            lambda: NOW,
            lambda: UUID(int=next(_ids)),
        )
        commands = Commands(MemoryOfCommands(self.store), lambda: NOW)
        app = create_app(
            [routes(service, commands, Cursors(bytes(32), lambda: NOW))],
            Surroundings(
                authenticator=Authenticator(
                    FileKeys(self.issuer.jwks), issuer=LOCAL_ISSUER, audience=LOCAL_AUDIENCE
                ),
                limiter=Limiter(1_000_000, 1_000_000),
                traffic=traffic,
                health=Health(traffic),
                meter=Nothing(),
                version=Version("test"),
            ),
        )
        self.transport = Conforming(httpx.ASGITransport(app))  # type: ignore[arg-type]

    def of(self, person: str, **claims: Any) -> "Person":
        roles, level = PEOPLE.get(person, (claims.pop("roles", ()), 0))
        token = self.issuer.token(person, roles, claims.pop("tenant", TENANT), level=level, **claims)
        return Person(
            httpx.AsyncClient(
                transport=self.transport,
                base_url="http://shop.test",
                headers={"authorization": f"Bearer {token}"},
            )
        )


@dataclass
class Person:
    client: httpx.AsyncClient

    async def gets(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(f"/v1{path}", **more)

    async def sends(
        self,
        path: str,
        body: Any = None,
        *,
        seen: int | None = None,
        key: str | None = None,
        method: str = "POST",
        **headers: str,
    ) -> httpx.Response:
        """A command, decided on the version that was seen."""
        sent = {"idempotency-key": key or str(uuid7()), **headers}
        if seen is not None:
            sent["if-match"] = f'"{seen}"'
        return await self.client.request(method, f"/v1{path}", json=body, headers=sent)

    async def drafts(self, **changes: Any) -> str:
        answer = await self.sends("/purchase-orders", {**DRAFT, **changes})
        assert answer.status_code == 201, answer.text
        return f"/purchase-orders/{answer.json()['id']}"


def shop(folder: Path) -> Shop:
    return Shop(LocalIssuer.in_folder(folder))
