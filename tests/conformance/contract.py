"""The OpenAPI document, held against every answer that a test gets: a mismatch is the test's failure."""

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx
from jsonschema_rs import Draft202012Validator

from procurement.platform.http.catalogue import PROBLEM_JSON

OF_NO_OPERATION = frozenset({405, 406})
"""About a method or an Accept that no operation has: no operation could declare it."""
UNTOLD = frozenset({"/openapi.json", "/docs"})
"""What serves the document is not in it."""


class Mismatch(AssertionError):
    """The service said what its document does not."""


class Contract:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._components = {"schemas": _closed(document["components"]["schemas"])}
        paths = sorted(document["paths"], key=lambda template: template.count("{"))
        self._paths = {path: re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)) for path in paths}
        self._validators: dict[str, Draft202012Validator] = {}

    def check(self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Raise Mismatch unless the document says that this may be answered."""
        if path in UNTOLD or method == "OPTIONS":
            return
        declared = self.operation(method, path)
        if declared is None or status in OF_NO_OPERATION:
            answer = _undeclared(status)
        elif (answer := declared["responses"].get(str(status))) is None:
            raise Mismatch(f"status {status} is not declared: {body[:500]!r}")
        self._headers_fit(answer.get("headers", {}), headers)
        self._content_fits(answer.get("content", {}), headers, body)
        if (problems := answer.get("content", {}).get(PROBLEM_JSON)) is not None:
            _problem_fits(problems.get("examples", {}), json.loads(body), status)
        if "retry-after" in headers and "Retry-After" not in answer.get("headers", {}):
            raise Mismatch("the header Retry-After is not declared")

    def operation(self, method: str, path: str) -> Any:
        """None for what the document does not have. A fixed step of a path comes before a variable one."""
        for template, pattern in self._paths.items():
            if pattern.fullmatch(path):
                return self.document["paths"][template].get(method.lower())
        return None

    def _headers_fit(self, declared: Mapping[str, Any], sent: Mapping[str, str]) -> None:
        for name, header in declared.items():
            value = sent.get(name)
            if value is not None:
                self.fits(header["schema"], _typed(value, header["schema"]), f"the header {name}")
            elif header.get("required"):
                raise Mismatch(f"the header {name} is missing")

    def _content_fits(self, declared: Mapping[str, Any], sent: Mapping[str, str], body: bytes) -> None:
        kind = sent.get("content-type", "").partition(";")[0]
        if not declared and body:
            raise Mismatch(f"a body where none is declared: {body[:200]!r}")
        if declared and kind not in declared:
            raise Mismatch(f"content type {kind!r} is not one of {', '.join(declared)}")
        if declared:
            said = json.loads(body) if kind.endswith("json") else body.decode(errors="replace")
            self.fits(declared[kind]["schema"], said, "the body")

    def fits(self, schema: Mapping[str, Any], value: Any, where: str) -> None:
        """Raise Mismatch where it doesn't."""
        faults = [
            f"/{'/'.join(map(str, e.instance_path))} {e.message}"
            for e in self._validator(schema).iter_errors(value)
        ]
        if faults:
            raise Mismatch(f"{where} does not fit its schema: {'; '.join(faults[:5])}")

    def _validator(self, schema: Mapping[str, Any]) -> Draft202012Validator:
        name = json.dumps(schema, sort_keys=True)
        if name not in self._validators:
            whole = {**schema, "components": self._components}
            self._validators[name] = Draft202012Validator(whole, validate_formats=True)
        return self._validators[name]


def _closed(schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Readers are to ignore members that they do not know; but what we send, we have to say."""
    return {
        name: {"additionalProperties": False, **schema} if "properties" in schema else schema
        for name, schema in schemas.items()
    }


def _problem_fits(examples: Mapping[str, Any], said: Any, status: int) -> None:
    if said["status"] != status:
        raise Mismatch(f"a problem of status {said['status']} came with {status}")
    if examples and said["code"] not in examples:
        raise Mismatch(f"the code {said['code']} is not one of {', '.join(examples)}")


def _undeclared(status: int) -> dict[str, Any]:
    """What the router answers by itself."""
    if status < 400:
        raise Mismatch(f"status {status} where the document has nothing")
    return {"content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}}


def _typed(value: str, schema: Mapping[str, Any]) -> Any:
    return int(value) if schema.get("type") == "integer" and value.isdigit() else value


class Conforming(httpx.AsyncBaseTransport):
    """A transport that holds every answer against the document of the service that gave it."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, documents: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """*documents* is asked for the document where the question itself would disturb."""
        self._inner, self._documents = inner, documents or inner
        self._contract: Contract | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        contract = await self._document(request.url)
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        try:
            contract.check(request.method, request.url.path, response.status_code, response.headers, body)
        except Mismatch as mismatch:
            raise Mismatch(f"{request.method} {request.url.path}: {mismatch}") from None
        return response

    async def _document(self, service: httpx.URL) -> Contract:
        if self._contract is None:
            request = httpx.Request("GET", service.copy_with(path="/openapi.json", query=None))
            response = await self._documents.handle_async_request(request)
            self._contract = Contract(json.loads(await response.aread()))
        return self._contract

    async def aclose(self) -> None:
        await self._inner.aclose()
