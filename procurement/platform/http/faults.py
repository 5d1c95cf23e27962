"""The one table from what went wrong to an RFC 9457 answer."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from procurement.kernel.act import CommandReused
from procurement.kernel.errors import (
    Concern,
    Failure,
    NotFound,
    NotYet,
    Refusal,
    RuleBroken,
    Stale,
    VersionMismatch,
)
from procurement.platform.http.catalogue import CATALOGUE, PROBLEM_JSON, Kind
from procurement.platform.http.exchange import exchange_of
from procurement.platform.http.problems import FieldError, Problem

_log = structlog.get_logger()


_CONCERNS = {
    Concern.STATE: (409, "Not possible in this state"),
    Concern.CONTENT: (422, "The content breaks a rule"),
    Concern.AUTHORITY: (403, "Not yours to do"),
}

_REFUSALS: Sequence[tuple[type[Refusal], int]] = (
    (VersionMismatch, 412),
    (Stale, 409),
    (NotFound, 404),
    (CommandReused, 422),
    (Refusal, 422),
)


def problem_of(error: Exception) -> Problem:
    """What the caller is told. Nothing of an unknown error is."""
    match error:
        case Problem():
            return error
        case RuleBroken():
            return _broken(error)
        case Refusal():
            return _refused(error)
        case Failure():
            return _failed(error)
        case HTTPException():
            return _framework(error)
        case _:
            return Problem("internal")


def _broken(error: RuleBroken) -> Problem:
    """The first blocker decides status and code; the guards reported them in the order that matters."""
    if not error.blockers:
        return Problem("rule-broken", str(error))
    first = error.blockers[0]
    status, title = _CONCERNS[first.concern]
    code = first.code if error.code == RuleBroken.code else error.code
    errors = [
        FieldError(pointer=b.pointer, code=b.code, detail=b.detail)
        for b in error.blockers
        if b.pointer is not None
    ]
    return Problem(Kind(code, status, title, first.detail), errors=errors, blockers=error.blockers)


def _refused(error: Refusal) -> Problem:
    status = next(status for kind, status in _REFUSALS if isinstance(error, kind))
    known = CATALOGUE.get(error.code)
    title = known.title if known else error.code.replace("-", " ").capitalize()
    headers = {"retry-after": str(error.retry_after)} if isinstance(error, NotYet) else {}
    meaning = known.meaning if known else title
    return Problem(Kind(error.code, status, title, meaning), str(error), headers=headers)


def _failed(error: Failure) -> Problem:
    seconds = max(1, ceil(getattr(error, "retry_after", 1)))
    kind = CATALOGUE.get(error.code, CATALOGUE["failure"])
    return Problem(kind, headers={"retry-after": str(seconds)})


_FRAMEWORK = {
    400: "malformed-request",
    404: "no-such-route",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "body-too-large",
    415: "unsupported-media-type",
}


def _framework(error: HTTPException) -> Problem:
    code = _FRAMEWORK.get(error.status_code, "internal")
    if isinstance(error, ValidationException):
        return _parameters(error)
    return Problem(code, headers=error.headers)


def _parameters(error: ValidationException) -> Problem:
    faults = [fault for fault in _listed(error.extra) if isinstance(fault, dict)]
    if any(fault.get("key") == "data" or fault.get("source") == "body" for fault in faults):
        return Problem("body-missing")
    errors = [
        FieldError(
            parameter=str(fault.get("key", "")), code="invalid", detail=str(fault.get("message", "invalid"))
        )
        for fault in faults
    ]
    return Problem("invalid-parameter", errors=errors)


def _listed(extra: Any) -> Sequence[Any]:
    return extra if isinstance(extra, list) else []


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Litestar's one exception handler."""
    problem = problem_of(error)
    if problem.kind.code == "internal":
        _log.exception("unexpected_error", error=type(error).__name__)
    return Response(
        problem.body(exchange_of(request.scope)),
        status_code=problem.kind.status,
        media_type=PROBLEM_JSON,
        headers=dict(problem.headers),
    )
