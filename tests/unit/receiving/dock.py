"""Receiving's API on memory adapters, with its people at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
from procurement.receiving.adapters.inbound.http import routes
from procurement.receiving.app.service import ReceivingService
from tests.conformance.contract import Conforming
from tests.memory.receiving import MemoryExpectations, MemoryGoodsReceipts, MemoryPolicies, Store
from tests.unit.purchasing.shop import Person
from tests.unit.receiving.builders import NOW, ORDER, TENANT

PO = f"po_{ORDER}"
PEOPLE: Mapping[str, Sequence[str]] = {
    "will": ["warehouse"],
    "wendy": ["warehouse"],
    "ben": ["buyer"],
    "bea.buyer": ["buyer", "warehouse"],
    "tia": ["tenant_admin"],
    "aud": ["auditor"],
    "sue": ["supplier"],
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
class Dock:
    issuer: LocalIssuer
    store: Store = field(default_factory=Store)

    def empty(self) -> None:
        """A new day for the same application, which takes long to build."""
        vars(self.store).update(vars(Store()))

    def __post_init__(self) -> None:
        traffic = Traffic()
        self.expectations = MemoryExpectations(self.store)
        self.service = ReceivingService(
            MemoryGoodsReceipts(self.store), self.expectations, MemoryPolicies(self.store), uuid7
        )
        commands = Commands(MemoryOfCommands(self.store), lambda: NOW)
        app = create_app(
            [routes(self.service, commands, Cursors(bytes(32), lambda: NOW))],
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

    def of(self, person: str, **claims: Any) -> Person:
        token = self.issuer.token(person, PEOPLE[person], claims.pop("tenant", TENANT), **claims)
        return Person(
            httpx.AsyncClient(
                transport=self.transport,
                base_url="http://dock.test",
                headers={"authorization": f"Bearer {token}"},
            )
        )


def dock(folder: Path) -> Dock:
    return Dock(LocalIssuer.in_folder(folder))
