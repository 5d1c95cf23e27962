"""What a route declares for OpenAPI: `responses={200: answers(OrderBody), **problems(404, 412)}`."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example

from procurement.platform.http.catalogue import KINDS, PROBLEM_JSON, Kind
from procurement.platform.http.problems import ProblemDetails

EVERYWHERE = (400, 401, 403, 429, 431, 500, 503, 504)
"""What the layers around any route can answer."""

COMMAND = (408, 409, 413, 415, 422)
"""What a command can answer besides: its body, its key and the rules."""


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """A problem+json response for each status, with an example for every code of it."""
    return {status: _problem(status) for status in sorted({*EVERYWHERE, *statuses})}


def answers(body: Any, description: str = "Done", examples: Sequence[Any] = ()) -> ResponseSpec:
    """A successful answer; None for one without a body."""
    return ResponseSpec(
        body,
        description=description,
        generate_examples=False,
        examples=[Example(value=value) for value in examples] or None,
    )


def _problem(status: int) -> ResponseSpec:
    kinds = [kind for kind in KINDS if kind.status == status]
    return ResponseSpec(
        ProblemDetails,
        description=HTTPStatus(status).phrase,
        media_type=PROBLEM_JSON,
        generate_examples=False,
        examples=[Example(id=kind.code, summary=kind.title, value=_example(kind)) for kind in kinds] or None,
    )


def _example(kind: Kind) -> dict[str, Any]:
    return {
        "type": f"/problems/{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.meaning,
        "code": kind.code,
        "instance": "/v1/…",
        "request_id": "0192f0c1a7d07cc3a6f2b9f0d1e2a3b4",
    }


PUBLIC_PROBLEMS = {status: _problem(status) for status in (400, 431, 500, 504)}
"""Of the routes that nobody is kept from."""
