"""The outbox as Debezium's outbox event router reads it, with an event in it that a command left there."""

import json

import pytest

from procurement.kernel.ids import OrderId
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import RELAY_ROLE, PoolOptions, open_engine
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound.events import EncodePurchaseOrder
from procurement.purchasing.adapters.outbound.postgres import PostgresPurchaseOrders
from tests.contracts.purchasing import a_tenant
from tests.unit.purchasing.builders import an_act, an_order

pytestmark = pytest.mark.anyio

COLUMNS = """
SELECT attname, format_type(atttypid, NULL), attnotnull FROM pg_attribute
WHERE attrelid = 'platform.outbox'::regclass AND attnum > 0 AND NOT attisdropped
"""
EVENT = """
SELECT id::text, aggregatetype, aggregateid::text, type, topic, payload, headers, aggregate_version
FROM platform.outbox WHERE aggregateid = %(id)s
"""


async def test_the_columns_that_the_router_asks_for_have_its_names_and_are_never_empty(
    database: Database,
) -> None:
    """Its id is a UUID, its payload may be bytes; of the others it takes what can be written as text."""
    there = {name: (kind, required) for name, kind, required in await database.fetch(COLUMNS, {})}
    assert {name: there[name] for name in ("id", "aggregatetype", "aggregateid", "type", "payload")} == {
        "id": ("uuid", True),
        "aggregatetype": ("text", True),
        "aggregateid": ("uuid", True),
        "type": ("text", True),
        "payload": ("bytea", True),
    }
    assert there["topic"] == ("text", True)


async def test_an_event_says_the_same_in_its_columns_and_in_its_headers(
    database: Database, postgres_url: str
) -> None:
    order = an_order(order=OrderId(uuid7()))
    await PostgresPurchaseOrders(database, EncodePurchaseOrder(uuid7)).save(order, an_act(tenant=a_tenant()))
    engine = open_engine(postgres_url, role=RELAY_ROLE, application="tests", options=PoolOptions(size=1))
    [row] = await Database(engine).fetch(EVENT, {"id": order.id})
    await engine.dispose()
    event_id, aggregate_type, aggregate_id, kind, topic, payload, stored, version = row
    headers = dict(json.loads(stored) if isinstance(stored, str | bytes) else stored)
    assert (topic, aggregate_type) == ("purchasing.purchase-orders", "purchase-order")
    assert (event_id, aggregate_type, kind, str(version)) == tuple(
        headers[name] for name in ("ce_id", "ce_aggregatetype", "ce_type", "ce_aggregateversion")
    )
    assert json.loads(payload)["order_id"] == headers["ce_subject"] == f"po_{aggregate_id}"
