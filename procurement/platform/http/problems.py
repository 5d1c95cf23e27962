"""An RFC 9457 problem, and how it is written. Nothing of Litestar: processes without routes know it, too."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import UNSET, Struct, UnsetType

from procurement.kernel.errors import Blocker, Concern
from procurement.platform.http.catalogue import CATALOGUE, Kind
from procurement.platform.http.exchange import Exchange


class FieldError(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One fault of one field."""

    pointer: str | UnsetType = UNSET
    """RFC 6901 pointer into the body."""
    parameter: str | UnsetType = UNSET
    """Name of the query, path or header parameter."""
    code: str
    detail: str


class BlockerBody(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One reason why the command is forbidden now."""

    code: str
    concern: Concern
    detail: str
    pointer: str | UnsetType = UNSET


class ProblemDetails(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    request_id: str
    trace_id: str | UnsetType = UNSET
    errors: list[FieldError] | UnsetType = UNSET
    blockers: list[BlockerBody] | UnsetType = UNSET


class Problem(Exception):
    """An answer of status 400 or above, by its code in the catalogue."""

    def __init__(
        self,
        kind: str | Kind,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        blockers: Sequence[Blocker] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = CATALOGUE[kind] if isinstance(kind, str) else kind
        self.detail = detail or self.kind.meaning
        self.errors, self.blockers, self.headers = errors, blockers, headers or {}
        super().__init__(self.detail)

    def body(self, exchange: Exchange) -> bytes:
        return msgspec.json.encode(
            ProblemDetails(
                type=f"/problems/{self.kind.code}",
                title=self.kind.title,
                status=self.kind.status,
                detail=self.detail,
                code=self.kind.code,
                instance=exchange.path,
                request_id=exchange.request_id,
                trace_id=exchange.trace_id or UNSET,
                errors=list(self.errors) or UNSET,
                blockers=[_blocker(blocker) for blocker in self.blockers] or UNSET,
            )
        )


def _blocker(blocker: Blocker) -> BlockerBody:
    return BlockerBody(
        code=blocker.code,
        concern=blocker.concern,
        detail=blocker.detail,
        pointer=blocker.pointer or UNSET,
    )
