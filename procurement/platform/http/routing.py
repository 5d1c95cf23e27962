"""What the routes are: who may call them, which methods a path has, which parameters a query may have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute

from procurement.kernel.actor import Role

ROLES = "only"
PUBLIC: Mapping[str, Any] = {"public": True}
"""`opt=PUBLIC`: everybody may call it, without a token and as often as he likes."""
PAGED: Mapping[str, Any] = {"paged": True}
"""`opt={**only(…), **PAGED}`: a list that takes `page_size` and `cursor`."""


def only(*roles: Role) -> dict[str, Any]:
    """`opt=only(Role.BUYER)`: 403 for everybody else. Told in the OpenAPI document as well."""
    return {ROLES: frozenset(roles)}


INSIDERS = only(*(role for role in Role if role not in {Role.SYSTEM, Role.SUPPLIER}))
"""Every person of the tenant's own."""


def roles_of(handler: Any) -> frozenset[Role] | None:
    """Who may call it; None when it is public."""
    found: frozenset[Role] | None = handler.opt.get(ROLES)
    return found


class OpenToAll(TypeError):
    """A route that does not say who may call it."""


@dataclass(slots=True)
class Routing:
    """Read off the application once it is built, by path template."""

    methods: dict[str, set[str]] = field(default_factory=dict)
    parameters: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Names that a query may have, by path template and method."""

    def learn(self, app: Litestar) -> None:
        for route, handler, method in _handlers(app):
            self.methods.setdefault(route.path_format, set()).add(method)
            if method == "OPTIONS":
                continue
            if not handler.opt.keys() & {ROLES, "public"}:
                raise OpenToAll(f"{method} {route.path}: say opt=only(…) or opt=PUBLIC")
            self.parameters[route.path_format, method] = _query_names(route, handler, method)

    def allowed(self, template: str) -> str:
        return ", ".join(sorted(self.methods[template]))


def _handlers(app: Litestar) -> Iterator[tuple[HTTPRoute, Any, str]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in handler.http_methods:
                    yield route, handler, str(method)


def _query_names(route: HTTPRoute, handler: Any, method: str) -> frozenset[str]:
    _, model = route.route_handler_map[method]  # type: ignore[index]
    declared = {parameter.field_alias for parameter in model.expected_query_params}
    return frozenset(declared | ({"page_size", "cursor"} if handler.opt.get("paged") else set()))
