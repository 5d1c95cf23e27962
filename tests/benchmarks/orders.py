"""The orders that are measured: how they are asked for, and the one statement that stores one."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from procurement.kernel.act import Act, Answer, CommandId
from procurement.kernel.actor import Actor, Role
from procurement.kernel.ids import OrderId, SupplierId, TenantId, id_text
from procurement.platform.http.commands import Said
from procurement.platform.http.decoding import strictly
from procurement.platform.http.tokens import LocalIssuer
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import APP_ROLE, PoolOptions, open_engine
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.inbound.reading import content_of
from procurement.purchasing.adapters.inbound.requests import DraftBody
from procurement.purchasing.adapters.inbound.saying import order_body
from procurement.purchasing.adapters.outbound.events import EncodePurchaseOrder
from procurement.purchasing.adapters.outbound.postgres import (
    PostgresPurchaseOrders,
    PostgresSupplierStandings,
)
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.standing import SupplierStanding

TENANT = TenantId(UUID("01920000-0000-7000-8000-00000000000a"))
SUPPLIER = SupplierId(UUID("01920000-0000-7000-8000-000000000001"))
_BUYER = Actor(
    person="bea", roles=frozenset({Role.BUYER}), approval_level=0, on_behalf_of=None, supplier=None
)
_STANDING = SupplierStanding(supplier=SUPPLIER, version=1, name="Muster Papier GmbH", status="Approved")


def draft(lines: int) -> bytes:
    return msgspec.json.encode(
        {
            "supplier_id": id_text("sup", SUPPLIER),
            "currency": "EUR",
            "lines": [_line(number) for number in range(1, lines + 1)],
        }
    )


def _line(number: int) -> dict[str, Any]:
    return {
        "name": f"Hex bolt M{number}, zinc plated",
        "sku": f"BOLT-M{number}",
        "quantity": {"value": "12", "unit": "XPP"},
        "price": {"amount": "386.5275", "currency": "EUR", "base_quantity": "100"},
    }


@dataclass(frozen=True, slots=True)
class Asking:
    """Requests as they go over the wire."""

    token: str

    @classmethod
    def by(cls, issuer: LocalIssuer, who: str = "bea", role: str = "buyer") -> "Asking":
        return cls(issuer.token(who, [role], TENANT))

    def create(self, lines: int = 5) -> str:
        return self.post("/v1/purchase-orders", draft(lines).decode())

    def post(self, path: str, body: str, media_type: str = "application/json") -> str:
        """Whatever {key} in it becomes has the length of a UUID."""
        length = len(body.replace("{key}", str(TENANT)).encode())
        head = f"content-type: {media_type}\r\nidempotency-key: {{key}}\r\ncontent-length: {length}"
        return f"{self._head('POST', path)}{head}\r\n\r\n{body}"

    def get(self, path: str) -> str:
        return f"{self._head('GET', path)}\r\n"

    def _head(self, method: str, path: str) -> str:
        return f"{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {self.token}\r\n"


def know_the_supplier(database: str) -> None:
    async def note() -> None:
        engine = open_engine(database, role=APP_ROLE, application="bench", options=PoolOptions())
        await PostgresSupplierStandings(Database(engine)).note(TENANT, _STANDING)
        await engine.dispose()

    asyncio.run(note())


@dataclass(slots=True)
class Recorded:
    """Statements that go nowhere: what would have been executed."""

    statements: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    async def fetch(self, statement: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        self.statements.append((statement, parameters))
        known = SUPPLIER, 1, _STANDING.name, _STANDING.status, None
        return [(None, None, 1, *known)]

    async def write(
        self, statement: str, parameters: Mapping[str, Any], constraints: object = None
    ) -> Sequence[tuple[Any, ...]]:
        self.statements.append((statement, parameters))
        return [(1,)]


def created(lines: int = 5) -> Recorded:
    """All statements of creating an order."""
    recorded = Recorded()
    orders = PostgresPurchaseOrders(recorded, EncodePurchaseOrder(uuid7))

    async def create() -> None:
        act = _act()
        opening = await orders.open(act, SUPPLIER)
        order = PurchaseOrder.create(
            id=OrderId(uuid7()),
            number=opening.number,
            standing=opening.standing,
            content=content_of(strictly(draft(lines), DraftBody)),
            by=act.actor,
            at=act.at,
        )
        await orders.save(order, act)

    asyncio.run(create())
    return recorded


def _told(order: PurchaseOrder) -> Answer:
    return Said(201, order_body(order, _BUYER), {"etag": '"1"', "location": "/v1/x"}).encoded()


def _act() -> Act:
    return Act(
        tenant=TENANT,
        actor=_BUYER,
        at=datetime.now(UTC),
        command=CommandId("http:local:POST /v1/purchase-orders", str(uuid4())),
        fingerprint=b"f" * 32,
        answer=_told,
        correlation_id=uuid4().hex,
    )
