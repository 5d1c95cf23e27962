"""The process that answers over HTTP."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from hashlib import sha256
from secrets import token_bytes

from procurement.bootstrap.base import postgres_answers, standing, utc_now
from procurement.bootstrap.contexts.invoicing import invoicing
from procurement.bootstrap.contexts.purchasing import purchasing
from procurement.bootstrap.contexts.receiving import receiving
from procurement.bootstrap.contexts.supplier import suppliers
from procurement.invoicing.adapters.inbound.http import routes as invoicing_routes
from procurement.invoicing.adapters.outbound.ubl import write as write_ubl
from procurement.platform.http.app import Surroundings, create_app
from procurement.platform.http.auth import Authenticator
from procurement.platform.http.commands import CommandMemory, Commands
from procurement.platform.http.health import Health
from procurement.platform.http.jwks import Issuer, keys_at
from procurement.platform.http.limits import Limiter
from procurement.platform.http.management import Management, Version
from procurement.platform.http.paging import Cursors
from procurement.platform.http.processes import Api
from procurement.platform.http.server import Site, Stopping
from procurement.platform.http.traffic import Traffic
from procurement.platform.interceptors.stack import stacked
from procurement.platform.postgres.commands import PostgresCommandMemory
from procurement.platform.postgres.engine import APP_ROLE
from procurement.platform.telemetry import HttpMeter, service_version
from procurement.purchasing.adapters.inbound.http import routes as purchasing_routes
from procurement.receiving.adapters.inbound.http import routes as receiving_routes
from procurement.settings import Settings
from procurement.supplier.adapters.inbound.http import routes as supplier_routes


@asynccontextmanager
async def assemble_api(settings: Settings) -> AsyncGenerator[Api]:
    async with standing(settings, "api", APP_ROLE) as base:
        memory = stacked(CommandMemory, *base.layers.around_database)
        commands = Commands(memory(PostgresCommandMemory(base.database)), utc_now)
        cursors = Cursors(_cursor_key(settings), utc_now)
        traffic = Traffic(most=4 * settings.db_max_conns)
        base.catalogue.http_requests_in_flight.set_function(lambda: traffic.in_flight)
        health = Health(traffic, [postgres_answers(base)])
        version = Version(service_version(), settings.git_sha)
        around = Surroundings(
            authenticator=Authenticator(
                keys_at(settings.jwks_url, stacked(Issuer, *base.layers.around_issuer)),
                issuer=settings.jwt_issuer,
                audience=settings.jwt_audience,
            ),
            limiter=Limiter(settings.rate_limit, settings.rate_burst),
            traffic=traffic,
            health=health,
            meter=HttpMeter(base.catalogue),
            version=version,
            tracer=base.tracer if settings.tracing else None,
        )
        routers = [
            supplier_routes(suppliers(base), commands, cursors),
            purchasing_routes(purchasing(base, base.database), commands, cursors),
            receiving_routes(receiving(base), commands, cursors),
            invoicing_routes(invoicing(base, base.database), commands, cursors, write_ubl),
        ]
        app = create_app(routers, around)
        yield Api(
            Site(app, str(settings.listen_addr), shared=True),
            Site(Management(health, version, base.catalogue.registry), str(settings.management_addr)),
            traffic,
            health,
            Stopping(lead=settings.shutdown_lead, drain=settings.shutdown_drain),
        )


def _cursor_key(settings: Settings) -> bytes:
    given = settings.cursor_secret
    return sha256(given.get_secret_value().encode()).digest() if given else token_bytes(32)
