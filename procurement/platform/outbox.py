"""What leaves the process: an event, addressed and encoded when it happens, published as it was stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zlib import crc32

from procurement.kernel.swift import swift

SLOTS = 16
"""How many relays may drain at once. All messages of an aggregate share a slot, and a slot has one owner."""


def slot_of(aggregate_id: UUID) -> int:
    return crc32(aggregate_id.bytes) % SLOTS


@swift
@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One event as the broker gets it: CloudEvents 1.0, binary mode."""

    event_id: UUID
    topic: str
    key: bytes
    type: str
    headers: Sequence[tuple[str, str]]
    payload: bytes


@swift
@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A domain event with the place it takes in its aggregate's history, ready to be stored."""

    message: Message
    version: int
    action: str
    from_state: str | None
    to_state: str
    reason: str | None
    details: Mapping[str, str]
