"""An order that no version of the platform wrote is an error: a default would be saved over it next."""

import json
from typing import Any

import msgspec
import pytest

from procurement.platform.postgres.database import Database
from procurement.purchasing.adapters.outbound.postgres.orders import GET
from procurement.purchasing.adapters.outbound.postgres.stored import (
    HEAD,
    CorruptOrder,
    StoredLine,
    order_from,
)
from procurement.purchasing.domain.order import PurchaseOrder
from tests.contracts.purchasing import Ports, a_saved_order, a_tenant
from tests.unit.purchasing.builders import a_content

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stored(ports: Ports, database: Database) -> dict[str, Any]:
    """The columns of a good one."""
    tenant = a_tenant()
    order = await a_saved_order(ports, tenant)
    (row,) = await database.fetch(GET, {"tenant": str(tenant), "id": order.id})
    return dict(zip(HEAD, row, strict=True))


def read(stored: dict[str, Any], **damage: Any) -> PurchaseOrder:
    return order_from(tuple({**stored, **damage}.values()))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "Paid"),
        ("state", ""),
        ("state", "AwaitingApproval"),
        ("state", "Disputed"),
        ("lines", None),
        ("lines", "[]"),
        ("lines", "null"),
        ("lines", "[[1"),
        ("currency", "EURO"),
        ("currency", "XXX"),
        ("progress", "[]"),
        ("progress", '{"aproval": null}'),
        ("progress", '{"approval": {}}'),
        ("progress", '{"dispute": {"before": "Paid", "reason": "x", "invoice": null}}'),
        ("progress", '{"dispute": {"before": "Issued", "reason": "x", "invoice": null}}'),
        ("progress", '{"receipts": {"one": {}}}'),
    ],
)
async def test_what_makes_no_sense_is_an_error_and_no_default(
    stored: dict[str, Any], column: str, value: str | None
) -> None:
    read(stored)
    with pytest.raises(CorruptOrder, match=str(stored["id"])):
        read(stored, **{column: value})


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("number", None),
        ("name", ""),
        ("quantity", "2"),
        ("quantity", "much"),
        ("quantity", "-3"),
        ("quantity", "NaN"),
        ("unit", "BARREL"),
        ("price", "1E+40"),
        ("base_quantity", "0"),
        ("need_by", "soon"),
        ("over_receipt", {"percentage": "much"}),
    ],
)
async def test_a_line_that_makes_no_sense_is_one_too(stored: dict[str, Any], member: str, value: Any) -> None:
    (line,) = json.loads(stored["lines"])
    line[[field.name for field in msgspec.structs.fields(StoredLine)].index(member)] = value
    with pytest.raises(CorruptOrder, match=str(stored["id"])):
        read(stored, lines=json.dumps([line]))


async def test_the_same_item_on_two_lines_stays_two_lines(ports: Ports) -> None:
    tenant, content = a_tenant(), a_content("10.00", "10.00")
    order = await a_saved_order(ports, tenant, content)
    first, second = (await ports.orders.get(tenant, order.id)).content.lines
    assert (first.item.sku, second.item.sku) == ("BOLT-M8", "BOLT-M8")
    assert (first, second) == content.lines
