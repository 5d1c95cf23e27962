"""A toy context with one command and one list, to drive every layer of the transport with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct

from procurement.kernel.act import Act, Answer, Answered, CommandReused
from procurement.kernel.actor import Role
from procurement.kernel.errors import (
    Blocker,
    Concern,
    Interrupted,
    NotFound,
    NotYet,
    RuleBroken,
    Unavailable,
    VersionMismatch,
)
from procurement.kernel.money import Money
from procurement.platform.http.app import Surroundings, create_app
from procurement.platform.http.auth import Authenticator
from procurement.platform.http.commands import Commands, HttpRequest, Said
from procurement.platform.http.decoding import StrictDTO, matching
from procurement.platform.http.fields import Fields
from procurement.platform.http.health import Health
from procurement.platform.http.jwks import FileKeys
from procurement.platform.http.limits import Limiter
from procurement.platform.http.management import Version
from procurement.platform.http.paging import Cursors, Page
from procurement.platform.http.receiving import Bounds
from procurement.platform.http.responses import COMMAND, answers, problems
from procurement.platform.http.routing import PAGED, only
from procurement.platform.http.tokens import LOCAL_AUDIENCE, LOCAL_ISSUER, LocalIssuer
from procurement.platform.http.traffic import Traffic
from procurement.platform.http.versions import etag, expected_version, tagged
from tests.conformance.contract import Conforming

TENANT = UUID("0192f0c1-a7d0-7cc3-a6f2-b9f0d1e2a3b4")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Price(Struct, forbid_unknown_fields=True):
    amount: Annotated[str, matching(r"[0-9]{1,14}(\.[0-9]{1,4})?", examples=["9.90"])]
    currency: Annotated[str, matching(r"[A-Z]{3}")]


class Toy(Struct, forbid_unknown_fields=True):
    """A toy to be made."""

    name: Annotated[str, Meta(min_length=1, max_length=64, description="What it is called")]
    prices: Annotated[list[Price], Meta(min_length=1, max_length=100)]
    pieces: Annotated[int, Meta(gt=0, le=1000)] = 1
    note: str | None = None
    parts: dict[str, str] = {}


class Made(Struct):
    name: str


class Sort(StrEnum):
    NUMBER = "number"
    NUMBER_DESC = "-number"


class NotHeardOf(NotYet):
    code = "toy-unknown-yet"


REFUSALS: Mapping[str, Callable[[], Exception]] = {
    "gone": lambda: NotFound("there is no such toy"),
    "stale": lambda: VersionMismatch(1, 2),
    "not-yet": lambda: NotHeardOf("the toy was not heard of yet"),
    "state": lambda: RuleBroken(
        Blocker("already-made", Concern.STATE, "it was made before"),
        Blocker("too-loud", Concern.CONTENT, "it is too loud", "/name"),
    ),
    "content": lambda: RuleBroken(Blocker("too-loud", Concern.CONTENT, "it is too loud", "/name")),
    "authority": lambda: RuleBroken(Blocker("self-approval", Concern.AUTHORITY, "you asked for it")),
    "down": lambda: Unavailable("host db-7 refused"),
    "lost": lambda: Interrupted("connection to db-7 lost"),
    "bug": lambda: ZeroDivisionError("secret=hunter2"),
}


def _refusal(name: str) -> Exception:
    return REFUSALS[name]()


@dataclass
class MemoryOfCommands:
    answers: dict[tuple[object, ...], tuple[bytes, Answer]] = field(default_factory=dict)

    async def recall(self, act: Act) -> None:
        if (found := self.answers.get((act.tenant, act.command))) is not None:
            if found[0] != act.fingerprint:
                raise CommandReused("this key named another command before; choose a new one")
            raise Answered(found[1])

    async def remember(self, act: Act) -> None:
        """As on Postgres: of two at once the second meets the key of the first, and learns no more."""
        if (act.tenant, act.command) in self.answers:
            raise Interrupted("the same command is being carried out elsewhere")
        self.answers[act.tenant, act.command] = (act.fingerprint, act.answer(None))


@dataclass
class Workshop:
    memory: MemoryOfCommands = field(default_factory=MemoryOfCommands)
    made: list[str] = field(default_factory=list)
    traces: list[str | None] = field(default_factory=list)
    slowly: Callable[[], Awaitable[None]] | None = None

    async def make(self, act: Act, name: str) -> Answer:
        self.traces.append(act.traceparent)
        await self.memory.recall(act)
        if self.slowly is not None:
            await self.slowly()
        if name in REFUSALS:
            raise _refusal(name)
        self.made.append(name)
        await self.memory.remember(_answering(act, name))
        if name == "unacknowledged" and self.made.count(name) == 1:
            raise Interrupted("the acknowledgement was lost")
        return act.answer(name)


def _answering(act: Act, result: Any) -> Act:
    from dataclasses import replace  # noqa: PLC0415

    answer = act.answer(result)
    return replace(act, answer=lambda _: answer)


def routes(workshop: Workshop, commands: Commands, cursors: Cursors) -> Router:
    @post(
        "/",
        dto=StrictDTO[Toy],
        opt=only(Role.BUYER),
        operation_id="make_toy",
        responses={201: answers(Made, "Made"), **problems(*COMMAND, 404, 412)},
    )
    async def make(
        request: HttpRequest, data: JSONBody[Toy], shelf: FromQuery[int] = 0, row: FromQuery[int] = 0
    ) -> Response[bytes]:
        with Fields() as faults:
            for n, price in enumerate(data.prices):
                faults.take(f"/prices/{n}", lambda p=price: Money(Decimal(p.amount), p.currency))  # type: ignore[misc]

        def say(name: str) -> Said:
            return Said(
                201,
                msgspec.json.encode({"name": name}),
                {"etag": etag(1), "location": f"/v1/toys/{name}"},
            )

        return await commands.run(request, say, lambda act: workshop.make(act, data.name))

    @post(
        "/{name:str}/repair",
        opt=only(Role.BUYER, Role.WAREHOUSE),
        operation_id="repair_toy",
        status_code=200,
        responses={200: answers(Made, "Repaired"), **problems(*COMMAND, 404, 412, 428)},
    )
    async def repair(request: HttpRequest, name: FromPath[str]) -> Response[bytes]:
        version = expected_version(request)
        said = Said(200, msgspec.json.encode({"name": name}), {"etag": etag(version + 1)})
        return await commands.run(request, lambda _: said, lambda act: workshop.make(act, name))

    @get(
        "/{name:str}",
        opt=only(*Role),
        operation_id="toy",
        responses={200: answers(Made), 304: answers(None), **problems(404, 409, 412, 422)},
    )
    async def one(request: HttpRequest, name: FromPath[str]) -> Response[bytes]:
        if name in REFUSALS:
            raise _refusal(name)
        return tagged(msgspec.json.encode({"name": name}), 7, request)

    @get(
        "/",
        opt={**only(*Role), **PAGED},
        operation_id="toys",
        responses={200: answers(Page[Made]), **problems()},
    )
    async def many(
        request: HttpRequest,
        most: Annotated[int, QueryParameter(ge=1)] = 10,
        sort: Annotated[Sort, QueryParameter()] = Sort.NUMBER,
    ) -> Response[bytes]:
        turn = cursors.turn(request)
        step = 1 if turn.order(sort) is Sort.NUMBER else -1
        numbers = list(range(100))[::step]
        if turn.position:
            numbers = numbers[numbers.index(int(turn.position[0] or 0)) + 1 :]
        cut = turn.cut(numbers[: turn.limit], lambda number: (number,))
        return cursors.page(request, cut, lambda number: Made(name=str(number)))

    return Router("/v1/toys", route_handlers=[make, repair, one, many], tags=["toys"])


@dataclass
class Metered:
    seen: list[tuple[str, str, int]] = field(default_factory=list)

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        assert seconds >= 0
        self.seen.append((route, method, status))


@dataclass
class Stand:
    """The toy application with all its surroundings at hand."""

    issuer: LocalIssuer
    bounds: Bounds = field(default_factory=Bounds)
    limiter: Limiter = field(default_factory=lambda: Limiter(1_000_000, 1_000_000))
    traffic: Traffic = field(default_factory=Traffic)
    workshop: Workshop = field(default_factory=Workshop)
    meter: Metered = field(default_factory=Metered)
    tracer: Any = None

    def __post_init__(self) -> None:
        self.health = Health(self.traffic)
        commands = Commands(self.workshop.memory, lambda: NOW)
        self.surroundings = Surroundings(
            authenticator=Authenticator(
                FileKeys(self.issuer.jwks), issuer=LOCAL_ISSUER, audience=LOCAL_AUDIENCE
            ),
            limiter=self.limiter,
            traffic=self.traffic,
            health=self.health,
            meter=self.meter,
            version=Version("1.2.3"),
            tracer=self.tracer,
            bounds=self.bounds,
        )
        cursors = Cursors(bytes(32), lambda: NOW)
        self.app = create_app([routes(self.workshop, commands, cursors)], self.surroundings)
        self.transport = Conforming(_asgi(self.app), documents=_asgi(self.app.app))  # type: ignore[attr-defined]

    def token(self, *roles: str, person: str = "berta", **claims: Any) -> str:
        return self.issuer.token(person, roles or ("buyer",), TENANT, **claims)

    def client(self, *roles: str, **claims: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self.transport,
            base_url="http://toys.test",
            headers={"authorization": f"Bearer {self.token(*roles, **claims)}"},
        )


def _asgi(app: Any) -> httpx.ASGITransport:
    return httpx.ASGITransport(app)


def stand(folder: Path, **surroundings: Any) -> Stand:
    return Stand(LocalIssuer.in_folder(folder), **surroundings)


A_TOY: Mapping[str, Any] = {"name": "drum", "prices": [{"amount": "9.90", "currency": "EUR"}]}
