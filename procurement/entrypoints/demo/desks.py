"""The people of the sample data at the API: each with his own token, all of them patient."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Self

import httpx

from procurement.entrypoints.people import PEOPLE, TENANT, Person
from procurement.kernel.actor import Role
from procurement.platform.http.tokens import LocalIssuer

_PATIENCE = 60.0
"""Seconds for one request, with all its repetitions."""
_LONGEST_PAUSE = 10.0
_ASKED_EVERY = 0.2
_BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.CONFLICT}
"""With Retry-After they mean: the same again, later."""


class Refused(Exception):
    """The API said no; code, message and each of its reasons are its own."""

    def __init__(self, message: str, code: str = "", details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.details = tuple(details)


class Patient(httpx.AsyncBaseTransport):
    """Sends again what was not answered or comes too early. Idempotency keys make that safe."""

    def __init__(self, transport: httpx.AsyncBaseTransport, patience: float = _PATIENCE) -> None:
        self._transport, self._patience = transport, patience

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        deadline = time.monotonic() + self._patience
        while True:
            response, pause = await self._try(request, last=time.monotonic() > deadline)
            if pause is None and response is not None:
                return response
            await asyncio.sleep(min(pause or 0.0, _LONGEST_PAUSE))

    async def _try(self, request: httpx.Request, *, last: bool) -> tuple[httpx.Response | None, float | None]:
        """The answer that counts, or how long to wait for it."""
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.TransportError:
            if last:
                raise
            return None, 0.5
        after = response.headers.get("retry-after", "")
        if last or response.status_code not in _BUSY or not after.isdigit():
            return response, None
        await response.aclose()
        return None, float(after)

    async def aclose(self) -> None:
        await self._transport.aclose()


class Desk:
    """One person at the API."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        self._token = {"Authorization": f"Bearer {token}"}

    async def post(self, path: str, body: Any, *, key: str, seen: int | None = None) -> Any:
        return await self._write("POST", path, body, key, seen)

    async def put(self, path: str, body: Any, *, key: str, seen: int) -> Any:
        return await self._write("PUT", path, body, key, seen)

    async def send(self, path: str, document: bytes, *, key: str, **asked: str) -> Any:
        """XML, as it is."""
        headers = {**self._token, "Idempotency-Key": key, "Content-Type": "application/xml"}
        return told(await self._client.post(path, content=document, params=asked, headers=headers))

    async def get(self, path: str, **asked: str) -> Any:
        return told(await self._client.get(path, params=asked, headers=self._token))

    async def file(self, path: str) -> bytes:
        return answered(await self._client.get(path, headers=self._token)).content

    async def _write(self, method: str, path: str, body: Any, key: str, seen: int | None) -> Any:
        match = {} if seen is None else {"If-Match": f'"{seen}"'}
        headers = {**self._token, "Idempotency-Key": key, **match}
        return told(await self._client.request(method, path, json=body, headers=headers))


class Desks:
    def __init__(self, api: str, issuer: LocalIssuer, run: str) -> None:
        """All requests carry the run as their request id, so its events are known by their correlation."""
        self._issuer = issuer
        self._client = httpx.AsyncClient(
            base_url=f"{api}/v1",
            timeout=30,
            transport=Patient(httpx.AsyncHTTPTransport()),
            headers={"X-Request-Id": run},
        )
        self._desks = {one.name: self._desk(one.name, one.roles, level=one.level) for one in PEOPLE}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    def of(self, role: Role) -> Desk:
        return self.all_of(role)[0]

    def all_of(self, role: Role) -> list[Desk]:
        return [self._desks[one.name] for one in PEOPLE if role in one.roles]

    def approver(self, level: int, *, besides: set[str]) -> tuple[str, Desk]:
        """Of that level or above, the lowest who has not approved yet."""
        able = [one for one in _approvers() if one.level >= level and one.name not in besides]
        if not able:
            raise Refused(f"nobody of the sample data may give another approval of level L{level}")
        return able[0].name, self._desks[able[0].name]

    def supplier(self, supplier_id: str) -> Desk:
        """Somebody who works for the supplier."""
        return self._desk("sales", [Role.SUPPLIER], supplier=supplier_id)

    def _desk(self, name: str, roles: Sequence[Role], **more: Any) -> Desk:
        return Desk(self._client, self._issuer.token(name, roles, TENANT, **more))


def _approvers() -> list[Person]:
    return sorted((one for one in PEOPLE if Role.APPROVER in one.roles), key=lambda one: one.level)


def told(answer: httpx.Response) -> Any:
    return answered(answer).json()


def answered(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        raise _refused(answer)
    return answer


async def until(what: str, ask: Callable[[], Awaitable[Any]], enough: Callable[[Any], bool]) -> Any:
    """Ask again and again for what comes by itself. Raise TimeoutError."""
    deadline = time.monotonic() + _PATIENCE
    while not enough(found := await ask()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {_PATIENCE:.0f} s")
        await asyncio.sleep(_ASKED_EVERY)
    return found


def _refused(answer: httpx.Response) -> Refused:
    try:
        problem: Mapping[str, Any] = answer.json()
        each = [*problem.get("errors", ()), *problem.get("blockers", ())]
        details = list(dict.fromkeys(f"{one.get('pointer', '')} {one['detail']}".strip() for one in each))
        code = problem["code"]
        return Refused(
            f"{answer.status_code} {code}: {'; '.join(details) or problem['detail']}", code, details
        )
    except (ValueError, KeyError):
        return Refused(f"{answer.status_code} {answer.text[:200]}")
