"""`procurement dev`: the whole platform on this machine, from nothing, with one command."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import click

from procurement.bootstrap.topics import TOPICS
from procurement.entrypoints import instance
from procurement.entrypoints.children import Child, Say, run_together
from procurement.entrypoints.exits import UNREACHABLE, leave
from procurement.entrypoints.screen import Screen
from procurement.entrypoints.seed import seed, things_to_try
from procurement.entrypoints.services import Services, services
from procurement.kernel.errors import Unavailable
from procurement.platform.embedded.place import LOOPBACK, CannotStart, home, is_free, port_near
from procurement.platform.http.tokens import LocalIssuer
from procurement.platform.kafka.topics import ensure_topics
from procurement.platform.postgres.migrations import MigrationFailed, NoDatabase, upgrade
from procurement.settings.kafka import KafkaSettings

API_PORT = 8080
PROCESSES = ("api", "consumer", "worker")
"""In the order in which they are stopped: first nobody may ask for more, last goes who publishes."""

Meanwhile: TypeAlias = Callable[[Mapping[str, str]], Awaitable[None]]
"""What to do with a platform that runs, by the facts that it announces. When it ends, all is stopped."""


@click.command()
def dev() -> None:
    """Start everything on this machine: Postgres, Kafka, API, worker, consumer, with sample data.

    Real servers out of Python packages, on loopback only; nothing of the system is used or changed.
    Data stays in .local (or PROCUREMENT_HOME) and is there again the next time; delete that folder to
    begin anew. Ctrl-C stops everything in order; a second Ctrl-C at once.

    \b
    Settings:
      DATABASE_URL      your own Postgres (an owner with CREATEROLE); then none is started
      KAFKA_BROKERS     your own Kafka; then none is started
      LISTEN_ADDR       where the API answers (127.0.0.1:8080, or a free port when that is taken)
      PROCUREMENT_HOME  where data, logs and Kafka's jars are kept (.local)
      LOG_LEVEL, LOG_FORMAT   of the processes (info, console)

    \b
    Example:
      procurement dev

    Exit codes: 0 stopped as asked, 1 failed or it already runs here, 69 your own server is unreachable.
    """
    screen = Screen()

    async def let_try(platform: Mapping[str, str]) -> None:
        sample = await seed(platform["api"], screen.step)
        screen.show(things_to_try(platform["api"], platform["api_management"], sample, _program()))
        await asyncio.Event().wait()

    on_this_machine(screen, screen.line, let_try)


def on_this_machine(screen: Screen, say: Say, meanwhile: Meanwhile) -> None:
    """Start everything, do this meanwhile, stop everything; or tell what is wrong, and leave."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever asks, we stop in order
    try:
        with instance.only_one(), instance.starting(screen.step) as is_up, services(screen) as running:
            _prepare(screen, running)
            _run(screen, running, say, meanwhile, is_up)
    except (CannotStart, MigrationFailed) as error:
        leave(str(error))
    except (NoDatabase, Unavailable) as error:
        leave(str(error), UNREACHABLE)
    except KeyboardInterrupt:
        screen.warn("stopped before everything was up")


def _prepare(screen: Screen, running: Services) -> None:
    upgrade(running.database_url, "heads", screen.step)
    with screen.doing(f"{len(TOPICS)} topics"):
        asyncio.run(ensure_topics(KafkaSettings.read(KAFKA_BROKERS=running.brokers).kafka, TOPICS))


def _run(
    screen: Screen, running: Services, say: Say, meanwhile: Meanwhile, is_up: Callable[[], None]
) -> None:
    listen = _listen_address(screen)
    children = _children(running, listen)
    platform = {
        "api": f"http://{listen}",
        "brokers": running.brokers,
        "database_url": running.database_url,
        **{f"{child.name}_management": f"http://{child.management}" for child in children},
    }

    async def when_ready() -> None:
        is_up()
        instance.announce(platform)
        await meanwhile(platform)

    asyncio.run(run_together(children, running.ours, say, when_ready))


def _children(running: Services, listen: str) -> list[Child]:
    issuer = LocalIssuer.in_folder(home() / "issuer")
    chosen = {"LOG_FORMAT": "console", "LOG_LEVEL": "info", "SHUTDOWN_LEAD": "0s"}
    common = {name: os.environ.get(name, value) for name, value in chosen.items()} | {
        "APP_ENV": "development",
        "DATABASE_URL": running.database_url,
        "KAFKA_BROKERS": running.brokers,
        "JWT_ISSUER": issuer.issuer,
        "JWT_AUDIENCE": issuer.audience,
        "JWKS_URL": issuer.jwks_url,
        "LISTEN_ADDR": listen,
    }
    addresses = {
        name: f"{LOOPBACK}:{port_near(port)}" for port, name in enumerate(PROCESSES, start=API_PORT + 1)
    }
    return [
        Child(name=name, environment={**common, "MANAGEMENT_ADDR": address}, management=address)
        for name, address in addresses.items()
    ]


def _program() -> str:
    """As the user can type it from where he is."""
    program = Path(sys.argv[0])
    if program.name == "__main__.py":
        return "python -m procurement"
    return os.path.relpath(program) if program.is_relative_to(Path.cwd()) else str(program)


def _listen_address(screen: Screen) -> str:
    if given := os.environ.get("LISTEN_ADDR"):
        if not is_free(int(given.rpartition(":")[2])):
            raise CannotStart(f"LISTEN_ADDR={given}: another program has that port; choose another one")
        return given
    port = port_near(API_PORT)
    if port != API_PORT:
        screen.warn(f"another program has port {API_PORT}; the API takes {port}")
    return f"{LOOPBACK}:{port}"
