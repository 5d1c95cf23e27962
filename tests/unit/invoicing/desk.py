"""Invoicing's API around a clerk for tests, with its people at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec

from procurement.invoicing.adapters.inbound.http import routes
from procurement.invoicing.adapters.outbound.ubl import write
from procurement.invoicing.domain.ordered import BillableLine, BillableOrder, OrderedLine
from procurement.kernel.act import Act, Answer, CommandId
from procurement.kernel.actor import Actor
from procurement.kernel.ids import InvoiceId, OrderId, SupplierId, TenantId
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
from tests.conformance.contract import Conforming
from tests.unit.invoicing.clerk import Clerk

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TENANT = TenantId(UUID("01920000-0000-7000-8000-00000000000a"))
SUPPLIER = SupplierId(UUID("01920000-0000-7000-8000-000000000001"))
ORDER = OrderId(UUID("01920000-0000-7000-8000-000000000002"))
PO, SUP = f"po_{ORDER}", f"sup_{SUPPLIER}"
PEOPLE: Mapping[str, Sequence[str]] = {
    "cleo": ["ap_clerk"],
    "fay": ["finance"],
    "will": ["warehouse", "ap_clerk"],
    "tia": ["tenant_admin"],
    "aud": ["auditor"],
    "sue": ["supplier"],
}

DOCUMENT: Mapping[str, Any] = {
    "kind": "invoice",
    "type_code": "380",
    "number": "RE-2026/4711",
    "issued": "2026-11-21",
    "due": "2026-12-21",
    "currency": "EUR",
    "order_number": "PO-2026-000001",
    "seller": {"name": "Kabel AG", "vat_id": "DE136695976", "address": {"country": "DE"}},
    "buyer": {"name": "Werk GmbH", "address": {"country": "DE"}},
    "lines": [
        {
            "id": "1",
            "order_line": "1",
            "quantity": "60",
            "unit": "MTR",
            "price": {"amount": "4.10"},
            "net": "246.00",
            "item": {"name": "Cable", "buyer_id": "CAB-3", "tax": {"category": "S", "rate": "19"}},
        }
    ],
    "breakdown": [{"taxable": "246.00", "amount": "46.74", "tax": {"category": "S", "rate": "19"}}],
    "totals": {
        "lines": "246.00",
        "without_vat": "246.00",
        "vat": "46.74",
        "with_vat": "292.74",
        "due": "292.74",
    },
}
"""60 m of cable at 4.10."""


def an_order(accepted: str = "60.000000", price: str = "4.10") -> BillableOrder:
    ordered = OrderedLine(
        number=1,
        name="Cable",
        sku="CAB-3",
        supplier_item_id=None,
        gtin=None,
        quantity=Decimal(100),
        unit="MTR",
        price=Decimal(price),
        base_quantity=Decimal(1),
    )
    return BillableOrder(
        order=ORDER,
        number="PO-2026-000001",
        supplier=SUPPLIER,
        status="Issued",
        currency="EUR",
        requesters=frozenset({"bea.buyer"}),
        receivers=frozenset({"will"}),
        lines={1: BillableLine(ordered=ordered, accepted=Decimal(accepted))},
    )


class Nothing:
    def observe(self, *_: object) -> None: ...


@dataclass
class Desk:
    issuer: LocalIssuer
    clerk: Clerk = field(default_factory=Clerk)

    def __post_init__(self) -> None:
        traffic = Traffic()
        commands = Commands(self.clerk, lambda: NOW)
        app = create_app(
            [routes(self.clerk, commands, Cursors(bytes(32), lambda: NOW), write)],
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

    def empty(self) -> None:
        """A new day for the same application, which takes long to build."""
        vars(self.clerk).update(vars(Clerk(order=an_order())))

    def of(self, person: str, **claims: Any) -> "Person":
        token = self.issuer.token(person, PEOPLE[person], claims.pop("tenant", TENANT), **claims)
        return Person(
            httpx.AsyncClient(
                transport=self.transport,
                base_url="http://desk.test",
                headers={"authorization": f"Bearer {token}"},
            )
        )

    async def matches(self, path: str) -> None:
        """What follows a registration by itself."""
        command = CommandId("test", str(uuid7()))
        act = Act(
            tenant=TENANT,
            actor=Actor(person="system", roles=frozenset()),
            at=NOW,
            command=command,
            fingerprint=b"",
            answer=lambda _: Answer(b""),
            correlation_id="test",
        )
        await self.clerk.match(act, InvoiceId(UUID(path.rpartition("inv_")[2])))


@dataclass
class Person:
    client: httpx.AsyncClient

    async def gets(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(f"/v1{path}", **more)

    async def sends(
        self, path: str, body: Any = None, *, seen: int | None = None, method: str = "POST", **headers: str
    ) -> httpx.Response:
        """A command, decided on the version that was seen; bytes as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        sent = {"idempotency-key": str(uuid7()), "content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if seen is not None:
            sent["if-match"] = f'"{seen}"'
        return await self.client.request(method, f"/v1{path}", content=content, headers=sent)

    async def registers(self, query: str = "", **changes: Any) -> str:
        """The path of the new invoice."""
        answer = await self.sends(f"/invoices{query}", {**DOCUMENT, **changes})
        assert answer.status_code == 201, answer.text
        return f"/invoices/{answer.json()['id']}"


def desk(folder: Path) -> Desk:
    return Desk(LocalIssuer.in_folder(folder))
