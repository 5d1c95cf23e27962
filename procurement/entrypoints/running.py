"""Run an assembled process until it is asked to stop: the first signal asks, the second insists."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

import structlog
import uvloop

from procurement.entrypoints.exits import leave
from procurement.platform.http.server import CannotListen, stop_on_signals
from procurement.platform.telemetry import configure_logging
from procurement.settings import Settings

S = TypeVar("S", bound=Settings)

SETTINGS = """\
\b
Settings (environment variables; docs/deployment.md has them all):
  DATABASE_URL             postgresql://user:password@host:5432/procurement
  KAFKA_BROKERS            host:9092,host:9092; not for the api
  KAFKA_SECURITY_PROTOCOL, KAFKA_USERNAME, KAFKA_PASSWORD   where Kafka asks for TLS and SASL
  JWT_ISSUER, JWT_AUDIENCE, JWKS_URL   whose tokens are believed
  LISTEN_ADDR              where the API answers (127.0.0.1:8080)
  MANAGEMENT_ADDR          health, readiness, version, metrics (127.0.0.1:8081)
  LOG_LEVEL, LOG_FORMAT    info, json
  SHUTDOWN_LEAD, SHUTDOWN_DRAIN        how long stopping may take (5s, 20s)
A secret may come from a file: DATABASE_URL_FILE names it.

\b
Exit codes: 0 stopped as asked, 1 failed, 78 a setting is missing or wrong.
"""
"""How the help of every process ends."""


class Process(Protocol):
    async def run(self, stop: asyncio.Event) -> None:
        """Work until stop is set, then finish what was begun and return."""
        ...


def run_until_stopped(
    name: str, kind: type[S], assemble: Callable[[S], AbstractAsyncContextManager[Process]]
) -> None:
    settings = kind.read()
    configure_logging(settings, name)
    structlog.get_logger().info("starting", **settings.summary())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(_run(assemble(settings)))
        except* CannotListen as refused:
            leave(str(refused.exceptions[0]))


async def _run(assembled: AbstractAsyncContextManager[Process]) -> None:
    stop = asyncio.Event()
    with stop_on_signals(stop):
        async with assembled as process:
            await process.run(stop)
