"""One way for every write: it has a name, is carried out once, and says the same whenever it is repeated."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Protocol, TypeAlias

import msgspec
from litestar import Request, Response

from procurement.kernel.act import Act, Answer, Answered, CommandId
from procurement.kernel.clock import Clock
from procurement.kernel.errors import Interrupted, RuleBroken
from procurement.platform.http.auth import Caller
from procurement.platform.http.catalogue import PROBLEM_JSON
from procurement.platform.http.exchange import exchange_of, header
from procurement.platform.http.faults import problem_of
from procurement.platform.http.problems import Problem
from procurement.platform.http.replies import JSON, Reply

HttpRequest: TypeAlias = Request[Caller, Any, Any]

_KEY = re.compile(rb'"([!#-~]{1,255})"|([!#-~][!-~]{0,254})')


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it goes over the wire, now and at every repetition."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    def encoded(self) -> Answer:
        return Answer(msgspec.msgpack.encode((self.status, dict(self.headers), self.body)))

    @classmethod
    def decoded(cls, answer: Answer) -> "Said":
        status, headers, body = _stored.decode(answer)
        return cls(status, body, headers)


_stored = msgspec.msgpack.Decoder(tuple[int, dict[str, str], bytes])


class CommandMemory(Protocol):
    """What was carried out, by name."""

    async def recall(self, act: Act) -> None:
        """Raise Answered if it was carried out before, CommandReused if another command had its name."""
        ...

    async def remember(self, act: Act) -> None:
        """Store `act.answer(None)`. Raise Interrupted if a twin was first: recall knows his answer."""
        ...


class Commands:
    def __init__(self, memory: CommandMemory, clock: Clock) -> None:
        self._memory, self._clock = memory, clock

    async def run(
        self,
        request: HttpRequest,
        say: Callable[[Any], Said],
        do: Callable[[Act], Awaitable[Answer]],
        content: bytes | None = None,
    ) -> Response[bytes]:
        """What *do* answers, or answered before; a broken rule is an answer too, and is remembered as one.

        *content* stands for a body that is to be repeated byte for byte, such as a file; without it the body
        is JSON for the route's StrictDTO, and how it was written down makes no difference.
        """
        asked = content if content is not None else exchange_of(request.scope).asked or await request.body()
        act = self._act(request, asked, lambda result: say(result).encoded())
        try:
            return _reply(await self._done(request, act, do))
        except Answered as before:
            return _reply(before.answer, {"idempotent-replayed": "true"})

    async def _done(self, request: HttpRequest, act: Act, do: Callable[[Act], Awaitable[Answer]]) -> Answer:
        try:
            return await self._told(request, act, do)
        except Interrupted:
            await self._memory.recall(act)
            raise

    async def _told(self, request: HttpRequest, act: Act, do: Callable[[Act], Awaitable[Answer]]) -> Answer:
        try:
            return await do(act)
        except RuleBroken as refusal:
            answer = _refusal(request, refusal).encoded()
            await self._memory.remember(replace(act, answer=lambda _: answer))
            return answer

    def _act(self, request: HttpRequest, asked: bytes, answer: Callable[[Any], Answer]) -> Act:
        caller, exchange = request.user, exchange_of(request.scope)
        owner = caller.client
        if caller.actor.speaks_for_supplier:  # what was told to us, or to another one, is not repeated to him
            owner = f"{owner}:{caller.actor.supplier}"
        route = f"{request.method} {request.scope['path_template']}"
        return Act(
            tenant=caller.tenant,
            actor=caller.actor,
            at=self._clock(),
            command=CommandId(f"http:{owner}:{route}", command_key(request)),
            fingerprint=_fingerprint(request, asked),
            answer=answer,
            correlation_id=exchange.request_id,
            traceparent=exchange.traceparent,
        )


def command_key(request: HttpRequest) -> str:
    """The Idempotency-Key: quoted as RFC 8941 has it, or bare."""
    sent = header(request.scope, b"idempotency-key")
    if sent is None:
        raise Problem("idempotency-key-missing")
    if (found := _KEY.fullmatch(sent.strip())) is None:
        raise Problem("idempotency-key-malformed")
    return (found[1] or found[2]).decode()


def _fingerprint(request: HttpRequest, content: bytes) -> bytes:
    """Of everything that was asked."""
    asked = (
        request.method,
        request.scope["path"],
        sorted(request.scope["query_string"].split(b"&")),
        header(request.scope, b"content-type"),
        header(request.scope, b"if-match"),
        content,
    )
    return sha256(msgspec.msgpack.encode(asked)).digest()


def _refusal(request: HttpRequest, refusal: RuleBroken) -> Said:
    problem = problem_of(refusal)
    body = problem.body(exchange_of(request.scope))
    return Said(problem.kind.status, body, {"content-type": PROBLEM_JSON})


def _reply(answer: Answer, more: Mapping[str, str] | None = None) -> Reply:
    said = Said.decoded(answer)
    headers = {**said.headers, **(more or {})}
    return Reply(said.body, said.status, headers.pop("content-type", JSON), headers)
