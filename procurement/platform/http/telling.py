"""What every resource tells of itself besides its content: its history, and what may be done with it now."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from procurement.kernel.actor import Role
from procurement.kernel.errors import Blocker
from procurement.kernel.history import HistoryEntry

C = TypeVar("C", bound=str)

_encode = msgspec.json.Encoder().encode


class HistoryBody(Struct, frozen=True, kw_only=True):
    version: Annotated[int, Meta(description="The version that this act made.")]
    action: Annotated[str, Meta(description="The command.", examples=["approve"])]
    at: datetime
    person: str
    on_behalf_of: str | None
    from_status: str | None
    to_status: str
    reason: str | None
    event_id: Annotated[str, Meta(description="The event on Kafka that tells the same.")]
    correlation_id: Annotated[str, Meta(description="Request id of the call that led here.")]
    details: Annotated[
        Mapping[str, str],
        Meta(
            description="What command and reason do not tell: of a hold `scope`, `releaser`, `until`.",
            examples=[{"scope": "payments", "releaser": "treasurer", "until": "2026-12-31"}],
        ),
    ]


class HistoryListBody(Struct, frozen=True, kw_only=True):
    items: list[HistoryBody]


class BlockedBy(Struct, frozen=True, kw_only=True):
    code: str
    concern: str
    detail: str


class ActionBody(Struct, frozen=True, kw_only=True):
    command: str
    allowed: bool
    blockers: Annotated[list[BlockedBy], Meta(description="Everything that forbids it to you now.")]
    roles: Annotated[list[Role], Meta(description="Who may ever do this.")]


class ActionsBody(Struct, frozen=True, kw_only=True):
    version: int
    status: str
    actions: list[ActionBody]


def history_body(entries: Sequence[HistoryEntry]) -> bytes:
    return _encode(HistoryListBody(items=[_entry(entry) for entry in entries]))


def _entry(entry: HistoryEntry) -> HistoryBody:
    return HistoryBody(
        version=entry.version,
        action=entry.action,
        at=entry.at,
        person=entry.person,
        on_behalf_of=entry.on_behalf_of,
        from_status=entry.from_state,
        to_status=entry.to_state,
        reason=entry.reason,
        event_id=entry.event_id,
        correlation_id=entry.correlation_id,
        details=entry.details,
    )


def actions_body(
    version: int,
    status: str,
    found: Mapping[C, Sequence[Blocker]],
    roles: Mapping[C, Collection[Role]],
) -> bytes:
    """`found` has every command with what forbids it now; `roles` says whose each of them is."""
    actions = [_action(command, blockers, roles[command]) for command, blockers in found.items()]
    return _encode(ActionsBody(version=version, status=status, actions=actions))


def _action(command: str, blockers: Sequence[Blocker], roles: Collection[Role]) -> ActionBody:
    return ActionBody(
        command=command,
        allowed=not blockers,
        blockers=[BlockedBy(code=b.code, concern=b.concern, detail=b.detail) for b in blockers],
        roles=sorted(role for role in roles if role is not Role.SYSTEM),
    )
