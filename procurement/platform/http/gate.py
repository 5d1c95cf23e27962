"""Between router and route: is there room, who is it, how often does he come, may he call this at all."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from litestar.types import ASGIApp, Receive, Scope, Send

from procurement.platform.http.auth import Authenticator, Caller
from procurement.platform.http.exchange import header
from procurement.platform.http.large import LARGE
from procurement.platform.http.limits import Limiter, by_address, by_caller
from procurement.platform.http.problems import FieldError, Problem
from procurement.platform.http.routing import ROLES, Routing
from procurement.platform.http.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Gate:
    app: ASGIApp
    authenticator: Authenticator
    limiter: Limiter
    traffic: Traffic
    routing: Routing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") == "OPTIONS":
            await _tell_methods(send, self.routing.allowed(scope["path_template"]))
            return
        handler: Any = scope["route_handler"]
        if "public" not in handler.opt:
            scope["user"] = await self._admitted(scope, handler)
        if scope["query_string"]:
            self._not_unknown(scope)
        async with handler.opt[LARGE].admitted(scope) if LARGE in handler.opt else nullcontext():
            await self.app(scope, receive, send)

    async def _admitted(self, scope: Scope, handler: Any) -> Caller:
        self.traffic.admit()
        caller = await self._caller(scope)
        self.limiter.take(by_caller(caller))
        _not_without_role(caller, handler)
        return caller

    def _not_unknown(self, scope: Any) -> None:
        """A filter that is misspelled must not answer with everything."""
        known = self.routing.parameters[scope["path_template"], scope["method"]]
        asked = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        if unknown := asked.keys() - known:
            faults = [
                FieldError(parameter=name[:64], code="unknown-parameter", detail="there is no such parameter")
                for name in sorted(unknown)
            ]
            raise Problem("invalid-parameter", errors=faults[:100])

    async def _caller(self, scope: Scope) -> Caller:
        """Whoever has no valid token spends from the bucket of his address, so guessing is limited too."""
        try:
            return await self.authenticator.caller(header(scope, b"authorization"))
        except Problem:
            self.limiter.take(by_address(scope))
            raise


def _not_without_role(caller: Caller, handler: Any) -> None:
    wanted = handler.opt[ROLES]
    if caller.actor.roles.isdisjoint(wanted):
        names = ", ".join(sorted(wanted))
        raise Problem("role-missing", f"this takes one of the roles {names}")


async def _tell_methods(send: Send, allowed: str) -> None:
    headers = [(b"allow", allowed.encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
