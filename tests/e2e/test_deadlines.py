"""Time passes: the worker disputes what is not matched and escalates what is not approved within its days."""

import json
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from procurement.kernel.ids import parse_id
from procurement.platform.embedded.place import LOOPBACK, any_port
from tests.e2e.bills import a_bill, enters, invoice_as
from tests.e2e.office import Office, an_office, until
from tests.e2e.platform import Platform, Process
from tests.e2e.test_goods import receives
from tests.e2e.test_main_job import events_of

pytestmark = pytest.mark.anyio

ONE_DAY = {"price": {"percentage": "2"}, "quantity": {"percentage": "0"}, "days_to_match": 1}


@pytest.fixture
async def office(platform: Platform) -> AsyncGenerator[Office]:
    office = an_office(platform)
    async with office.client:
        yield office


@contextmanager
def another_worker(platform: Platform) -> Generator[Process]:
    """Beside the one that runs: it looks for deadlines as soon as it is there, not within a minute."""
    management = f"{LOOPBACK}:{any_port()}"
    environment = {**platform.worker.environment, "MANAGEMENT_ADDR": management}
    log = platform.worker.log.with_name(f"worker-{management}.log")
    worker = Process("worker", environment, log, management)
    worker.start()
    try:
        yield worker
    finally:
        assert worker.stop() == 0, worker.last_words()


def a_day_later(office: Office, platform: Platform, invoice: str) -> None:
    """For this one, as if it was registered a day and an hour before it was."""
    moved = "UPDATE invoicing.invoices SET registered_at = registered_at - interval '25 hours' WHERE id = %s"
    move(office, platform, moved, parse_id("inv", invoice.rpartition("/")[2]))


def move(office: Office, platform: Platform, statement: LiteralString, identity: UUID) -> None:
    with psycopg.connect(platform.database_url, autocommit=True) as connection:
        connection.execute("SELECT set_config('app.tenant', %s, false)", [str(office.tenant)])
        connection.execute("SET ROLE procurement_app")
        assert connection.execute(statement, [identity]).rowcount == 1


async def waiting(office: Office, order: str, quantity: str = "40") -> str:
    """Goods that are invoiced and have yet to come."""
    invoice = await enters(office, a_bill(quantity), order)
    await invoice_as(office, invoice, "Matching", "DEL")
    return invoice


async def resubmits(office: Office, invoice: str) -> None:
    body = {"reason": "they are on their way"}

    async def asked() -> int:
        """It may be matched anew in between, as its order is disputed now."""
        seen = (await office.read(invoice))["version"]
        return (await office.ask("clara", "POST", f"{invoice}/resubmit", body, seen=seen)).status_code

    assert await until(asked, lambda status: status != 412) == 200
    await invoice_as(office, invoice, "Matching", "DEL")


@pytest.fixture
async def order(office: Office) -> str:
    """Of a tenant whose invoices have a day."""
    await office.ask("tia", "PUT", "/invoicing-policy", ONE_DAY, seen=0)
    return await office.issued_order(await office.known_supplier())


async def test_what_waits_for_its_goods_too_long_is_disputed_once_and_so_is_its_order(
    office: Office, order: str, platform: Platform
) -> None:
    late, fresh = await waiting(office, order), await waiting(office, order, "39")
    a_day_later(office, platform, late)
    with another_worker(platform):
        found = await invoice_as(office, late, "Disputed", "DEL", "OTH")
    assert found["timed_out"]
    assert found["exceptions"][-1]["code"] == "not-matched-in-time"
    history = (await office.read(f"{late}/history"))["items"]
    assert [(e["action"], e["person"]) for e in history].count(("time-out", "system")) == 1
    events = await events_of(platform, parse_id("inv", late.rpartition("/")[2]), len(history))
    (disputed,) = [e for e in events if e.headers["ce_type"] == "procurement.invoicing.InvoiceDisputed.v1"]
    assert json.loads(disputed.value)["reason"] == "timeout"
    ordered = await until(lambda: office.read(order), lambda found: found["status"] == "Disputed")
    assert ordered["dispute"]["invoice_id"] == late.rpartition("/")[2]
    assert (await office.read(fresh))["status"] == "Matching"


async def test_who_resubmits_has_all_the_days_again_and_is_paid_when_the_goods_come(
    office: Office, order: str, platform: Platform
) -> None:
    mended = await waiting(office, order)
    a_day_later(office, platform, mended)
    with another_worker(platform):
        await invoice_as(office, mended, "Disputed", "DEL", "OTH")
    await resubmits(office, mended)
    other = await office.issued_order((await office.read(order))["supplier_id"])
    late = await waiting(office, other)
    a_day_later(office, platform, late)
    with another_worker(platform):
        await invoice_as(office, late, "Disputed", "DEL", "OTH")
    await invoice_as(office, mended, "Matching", "DEL")
    disputed = await until(lambda: office.read(order), lambda found: found["status"] == "Disputed")
    resumed = {"outcome": "resume", "reason": "the truck is here"}
    await office.does("bea", f"{order}/resolve", resumed, seen=disputed["version"])
    await receives(office, order, "40")
    await invoice_as(office, mended, "Matched")


FIVE_DAYS_LATER: LiteralString = """
UPDATE purchasing.purchase_orders SET waiting_since = waiting_since - interval '5 days',
  progress = jsonb_set(progress::jsonb, '{approval,submitted_at}',
                       to_jsonb(waiting_since - interval '5 days'))::json
WHERE id = %s
"""


async def test_what_waits_for_approval_too_long_is_escalated_once_and_can_still_be_approved(
    office: Office, platform: Platform
) -> None:
    supplier = await office.known_supplier()
    late, fresh = [f"/purchase-orders/{(await office.draft(supplier)).json()['id']}" for _ in range(2)]
    for order in (late, fresh):
        await office.does("bea", f"{order}/submit", seen=1)
    move(office, platform, FIVE_DAYS_LATER, parse_id("po", late.rpartition("/")[2]))
    for _ in range(2):
        with another_worker(platform):
            found = await until(lambda: office.read(late), lambda order: order["version"] > 2)
    assert (found["version"], found["status"], found["approval"]["missing_levels"]) == (
        3,
        "AwaitingApproval",
        ["L1"],
    )
    assert found["approval"]["submitted_at"] < found["approval"]["escalated_at"]
    *_, escalated = await events_of(platform, parse_id("po", late.rpartition("/")[2]), 3)
    escalated.keeps_its_schema()
    assert escalated.headers["ce_type"] == "procurement.purchasing.PurchaseOrderEscalated.v1"
    assert json.loads(escalated.value)["missing_levels"] == ["L1"]
    await office.does("ann", f"{late}/approve", {}, seen=3)
    assert (await office.read(fresh))["version"] == 2
