"""The supplier API on the memory adapter, and the people who call it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest

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
from procurement.supplier.adapters.inbound.http import routes
from procurement.supplier.app.service import SupplierService
from tests.conformance.contract import Conforming
from tests.memory.supplier import MemorySuppliers
from tests.unit.supplier.builders import NOW

DECLARATION: dict[str, Any] = {
    "name": "Muster Papier GmbH",
    "identifiers": [{"scheme": "VAT", "value": "de 136 695 976"}],
    "documents": [
        {"kind": "TradeRegisterExtract", "reference": "HRB 4711"},
        {"kind": "TaxClearance", "reference": "FA 2026/118", "valid_until": "2027-06-30"},
        {"kind": "CodeOfConduct", "reference": "signed 2026-10-02"},
    ],
}

A_TYPO = {"scheme": "VAT", "value": "DE136695977"}
NO_SUCH_DAY = {"kind": "TaxClearance", "reference": "x", "valid_until": "2026-02-30"}


class Unmetered:
    def observe(self, route: str, method: str, status: int, seconds: float) -> None: ...


@dataclass
class Office:
    """The application, and people who call it."""

    issuer: LocalIssuer
    client: httpx.AsyncClient
    tenant: UUID = field(default_factory=uuid7)

    async def ask(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """`who` is `person` (whose role follows from his name) or `person/role`."""
        person, _, role = who.partition("/")
        token = self.issuer.token(person, [role or ROLES[person]], self.tenant)
        return await self.client.request(
            method,
            f"/v1/suppliers{path}",
            json=body,
            headers={
                "authorization": f"Bearer {token}",
                "idempotency-key": f"k-{uuid7()}",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )

    async def registered(self, **declared: Any) -> str:
        answer = await self.ask("adele", "POST", "", {**DECLARATION, **declared})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def approved(self, **declared: Any) -> str:
        supplier = await self.registered(**declared)
        answer = await self.ask(
            "rita", "POST", f"/{supplier}/approve", {"risk_score": "0.82"}, if_match='"1"'
        )
        assert answer.status_code == 200, answer.text
        return supplier


ROLES = {"adele": "supplier_admin", "rita": "supplier_approver", "bea": "buyer", "otto": "auditor"}


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> LocalIssuer:
    return LocalIssuer.in_folder(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def app(issuer: LocalIssuer) -> Any:
    return an_app(issuer)


def an_app(issuer: LocalIssuer) -> Any:
    traffic, memory = Traffic(), MemorySuppliers()
    master = SupplierService(memory, lambda: NOW, uuid7)
    around = Surroundings(
        authenticator=Authenticator(FileKeys(issuer.jwks), issuer=LOCAL_ISSUER, audience=LOCAL_AUDIENCE),
        limiter=Limiter(1_000_000, 1_000_000),
        traffic=traffic,
        health=Health(traffic),
        meter=Unmetered(),
        version=Version("1.2.3"),
    )
    return create_app(
        [routes(master, Commands(memory, lambda: NOW), Cursors(bytes(32), lambda: NOW))], around
    )


@pytest.fixture
async def office(issuer: LocalIssuer, app: Any) -> AsyncGenerator[Office]:
    transport = Conforming(httpx.ASGITransport(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://suppliers.test") as client:
        yield Office(issuer, client)
