"""What the routes are, by path template: which methods a path has, which parameters a query may have."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute


@dataclass(frozen=True, slots=True)
class Routing:
    """Read off the application once it is built."""

    methods: dict[str, set[str]] = field(default_factory=dict)
    parameters: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Names that a query may have, by path template and method."""

    def learn(self, app: Litestar) -> None:
        for route, _, method in handlers(app):
            self.methods.setdefault(route.path_format, set()).add(method)
            self.parameters[route.path_format, method] = _query_names(route, method)

    def allowed(self, template: str) -> str:
        return ", ".join(sorted(self.methods[template]))


def handlers(app: Litestar) -> Iterator[tuple[HTTPRoute, Any, str]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in handler.http_methods:
                    yield route, handler, str(method)


def _query_names(route: HTTPRoute, method: str) -> frozenset[str]:
    _, model = route.route_handler_map[method]  # type: ignore[index]
    return frozenset(parameter.field_alias for parameter in model.expected_query_params)
