"""Between router and route: is there room, who is it, how often does he come, may he call this at all."""

from dataclasses import dataclass
from typing import Any

from litestar import Litestar
from litestar.types import ASGIApp, Receive, Scope, Send

from procurement.kernel.actor import Role
from procurement.platform.http.auth import Authenticator, Caller
from procurement.platform.http.exchange import header
from procurement.platform.http.limits import Limiter, by_address, by_caller
from procurement.platform.http.problems import Problem
from procurement.platform.http.traffic import Traffic

ROLES = "only"
PUBLIC: dict[str, Any] = {"public": True}
"""`opt=PUBLIC`: everybody may call it, without a token and as often as he likes."""


def only(*roles: Role) -> dict[str, Any]:
    """`opt=only(Role.BUYER)`: 403 for everybody else. Told in the OpenAPI document as well."""
    return {ROLES: frozenset(roles)}


def roles_of(handler: Any) -> frozenset[Role] | None:
    """Who may call it; None when it is public."""
    found: frozenset[Role] | None = handler.opt.get(ROLES)
    return found


class OpenToAll(TypeError):
    """A route that does not say who may call it."""


def every_route_says_who(app: Litestar) -> None:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if "OPTIONS" not in handler.http_methods and not (handler.opt.keys() & {ROLES, "public"}):
                raise OpenToAll(f"{sorted(handler.http_methods)} {route.path}: opt=only(…) or opt=PUBLIC")


@dataclass(frozen=True, slots=True)
class Gate:
    app: ASGIApp
    authenticator: Authenticator
    limiter: Limiter
    traffic: Traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler: Any = scope["route_handler"]
        if "public" not in handler.opt and "OPTIONS" not in handler.http_methods:
            self.traffic.admit()
            caller = await self._caller(scope)
            self.limiter.take(by_caller(caller))
            _not_without_role(caller, handler)
            scope["user"] = caller
        await self.app(scope, receive, send)

    async def _caller(self, scope: Scope) -> Caller:
        """Whoever has no valid token spends from the bucket of his address, so guessing is limited too."""
        try:
            return await self.authenticator.caller(header(scope, b"authorization"))
        except Problem:
            self.limiter.take(by_address(scope))
            raise


def _not_without_role(caller: Caller, handler: Any) -> None:
    wanted: frozenset[Role] = handler.opt[ROLES]
    if caller.actor.roles.isdisjoint(wanted):
        names = ", ".join(sorted(wanted))
        raise Problem("role-missing", f"this takes one of the roles {names}")
