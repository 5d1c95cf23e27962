"""A probe is answered from what was found before, and nobody waits for a dependency in it."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter

from procurement.platform.http.health import Check, Health
from procurement.platform.http.management import Management, Version
from procurement.platform.http.traffic import Traffic
from tests.unit.platform.http.toy import Stand

pytestmark = pytest.mark.anyio


class Dependency:
    def __init__(self) -> None:
        self.up = True
        self.hangs = False

    async def probe(self) -> None:
        if self.hangs:
            await asyncio.sleep(60)
        if not self.up:
            raise ConnectionError("postgresql://user:hunter2@db-7")


def told(health: Health) -> tuple[int, Any]:
    status, body = health.ready()
    return status, json.loads(body)


@pytest.fixture
def postgres() -> Dependency:
    return Dependency()


@pytest.fixture
def kafka() -> Dependency:
    return Dependency()


@pytest.fixture
def health(postgres: Dependency, kafka: Dependency) -> Health:
    traffic = Traffic()
    traffic.start()
    return Health(traffic, [Check("postgres", postgres.probe), Check("kafka", kafka.probe, needed=False)])


async def test_before_the_first_look_nothing_is_known_to_be_well(health: Health) -> None:
    assert told(health) == (
        503,
        {"status": "degraded", "components": {"postgres": "error", "kafka": "error"}},
    )


async def test_all_is_well(health: Health) -> None:
    await health.refresh()
    assert told(health) == (200, {"status": "ok", "components": {"postgres": "ok", "kafka": "ok"}})


async def test_one_missed_answer_is_a_hiccup_and_two_are_an_outage(
    health: Health, postgres: Dependency
) -> None:
    await health.refresh()
    postgres.up = False
    await health.refresh()
    assert told(health)[0] == 200
    await health.refresh()
    assert told(health) == (503, {"status": "degraded", "components": {"postgres": "error", "kafka": "ok"}})
    postgres.up = True
    await health.refresh()
    assert told(health)[0] == 200


async def test_kafka_is_told_and_turns_nobody_away(health: Health, kafka: Dependency) -> None:
    kafka.up = False
    await health.refresh()
    await health.refresh()
    assert told(health) == (200, {"status": "degraded", "components": {"postgres": "ok", "kafka": "error"}})


async def test_a_hanging_dependency_is_seen_within_two_seconds_and_holds_up_nobody(
    health: Health, postgres: Dependency
) -> None:
    stop = asyncio.Event()
    looking = asyncio.create_task(health.run(stop))
    await asyncio.sleep(0.05)
    assert told(health)[0] == 200
    postgres.hangs = True
    await asyncio.sleep(2.1)
    assert told(health)[0] == 503
    stop.set()
    await looking


async def test_what_was_found_long_ago_says_nothing() -> None:
    traffic, clock = Traffic(started=True), [0.0]
    health = Health(traffic, [Check("postgres", Dependency().probe)], now=lambda: clock[0])
    await health.refresh()
    assert told(health)[0] == 200
    clock[0] = 6.0
    assert told(health)[0] == 503


async def test_not_started_and_draining_are_not_ready(toys: Stand) -> None:
    async with toys.client() as client:
        assert (await client.get("/readyz")).json()["status"] == "starting"
        toys.traffic.start()
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"status": "ok", "components": {}})
        toys.traffic.drain()
        leaving = await client.get("/readyz")
        assert (leaving.status_code, leaving.json()["status"]) == (503, "draining")
        assert leaving.headers["connection"] == "close"
        alive = await client.get("/healthz")
        assert (alive.status_code, alive.json()) == (200, {"status": "ok"})


@pytest.fixture
def management(health: Health) -> httpx.AsyncClient:
    registry = CollectorRegistry()
    Counter("orders", "Orders made", registry=registry).inc()
    app = Management(health, Version("1.2.3", "abc", "2026-11-21"), registry)
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://manage.test")


async def test_the_management_port_tells_health_version_and_metrics(
    management: httpx.AsyncClient, health: Health
) -> None:
    await health.refresh()
    async with management as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.headers["cache-control"]) == (200, "no-store")
        assert (await client.get("/version")).json() == {
            "version": "1.2.3",
            "commit": "abc",
            "built": "2026-11-21",
        }
        assert (await client.get("/else")).status_code == 404


async def test_metrics_are_told_in_the_format_that_is_asked_for(management: httpx.AsyncClient) -> None:
    async with management as client:
        plain = await client.get("/metrics")
        openmetrics = await client.get("/metrics", headers={"accept": "application/openmetrics-text"})
    assert plain.headers["content-type"].startswith("text/plain")
    assert openmetrics.headers["content-type"].startswith("application/openmetrics-text")
    assert "orders_total 1.0" in openmetrics.text
    assert openmetrics.text.endswith("# EOF\n")


async def test_nothing_of_an_error_is_told_to_strangers(health: Health, postgres: Dependency) -> None:
    postgres.up = False
    await health.refresh()
    await health.refresh()
    assert b"hunter2" not in health.ready()[1]
