"""`procurement dev`: the whole platform on this machine, from nothing, with one command."""

import asyncio
import os
import signal
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from procurement.entrypoints.screen import Screen
    from procurement.entrypoints.services import Services

API_PORT = 8080
PROCESSES = ("api", "consumer", "worker")
"""In the order in which they are stopped: first nobody may ask for more, last goes who publishes."""


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

    \b
    Example:
      procurement dev

    Exit codes: 0 stopped as asked, 1 failed or it already runs here, 69 your own server is unreachable.
    """
    from procurement.entrypoints import instance  # noqa: PLC0415 - help must not load the application
    from procurement.entrypoints.exits import UNREACHABLE, leave  # noqa: PLC0415
    from procurement.entrypoints.screen import Screen  # noqa: PLC0415
    from procurement.entrypoints.services import services  # noqa: PLC0415
    from procurement.kernel.errors import Unavailable  # noqa: PLC0415
    from procurement.platform.embedded.place import CannotStart  # noqa: PLC0415
    from procurement.platform.postgres.migrations import MigrationFailed, NoDatabase  # noqa: PLC0415

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever asks, we stop in order
    screen = Screen()
    try:
        with instance.only_one(), services(screen) as running:
            _prepare(screen, running)
            _run(screen, running)
    except (CannotStart, MigrationFailed) as error:
        leave(str(error))
    except (NoDatabase, Unavailable) as error:
        leave(str(error), UNREACHABLE)
    except KeyboardInterrupt:
        screen.warn("stopped before everything was up")


def _prepare(screen: "Screen", running: "Services") -> None:
    from procurement import bootstrap  # noqa: PLC0415
    from procurement.platform.kafka.topics import ensure_topics  # noqa: PLC0415
    from procurement.platform.postgres.migrations import upgrade  # noqa: PLC0415

    upgrade(running.database_url, "heads", screen.step)
    with screen.doing(f"{len(bootstrap.TOPICS)} topics"):
        asyncio.run(ensure_topics(running.brokers, bootstrap.TOPICS))


def _run(screen: "Screen", running: "Services") -> None:
    from procurement.entrypoints import instance  # noqa: PLC0415
    from procurement.entrypoints.children import Child, run_together  # noqa: PLC0415
    from procurement.entrypoints.seed import seed, things_to_try  # noqa: PLC0415
    from procurement.platform.embedded.place import LOOPBACK  # noqa: PLC0415

    listen = _listen_address(screen)
    common = _environment(running)
    children = []
    for name in PROCESSES:
        management = f"{LOOPBACK}:{_management_port(name)}"
        mine = {**common, "LISTEN_ADDR": listen, "MANAGEMENT_ADDR": management}
        children.append(Child(name=name, environment=mine, management=management))
    api = f"http://{listen}"

    async def when_ready() -> None:
        instance.announce(
            {"api": api, "brokers": running.brokers, "database_url": running.database_url}
            | {f"{child.name}_management": f"http://{child.management}" for child in children}
        )
        await seed(api, screen.step)
        screen.show(things_to_try(api, children[0].management))

    asyncio.run(run_together(children, running.ours, screen.line, when_ready))


def _environment(running: "Services") -> Mapping[str, str]:
    from procurement.platform.embedded.place import home  # noqa: PLC0415
    from procurement.platform.http.tokens import LocalIssuer  # noqa: PLC0415

    issuer = LocalIssuer.in_folder(home() / "issuer")
    chosen = {"LOG_FORMAT": "console", "LOG_LEVEL": "info", "SHUTDOWN_LEAD": "0s"}
    return {name: os.environ.get(name, value) for name, value in chosen.items()} | {
        "APP_ENV": "development",
        "DATABASE_URL": running.database_url,
        "KAFKA_BROKERS": running.brokers,
        "JWT_ISSUER": issuer.issuer,
        "JWT_AUDIENCE": issuer.audience,
        "JWKS_URL": issuer.jwks_url,
    }


def _listen_address(screen: "Screen") -> str:
    from procurement.platform.embedded.place import LOOPBACK, CannotStart, is_free, port_near  # noqa: PLC0415

    if given := os.environ.get("LISTEN_ADDR"):
        if not is_free(int(given.rpartition(":")[2])):
            raise CannotStart(f"LISTEN_ADDR={given}: that port is taken by another program; choose another one")
        return given
    port = port_near(API_PORT)
    if port != API_PORT:
        screen.warn(f"port {API_PORT} is taken by another program; the API takes {port}")
    return f"{LOOPBACK}:{port}"


def _management_port(name: str) -> int:
    from procurement.platform.embedded.place import port_near  # noqa: PLC0415

    return port_near(API_PORT + 1 + PROCESSES.index(name))
