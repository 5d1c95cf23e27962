"""Postgres down, the broker down: told quickly and clearly, nothing half done, and well again by itself."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from procurement.kernel.ids import parse_id
from tests.e2e.field import Field
from tests.e2e.office import Office, an_office, until
from tests.e2e.topics import everything

pytestmark = pytest.mark.anyio

QUICKLY = 5.0
WELL_AGAIN_WITHIN = 60.0
ORDERS = "purchasing.purchase-orders"


@pytest.fixture
async def office(field: Field) -> AsyncGenerator[Office]:
    office = an_office(field.platform)
    async with office.client:
        yield office


async def timed(ask: Callable[[], Any]) -> tuple[Any, float]:
    began = time.monotonic()
    return await ask(), time.monotonic() - began


async def test_without_postgres_everything_is_503_at_once_and_works_again_once_it_is_back(
    field: Field, office: Office
) -> None:
    supplier = await office.known_supplier()
    field.postgres.kill()
    for number in range(12):
        answer, seconds = await timed(lambda: office.draft(supplier, key="while-down"))
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["retry-after"]) >= 1
        assert seconds < QUICKLY, f"attempt {number} took {seconds:.1f} s"
    read, seconds = await timed(lambda: office.ask("otto", "GET", "/purchase-orders"))
    assert (read.status_code, seconds < QUICKLY) == (503, True)
    assert field.platform.api.ready, "an outage of the database must not take every replica out of service"
    await asyncio.to_thread(field.postgres.start)
    answer = await until(
        lambda: office.draft(supplier, key="while-down"),
        lambda answer: answer.status_code == 201,
        WELL_AGAIN_WITHIN,
    )
    assert answer.status_code == 201, answer.text
    assert len((await office.read("/purchase-orders"))["items"]) == 2


async def test_without_the_broker_writes_go_on_and_their_events_come_when_it_is_back(
    field: Field, office: Office
) -> None:
    supplier = await office.known_supplier()
    field.kafka.kill()
    registered = await office.approved_supplier()
    orders = []
    for _ in range(20):
        answer, seconds = await timed(lambda: office.draft(supplier))
        assert (answer.status_code, seconds < QUICKLY) == (201, True), answer.text
        orders.append(str(parse_id("po", answer.json()["id"])))
    assert field.books.pending() >= 20
    assert all(process.ready for process in field.platform.processes)
    await asyncio.to_thread(field.kafka.start)
    await asyncio.to_thread(field.books.converged, WELL_AGAIN_WITHIN)
    records = [one.key for one in await everything(field.platform.brokers, [ORDERS])]
    assert set(orders) <= set(records)
    assert (await office.draft(registered)).status_code == 201


async def test_asked_to_stop_every_process_goes_in_order_and_in_time(field: Field) -> None:
    for process in field.platform.processes:
        began = time.monotonic()
        assert await asyncio.to_thread(process.stop) == 0, process.last_words()
        assert time.monotonic() - began < 20
        process.start()
