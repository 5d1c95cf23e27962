"""The HTTP application: routes behind the gate, the gate behind the router, the router behind the edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar import Litestar, Response, Router, get
from litestar.middleware import DefineMiddleware
from litestar.openapi.spec import Tag
from litestar.types import ASGIApp
from opentelemetry.trace import Tracer

from procurement.platform.http import docs
from procurement.platform.http.auth import Authenticator
from procurement.platform.http.edge import Edge, Meter
from procurement.platform.http.faults import respond
from procurement.platform.http.gate import Gate
from procurement.platform.http.health import ALIVE, Health
from procurement.platform.http.limits import Limiter
from procurement.platform.http.management import Version
from procurement.platform.http.openapi import About, document
from procurement.platform.http.receiving import Bounds, WholeRequest
from procurement.platform.http.replies import JSON
from procurement.platform.http.responses import PUBLIC_PROBLEMS, answers
from procurement.platform.http.routing import PUBLIC, Routing
from procurement.platform.http.traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every route is served in."""

    authenticator: Authenticator
    limiter: Limiter
    traffic: Traffic
    health: Health
    meter: Meter
    version: Version
    tracer: Tracer | None = None
    bounds: Bounds = field(default_factory=Bounds)
    title: str = "Procurement"
    tags: Sequence[Tag] = ()


def create_app(routers: Sequence[Router], around: Surroundings) -> ASGIApp:
    """Raise OpenToAll for a route that does not say who may call it."""
    served = [*routers, _health_routes(around.health, around.version)]
    described = document(served, About(around.title, around.version.version, tags=around.tags))
    routing = Routing()
    app = Litestar(
        [*served, _documentation(described)],
        middleware=[
            DefineMiddleware(
                Gate,
                authenticator=around.authenticator,
                limiter=around.limiter,
                traffic=around.traffic,
                routing=routing,
            )
        ],
        exception_handlers={Exception: respond},
        request_class=WholeRequest,
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
    )
    routing.learn(app)
    return Edge(app, around.traffic, around.meter, around.tracer, around.bounds)


class Status(msgspec.Struct):
    status: str


class Readiness(msgspec.Struct):
    status: str
    components: dict[str, str]


def _readiness(status: str, postgres: str) -> Mapping[str, Any]:
    return {"status": status, "components": {"postgres": postgres}}


def _health_routes(health: Health, version: Version) -> Router:
    @get(
        "/healthz",
        operation_id="healthz",
        summary="Whether the process lives",
        responses={200: answers(Status, "It lives", {"status": "ok"}), **PUBLIC_PROBLEMS},
    )
    async def healthz() -> Response[bytes]:
        return Response(ALIVE, media_type=JSON)

    @get(
        "/readyz",
        operation_id="readyz",
        summary="Whether the process should be asked",
        responses={
            200: answers(Readiness, "Ask", _readiness("ok", "ok")),
            503: answers(Readiness, "Do not ask", _readiness("degraded", "error")),
            **PUBLIC_PROBLEMS,
        },
    )
    async def readyz() -> Response[bytes]:
        status, body = health.ready()
        return Response(body, status_code=status, media_type=JSON)

    @get(
        "/version",
        operation_id="version",
        summary="What is running",
        responses={200: answers(Version, "What is running", msgspec.to_builtins(version)), **PUBLIC_PROBLEMS},
    )
    async def what_is_running() -> Response[bytes]:
        return Response(version.encoded(), media_type=JSON)

    return Router("/", route_handlers=[healthz, readyz, what_is_running], opt=PUBLIC, tags=["operations"])


def _documentation(described: Mapping[str, Any]) -> Router:
    encoded, page = msgspec.json.encode(described), docs.page(described)
    policy = {"content-security-policy": docs.CONTENT_SECURITY_POLICY}

    @get("/openapi.json")
    async def openapi() -> Response[bytes]:
        return Response(encoded, media_type=JSON, headers={"cache-control": "no-cache"})

    @get("/docs")
    async def documentation() -> Response[bytes]:
        return Response(page, media_type="text/html", headers=policy)

    return Router("/", route_handlers=[openapi, documentation], opt=PUBLIC)
