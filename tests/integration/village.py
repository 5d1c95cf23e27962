"""Purchasing, receiving and invoicing on one database. What one says the others hear at once: there is no
broker, no worker and no consumer between them."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, LiteralString, NamedTuple, cast
from uuid import UUID

import msgspec
import psycopg
from opentelemetry.trace import NoOpTracer
from psycopg import sql

from procurement.bootstrap.base import Base
from procurement.bootstrap.contexts.purchasing import purchasing
from procurement.bootstrap.contexts.receiving import receiving
from procurement.bootstrap.layers import Layers
from procurement.bootstrap.news import subscriptions
from procurement.kernel.act import Answer, Answered
from procurement.kernel.ids import GoodsReceiptId, OrderId, TenantId
from procurement.platform.kafka.consumer import Received, Subscription
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.doorbell import Doorbell
from procurement.platform.postgres.engine import APP_ROLE, RELAY_ROLE, PoolOptions, open_engine
from procurement.platform.telemetry import Catalogue
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound.postgres import PostgresSupplierStandings
from procurement.purchasing.app.ports import CreateOrder, Purchasing
from procurement.purchasing.app.ports import Decision as OnOrder
from procurement.receiving.app.ports import Decision as OnReceipt
from procurement.receiving.app.ports import OpenReceipt, Receiving
from procurement.settings import Settings
from tests.unit.purchasing.builders import BUYER, FINANCE, L1, SUPPLIER, a_content, a_standing, an_act
from tests.unit.receiving.builders import WENDY, WILL, delivered

HEARD: LiteralString = "SELECT coalesce(max(o.position), 0) FROM platform.outbox o"
UNHEARD: LiteralString = """
SELECT o.position, o.topic, o.headers::text, o.payload FROM platform.outbox o
WHERE o.position > %(heard)s ORDER BY o.position
"""

TABLES: LiteralString = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('purchasing', 'receiving', 'invoicing', 'platform')
"""

_read_headers = msgspec.json.Decoder(list[tuple[str, str]]).decode


@dataclass
class Village:
    tenant: TenantId
    purchasing: Purchasing
    receiving: Receiving
    suppliers: PostgresSupplierStandings
    outbox: Database
    listening: list[Subscription]
    heard: int

    async def orders(self, lines: int) -> OrderId:
        """Three of everything; one of each has come."""
        await self.suppliers.note(self.tenant, a_standing())
        creating = an_act(BUYER, tenant=self.tenant, answer=_id_of)
        wanted = CreateOrder(supplier=SUPPLIER, content=a_content(*["0.10"] * lines))
        order = OrderId(UUID(bytes=await self.purchasing.create(creating, wanted)))
        seen = OnOrder(order=order, expected_version=None)
        await self.purchasing.submit(an_act(BUYER, tenant=self.tenant), seen)
        await self.purchasing.approve(an_act(L1, tenant=self.tenant), seen, None)
        await self.purchasing.issue(an_act(FINANCE, tenant=self.tenant), seen)
        await self.all_hear()
        await self.receives(order, *range(1, lines + 1))
        return order

    async def receives(self, order: OrderId, *lines: int) -> None:
        """One of each; and it is what was ordered."""
        came = OpenReceipt(
            order=order, delivery_note=None, delivered=tuple(delivered("1", line) for line in lines)
        )
        opening = an_act(WILL, tenant=self.tenant, answer=_id_of)
        receipt = GoodsReceiptId(UUID(bytes=await self.receiving.open(opening, came)))
        seen = OnReceipt(receipt=receipt, expected_version=None)
        await self.receiving.verify(an_act(WENDY, tenant=self.tenant), seen, [])
        await self.all_hear()

    async def all_hear(self) -> None:
        """Until nobody says anything more."""
        while said := await self.outbox.fetch(UNHEARD, {"heard": self.heard}):
            for position, topic, headers, payload in said:
                told = {name: value.encode() for name, value in _read_headers(headers)}
                await self._hear(Received(topic, 0, position, None, told, payload))
                self.heard = position

    async def _hear(self, said: Received) -> None:
        for subscription in self.listening:
            if said.topic in subscription.topics:
                with suppress(Answered):
                    await subscription.handle(said)


def _id_of(aggregate: Any) -> Answer:
    return Answer(aggregate.id.bytes)


@asynccontextmanager
async def a_village(url: str) -> AsyncGenerator[Village]:
    engines = [
        open_engine(url, role=role, application="tests", options=PoolOptions(size=2))
        for role in (APP_ROLE, RELAY_ROLE)
    ]
    database, across_tenants = map(Database, engines)
    ((heard,),) = await across_tenants.fetch(HEARD, {})
    base = Base(
        settings=cast("Settings", None),  # nobody here asks for any
        catalogue=Catalogue("tests"),
        tracer=NoOpTracer(),
        layers=Layers((), (), (), ()),
        database=database,
        doorbell=Doorbell(url),
    )
    yield Village(
        tenant=TenantId(uuid7()),
        purchasing=purchasing(base, across_tenants),
        receiving=receiving(base),
        suppliers=PostgresSupplierStandings(database),
        outbox=across_tenants,
        listening=subscriptions(base),
        heard=heard,
    )
    for engine in engines:
        await engine.dispose()


class Written(NamedTuple):
    rows: Mapping[str, int]
    """How many of each table are new or changed."""
    wal: int
    """Bytes."""


async def written_for_one_line(village: Village, admin: psycopg.Connection[Any], order: OrderId) -> Written:
    """When one more of its third line comes. From `admin` no row is hidden."""
    ((before, start),) = admin.execute("SELECT pg_current_xact_id()::text, pg_current_wal_insert_lsn()")
    await village.receives(order, 3)
    ((wal,),) = admin.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s)", [start])
    return Written(_rows_since(admin, before), int(wal))


def _rows_since(admin: psycopg.Connection[Any], transaction: str) -> Mapping[str, int]:
    counted: LiteralString = "SELECT count(*) FROM {} WHERE age(xmin) < age(%s::xid8::xid)"
    written = {}
    for schema, table in admin.execute(TABLES).fetchall():
        statement = sql.SQL(counted).format(sql.Identifier(schema, table))
        ((count,),) = admin.execute(statement, [transaction]).fetchall()
        if count:
            written[f"{schema}.{table}"] = count
    return written
