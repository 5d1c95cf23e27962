"""A Kafka that asks for TLS and SASL: who is let in, and what those are told who are not."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from click.testing import CliRunner
from opentelemetry.trace import get_tracer
from structlog.testing import capture_logs

from procurement.entrypoints.cli import main
from procurement.kernel.errors import Unavailable
from procurement.platform.delivery import Claimed
from procurement.platform.embedded.place import LOOPBACK, any_port
from procurement.platform.kafka.access import KafkaAccess, trust
from procurement.platform.kafka.broker import KafkaBroker
from procurement.platform.kafka.consumer import Consumer, Received, Subscription
from procurement.platform.kafka.dead_letters import KafkaDeadLetters
from procurement.platform.kafka.door import DoorWatch, knock
from procurement.platform.kafka.producer import ProducerOptions
from procurement.platform.kafka.tail import tail
from procurement.platform.kafka.topics import ensure_topics
from tests.authority import Authority
from tests.integration.relay.group import Meter
from tests.integration.relay.stage import eventually
from tests.secured_kafka import PASSWORD, USER, Secured, secured_kafka

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def secured() -> Generator[Secured]:
    with secured_kafka() as server:
        yield server


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger") / "authority")


@pytest.fixture
def kafka(secured: Secured) -> KafkaAccess:
    tls = trust(secured.authority.ca)
    return KafkaAccess(secured.sasl, "SASL_SSL", "SCRAM-SHA-512", USER, PASSWORD, tls)


@pytest.fixture
def mutual(secured: Secured) -> KafkaAccess:
    return KafkaAccess(
        secured.mutual, "SSL", tls=trust(secured.authority.ca, *secured.authority.certify("us"))
    )


def as_procurement(secured: Secured, password: str, folder: Path) -> dict[str, str]:
    (file := folder / "password").write_text(password)
    return {
        "KAFKA_BROKERS": secured.sasl,
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_USERNAME": USER,
        "KAFKA_PASSWORD_FILE": str(file),
        "KAFKA_CA_FILE": str(secured.authority.ca),
    }


def an_event(topic: str) -> Claimed:
    return Claimed(0, 1, "key", topic, '[["n","1"]]', b"told", parked=False)


async def told_by(kafka: KafkaAccess) -> str:
    with pytest.raises(Unavailable) as refused:
        await knock(kafka)
    return str(refused.value)


async def test_an_event_goes_out_comes_in_and_can_be_looked_at(
    kafka: KafkaAccess, mutual: KafkaAccess
) -> None:
    for access in (kafka, replace(kafka, mechanism="PLAIN"), mutual):
        topic, seen, stop = f"test.{uuid4().hex}", list[bytes | None](), asyncio.Event()
        await ensure_topics(access, [topic], partitions=1)

        async def handle(received: Received) -> None:
            seen.append(received.value)  # noqa: B023

        async def has_come() -> bool:
            return seen == [b"told"]  # noqa: B023

        broker, dead = KafkaBroker(ProducerOptions(kafka=access)), KafkaDeadLetters(access)
        subscription = Subscription(f"group-{uuid4().hex}", (topic,), handle)
        consumer = Consumer(access, subscription, dead, Meter(), get_tracer("test"))
        running = asyncio.create_task(consumer.run(stop))
        assert len((await broker.publish([an_event(topic)])).acknowledged) == 1
        await eventually(has_come)
        stop.set()
        await running
        await broker.close()
        await dead.close()
        assert [line async for line in tail(access, [topic])] != []


async def test_a_wrong_name_or_password_is_told_as_such(kafka: KafkaAccess) -> None:
    wrong = replace(kafka, password="geheim")
    for access in (wrong, replace(wrong, mechanism="PLAIN"), replace(kafka, username="nobody")):
        said = await told_by(access)
        assert said.startswith(f"Kafka at {kafka.brokers}: it refuses KAFKA_USERNAME and KAFKA_PASSWORD: ")
        assert "geheim" not in said
    assert "does not offer KAFKA_SASL_MECHANISM" in await told_by(replace(kafka, mechanism="SCRAM-SHA-256"))


async def test_a_certificate_that_nobody_vouches_for_is_told_as_such(
    kafka: KafkaAccess, stranger: Authority
) -> None:
    for believed in (None, stranger.ca):
        said = await told_by(replace(kafka, tls=trust(believed)))
        assert "its certificate is not believed: " in said
        assert "KAFKA_CA_FILE" in said


async def test_a_certificate_for_another_host_is_told_as_such(kafka: KafkaAccess) -> None:
    said = await told_by(replace(kafka, brokers=kafka.brokers.replace("localhost", "127.0.0.1")))
    assert "certificate is not valid for '127.0.0.1'" in said


async def test_who_shows_no_certificate_or_a_foreign_one_is_turned_away(
    mutual: KafkaAccess, secured: Secured, stranger: Authority
) -> None:
    ca = secured.authority.ca
    for tls in (trust(ca), trust(ca, *stranger.certify("us"))):
        assert "another certificate than KAFKA_CERT_FILE" in await told_by(replace(mutual, tls=tls))


async def test_who_speaks_another_protocol_is_turned_away_even_where_he_could_connect(
    kafka: KafkaAccess, secured: Secured
) -> None:
    plain = KafkaAccess(secured.plain)
    for wrong in (
        KafkaAccess(secured.sasl),
        replace(kafka, protocol="SSL"),
        replace(kafka, brokers=plain.brokers),
        replace(kafka, brokers=plain.brokers, protocol="SASL_PLAINTEXT"),
    ):
        assert "does not speak KAFKA_SECURITY_PROTOCOL" in await told_by(wrong)


async def test_one_broker_that_lets_us_in_is_enough_and_each_reason_is_told(kafka: KafkaAccess) -> None:
    await knock(replace(kafka, brokers=f"localhost:9,{kafka.brokers}"))
    said = await told_by(replace(kafka, brokers=f"localhost:9,{kafka.brokers}", password="geheim"))
    assert "refuses KAFKA_USERNAME" in said
    assert "ConnectionRefusedError" in said


async def test_nothing_is_published_and_nothing_lost_by_who_is_not_let_in(kafka: KafkaAccess) -> None:
    topic = f"test.{uuid4().hex}"
    await ensure_topics(kafka, [topic], partitions=1)
    for wrong in (replace(kafka, password="geheim"), replace(kafka, tls=trust(None))):
        broker = KafkaBroker(ProducerOptions(kafka=wrong))
        with pytest.raises(Unavailable):
            await broker.publish([an_event(topic)])
        await broker.close()
    assert [line async for line in tail(kafka, [topic])] == []


async def test_a_member_that_is_not_let_in_goes_on_asking_tells_so_rarely_and_stops_when_asked(
    kafka: KafkaAccess,
) -> None:
    async def handle(received: Received) -> None: ...

    refused, stop = replace(kafka, password="geheim"), asyncio.Event()
    dead = KafkaDeadLetters(refused)
    consumer = Consumer(refused, Subscription("g", ("t",), handle), dead, Meter(), get_tracer("test"))
    with capture_logs() as lines:
        running = asyncio.create_task(consumer.run(stop))
        await eventually(lambda: _true(len(_named(lines, "consumer.lost")) == 2))
        stop.set()
        await running
    await dead.close()


async def test_whoever_watches_the_door_says_why_it_is_closed_once_and_when_it_opens(
    kafka: KafkaAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, stop = DoorWatch(replace(kafka, password="geheim"), every=0.01), asyncio.Event()
    await watch.is_open()  # nobody has asked yet
    with capture_logs() as lines:
        running = asyncio.create_task(watch.run(stop))
        await eventually(lambda: _true(bool(_named(lines, "kafka.closed"))))
        await asyncio.sleep(1)
        with pytest.raises(Unavailable, match="KAFKA_PASSWORD"):
            await watch.is_open()
        monkeypatch.setattr(watch, "_kafka", kafka)
        await eventually(lambda: _true(bool(_named(lines, "kafka.open"))))
        await watch.is_open()
        stop.set()
        await running
    assert len(_named(lines, "kafka.closed")) == 1


@pytest.mark.parametrize("process", ["worker", "consumer"])
def test_a_process_that_is_not_let_in_runs_on_and_says_why(
    secured: Secured, tmp_path: Path, process: str
) -> None:
    management, log = f"{LOOPBACK}:{any_port()}", tmp_path / "log"
    given = {
        **as_procurement(secured, "geheim", tmp_path),
        "DATABASE_URL": f"postgresql://nobody:there@{LOOPBACK}:9/procurement",
        "JWT_ISSUER": "https://issuer.test",
        "JWT_AUDIENCE": "procurement",
        "JWKS_URL": "https://issuer.test/jwks",
        "MANAGEMENT_ADDR": management,
    }
    command = [sys.executable, "-m", "procurement", process]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env={**os.environ, **given}, stdout=output) as run,
    ):
        try:
            while b"kafka.closed" not in log.read_bytes() or _kafka_by(management) != "error":
                assert run.poll() is None, log.read_text()
                time.sleep(0.1)
        finally:
            run.terminate()
    assert run.returncode == 0
    assert "it refuses KAFKA_USERNAME and KAFKA_PASSWORD" in log.read_text()
    assert "geheim" not in log.read_text()


@pytest.mark.parametrize("command", ["topics", "events"])
def test_a_command_says_in_one_line_why_it_is_not_let_in(
    secured: Secured, tmp_path: Path, command: str
) -> None:
    given = as_procurement(secured, "geheim", tmp_path)
    refused = CliRunner(env=given).invoke(main, [command])
    assert refused.exit_code == 69
    assert "it refuses KAFKA_USERNAME and KAFKA_PASSWORD" in refused.output.splitlines()[-1]
    assert "Traceback" not in refused.output
    assert "geheim" not in refused.output
    given = as_procurement(secured, PASSWORD, tmp_path)
    assert CliRunner(env=given).invoke(main, [command]).exit_code == 0


def _kafka_by(management: str) -> str | None:
    try:
        told = httpx.get(f"http://{management}/readyz").json()
    except httpx.HTTPError:
        return None
    return str(told["components"]["kafka"])


def _named(lines: Sequence[Mapping[str, Any]], event: str) -> Sequence[Mapping[str, Any]]:
    return [line for line in lines if line["event"] == event]


async def _true(value: bool) -> bool:
    return value
