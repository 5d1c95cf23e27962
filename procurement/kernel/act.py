"""One act: who commands what, for whom, when, and under which name the command is remembered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType
from uuid import UUID

from procurement.kernel.actor import Actor
from procurement.kernel.errors import Refusal
from procurement.kernel.ids import TenantId
from procurement.kernel.swift import swift

Answer = NewType("Answer", bytes)
"""What the transport says to the caller, encoded by the transport; replayed byte for byte."""


@dataclass(frozen=True, slots=True)
class CommandId:
    """The name of a command. The same name twice is the same command, whoever sends it again.

    `scope` separates the senders who choose names: client and route for HTTP, consumer for Kafka.
    """

    scope: str
    key: str


@swift
@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    tenant: TenantId
    actor: Actor
    at: datetime
    command: CommandId
    fingerprint: bytes
    """Hash of everything that was asked; the same id with another fingerprint is refused."""
    answer: Callable[[Any], Answer]
    """Says the result in the transport's words; called once, inside the transaction that stores it."""
    correlation_id: str
    traceparent: str | None = None
    cause: UUID | None = None
    """The event that led to this act, for acts that no person commanded."""


class CommandReused(Refusal):
    """The name belongs to another command."""

    code = "idempotency-key-reused"


class Answered(Exception):
    """This command was carried out before; here is what it said."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("the command was carried out before")
        self.answer = answer
