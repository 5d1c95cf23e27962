"""What a route declares for OpenAPI: `responses={200: answers(OrderBody), **problems(404, 412)}`."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example

from procurement.kernel.errors import Blocker, Refusal, RuleBroken
from procurement.platform.http.catalogue import KINDS, PROBLEM_JSON, Kind
from procurement.platform.http.exchange import Exchange
from procurement.platform.http.faults import problem_of
from procurement.platform.http.problems import Problem, ProblemDetails

EVERYWHERE = (400, 401, 403, 429, 431, 500, 503, 504)
"""What the layers around any route can answer."""

COMMAND = (408, 409, 413, 415, 422)
"""What a command can answer besides: its body, its key and the rules."""

Refused: TypeAlias = Blocker | Refusal | Problem
"""Why a route refuses, as an example: it becomes the answer in the way that the real one does."""


_EXCHANGE = Exchange("0192f0c1a7d07cc3a6f2b9f0d1e2a3b4", "/v1/…")


@dataclass(frozen=True, slots=True)
class Shown:
    """A problem as the document shows it."""

    kind: Kind
    body: bytes
    retry_after: bool

    @classmethod
    def of(cls, problem: Problem) -> "Shown":
        return cls(problem.kind, problem.body(_EXCHANGE), "retry-after" in problem.headers)

    def __deepcopy__(self, _: Any) -> "Shown":
        """Litestar copies every route that it is given, and what it holds."""
        return self


@dataclass
class Problems(ResponseSpec):
    """A problem+json answer, with an example of each code that it can have."""

    shown: tuple[Shown, ...] = ()


def problems(*statuses: int, also: Iterable[Refused] = ()) -> dict[int, ResponseSpec]:
    """A problem+json response for each status. *also* is what this route refuses with, and others don't."""
    own = [Shown.of(_problem(refused)) for refused in also]
    every = sorted({*EVERYWHERE, *statuses, *(each.kind.status for each in own)})
    return {status: _problems(status, own) for status in every}


def answers(body: Any, description: str = "Done", example: Any = None) -> ResponseSpec:
    """A successful answer; None for one without a body. Most examples are beside the routes (examples.py)."""
    return ResponseSpec(
        body,
        description=description,
        generate_examples=False,
        examples=[Example(id="example", value=example)] if example is not None else None,
    )


def _problem(refused: Refused) -> Problem:
    return problem_of(RuleBroken(refused) if isinstance(refused, Blocker) else refused)


_ALWAYS = tuple(Shown.of(Problem(kind)) for kind in KINDS)


def _problems(status: int, own: Iterable[Shown] = ()) -> ResponseSpec:
    return Problems(
        ProblemDetails,
        description=HTTPStatus(status).phrase,
        media_type=PROBLEM_JSON,
        generate_examples=False,
        shown=tuple(each for each in (*_ALWAYS, *own) if each.kind.status == status),
    )


PUBLIC_PROBLEMS = {status: _problems(status) for status in (400, 431, 500, 504)}
"""Of the routes that nobody is kept from."""
