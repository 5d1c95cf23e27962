"""The OpenAPI document: what Litestar reads off the routes, completed with what our layers add to each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from litestar import Litestar, Router
from litestar._openapi.plugin import OpenAPIPlugin
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Server, Tag
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition
from msgspec import Struct
from msgspec.json import schema_components
from msgspec.structs import fields

from procurement.platform.http.paging import DEFAULT_SIZE, LARGEST_SIZE
from procurement.platform.http.routing import roles_of

_DESCRIPTION = """\
Every answer of status 400 and above is `application/problem+json` (RFC 9457) with a stable `code`.

Every write takes an `Idempotency-Key`: repeated with the same key it is carried out once and answers
the same, byte for byte, for 30 days. Every change of an existing resource takes `If-Match` with the `ETag`
it was read with. Lists are pages; `next` is an opaque cursor, valid for three days and for that list only.
"""


@dataclass(frozen=True, slots=True)
class About:
    title: str
    version: str
    description: str = _DESCRIPTION
    tags: Sequence[Tag] = field(default=())


class ClosedObjects(OpenAPISchemaPlugin):
    """Says of a struct that refuses unknown fields that it does, and of its plain fields all that is checked.

    Litestar by itself forgets what holds for the items of a list and for the names and values of a mapping.
    """

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        kind = field_definition.annotation
        return (
            isinstance(kind, type)
            and issubclass(kind, Struct)
            and kind.__struct_config__.forbid_unknown_fields
        )

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Any:
        from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin  # noqa: PLC0415

        schema = StructSchemaPlugin().to_openapi_schema(field_definition, schema_creator)
        schema.additional_properties = False
        _say_all(field_definition.annotation, cast("dict[str, Any]", schema.properties))
        return schema


def _say_all(kind: type[Struct], properties: dict[str, Any]) -> None:
    for one in fields(kind):
        (told,), parts = schema_components([one.type])
        if not parts:
            default = properties[one.encode_name].default
            properties[one.encode_name] = told if default is None else {**told, "default": default}


def document(routes: Sequence[Router], about: About) -> dict[str, Any]:
    """Built on an application of its own, so that the serving one carries no schema routes."""
    app = Litestar(
        list(routes), openapi_config=_config(about), plugins=[ClosedObjects()], logging_config=None
    )
    described = app.plugins.get(OpenAPIPlugin).provide_openapi_schema()
    for handler, method, operation in _operations(app, described):
        _complete(handler, method, operation)
    return described


def _config(about: About) -> OpenAPIConfig:
    bearer = SecurityScheme(
        type="http",
        scheme="bearer",
        bearer_format="JWT",
        description="An access token (RFC 9068, RS256 or ES256) of the configured issuer.",
    )
    return OpenAPIConfig(
        title=about.title,
        version=about.version,
        description=about.description,
        tags=list(about.tags),
        servers=[Server(url="/", description="This service")],
        components=Components(security_schemes={"bearer": bearer}),
        security=[{"bearer": []}],
    )


def _operations(app: Litestar, described: dict[str, Any]) -> Iterator[tuple[Any, str, dict[str, Any]]]:
    for route in app.routes:
        path = described["paths"].get(getattr(route, "path_format", None), {})
        for handler in getattr(route, "route_handlers", ()):
            for method in handler.http_methods:
                if (operation := path.get(method.lower())) is not None:
                    yield handler, method, operation


def _complete(handler: Any, method: str, operation: dict[str, Any]) -> None:
    _say_who(handler, operation)
    parameters = operation.setdefault("parameters", [])
    answers: dict[str, Any] = operation["responses"]
    if method != "GET":
        parameters.append(_IDEMPOTENCY_KEY)
    if handler.opt.get("paged"):
        parameters += _PAGING
    if "428" in answers:
        parameters.append(_IF_MATCH)
    if "304" in answers:
        parameters.append(_IF_NONE_MATCH)
    _tell_headers(handler, method, answers)
    _drop_ids(answers)
    if not parameters:
        del operation["parameters"]


def _tell_headers(handler: Any, method: str, answers: dict[str, Any]) -> None:
    if method != "GET":
        _add_header(answers, "2", "Idempotent-Replayed", "true if this is the answer of an earlier call")
    if handler.opt.get("paged"):
        _add_header(answers, "200", "Link", "next and prev, as RFC 8288 has it")
    if handler.opt.get("etag") or {"201", "304", "428"} & answers.keys():
        for status in ("2", "304"):
            _add_header(answers, status, "ETag", "the version, for If-Match", always=True)
    _add_header(answers, "201", "Location", "where it is", always=True)
    _add_header(answers, "401", "WWW-Authenticate", "how to authenticate, and what was wrong", always=True)
    if roles_of(handler) is not None:
        for status in ("429", "503"):
            _add_header(answers, status, "Retry-After", "seconds", kind="integer", always=True)
    _add_header(answers, "", "X-Request-ID", "finds this call in our logs", always=True)


def _say_who(handler: Any, operation: dict[str, Any]) -> None:
    roles = roles_of(handler)
    if roles is None:
        operation["security"] = []
        return
    names = sorted(roles)
    operation["x-roles"] = names
    said = operation.get("description", "")
    operation["description"] = f"{said}\n\nMay be called by: {', '.join(names)}.".strip()


def _drop_ids(answers: dict[str, Any]) -> None:
    """Litestar writes the key of an example into it, where OpenAPI knows no such member."""
    for answer in answers.values():
        for content in answer.get("content", {}).values():
            for example in content.get("examples", {}).values():
                example.pop("id", None)


def _add_header(  # noqa: PLR0913 - a header is described by that much
    answers: dict[str, Any],
    status: str,
    name: str,
    description: str,
    *,
    kind: str = "string",
    always: bool = False,
) -> None:
    """To every answer whose status begins so."""
    for each, answer in answers.items():
        if each.startswith(status):
            told = {"description": description, "required": always, "schema": {"type": kind}}
            answer.setdefault("headers", {}).setdefault(name, told)


def _header(name: str, description: str, pattern: str, example: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern, "minLength": 1, "maxLength": 257}
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


_IDEMPOTENCY_KEY = _header(
    "Idempotency-Key",
    "A name of your own for this command, the same one when you repeat it.",
    r'^("[!#-~]{1,255}"|[!#-~][!-~]{0,254})$',
    "9f2c6a0e-5f0b-4d0c-9d51-1f7f2f6a8c11",
)
_PAGING = [
    {
        "name": "page_size",
        "in": "query",
        "description": f"Items in a page; {DEFAULT_SIZE} unless told, {LARGEST_SIZE} at most.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999, "default": DEFAULT_SIZE},
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "`next` or `prev` of a page of the same list with the same filters.",
        "schema": {"type": "string", "maxLength": 2048},
    },
]
_IF_MATCH = _header("If-Match", "The ETag you decided on.", r'^"(0|[1-9][0-9]{0,8})"$', '"7"')
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "ETags you have already; what is none is ignored.",
    "schema": {"type": "string"},
    "example": '"7"',
}
