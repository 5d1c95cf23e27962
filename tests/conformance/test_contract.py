"""A watch that never barks proves nothing: every kind of mismatch is noticed."""

import json
from typing import Any

import pytest

from tests.conformance.contract import Contract, Mismatch

TOY = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
PROBLEM = {
    "type": "object",
    "properties": {"status": {"type": "integer"}, "code": {"type": "string"}},
    "required": ["status", "code"],
}
DOCUMENT: dict[str, Any] = {
    "components": {"schemas": {"Toy": TOY, "ProblemDetails": PROBLEM}},
    "paths": {
        "/toys/{name}": {
            "get": {
                "responses": {
                    "200": {
                        "headers": {
                            "ETag": {"required": True, "schema": {"type": "string", "pattern": '^"'}},
                            "Age": {"required": False, "schema": {"type": "integer"}},
                        },
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Toy"}}},
                    },
                    "304": {},
                    "404": {
                        "content": {
                            "application/problem+json": {
                                "schema": {"$ref": "#/components/schemas/ProblemDetails"},
                                "examples": {"gone": {"value": {"status": 404, "code": "gone"}}},
                            }
                        }
                    },
                }
            }
        },
        "/toys/best": {"get": {"responses": {"204": {}}}},
        "/toys/song": {
            "get": {"responses": {"200": {"content": {"text/plain": {"schema": {"type": "string"}}}}}}
        },
    },
}
JSON = {"content-type": "application/json", "ETag": '"1"'}
PROBLEM_JSON = {"content-type": "application/problem+json"}
GONE = {"status": 404, "code": "gone"}


def check(status: int, headers: dict[str, str], body: Any = None, path: str = "/toys/drum") -> None:
    encoded = b"" if body is None else json.dumps(body).encode()
    Contract(DOCUMENT).check("GET", path, status, headers, encoded)


@pytest.mark.parametrize(
    ("status", "headers", "body", "path"),
    [
        (200, JSON, {"name": "drum"}, "/toys/drum"),
        (200, {**JSON, "Age": "7"}, {"name": "drum"}, "/toys/drum"),
        (304, {}, None, "/toys/drum"),
        (404, PROBLEM_JSON, GONE, "/toys/drum"),
        (405, PROBLEM_JSON, {**GONE, "status": 405}, "/toys/drum"),
        (404, PROBLEM_JSON, GONE, "/toys/drum/sticks"),
        (204, {}, None, "/toys/best"),
        (200, {"content-type": "text/plain"}, "la la", "/toys/song"),
    ],
)
def test_what_the_document_says_may_be_answered(
    status: int, headers: dict[str, str], body: Any, path: str
) -> None:
    check(status, headers, body, path)


@pytest.mark.parametrize(
    ("status", "headers", "body", "path", "told"),
    [
        (201, JSON, {"name": "drum"}, "/toys/drum", "status 201 is not declared"),
        (200, JSON, {"name": 7}, "/toys/drum", "/name"),
        (200, JSON, {}, "/toys/drum", "name"),
        (200, JSON, {"name": "drum", "secret": 1}, "/toys/drum", "secret"),
        (200, {"content-type": "application/json"}, {"name": "drum"}, "/toys/drum", "ETag is missing"),
        (200, {**JSON, "ETag": "1"}, {"name": "drum"}, "/toys/drum", "the header ETag"),
        (200, {**JSON, "Age": "old"}, {"name": "drum"}, "/toys/drum", "the header Age"),
        (200, {**JSON, "content-type": "text/html"}, {"name": "drum"}, "/toys/drum", "text/html"),
        (404, PROBLEM_JSON, {**GONE, "code": "lost"}, "/toys/drum", "the code lost is not one of gone"),
        (404, {**PROBLEM_JSON, "retry-after": "1"}, GONE, "/toys/drum", "Retry-After is not declared"),
        (304, {}, {"name": "drum"}, "/toys/drum", "a body where none is declared"),
        (404, PROBLEM_JSON, {**GONE, "status": 400}, "/toys/drum", "a problem of status 400 came with 404"),
        (200, JSON, {"name": "drum"}, "/toys/best", "status 200 is not declared"),
        (200, JSON, {"name": "drum"}, "/nowhere", "where the document has nothing"),
        (404, JSON, GONE, "/nowhere", "content type"),
    ],
)
def test_what_the_document_does_not_say_is_noticed(
    status: int, headers: dict[str, str], body: Any, path: str, told: str
) -> None:
    with pytest.raises(Mismatch, match=told):
        check(status, headers, body, path)
