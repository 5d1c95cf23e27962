"""The tail of every statement that saves an aggregate: remember the command, publish, audit.

It follows a CTE named `saved` that returns exactly one row when the aggregate was stored and none when
another version stood there; with none, nothing at all is written and the statement returns no row.
"""

from collections.abc import Mapping
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from procurement.kernel.act import Act, Answer, Answered, CommandReused
from procurement.kernel.errors import Interrupted
from procurement.platform.outbox import Fact, slot_of

RECORD: LiteralString = """
, remembered AS (
  INSERT INTO platform.commands (tenant_id, scope, key, fingerprint, answer, at)
  SELECT scope.tenant_id, %(command_scope)s, %(command_key)s, %(fingerprint)s, %(answer)s, %(at)s
  FROM scope, saved
), published AS (
  INSERT INTO platform.outbox (recorded_on, tenant_id, id, aggregatetype, aggregateid, aggregate_version,
                               type, topic, headers, payload, occurred_at)
  SELECT %(at)s::timestamptz::date, scope.tenant_id, %(event_id)s, %(aggregate_type)s, %(aggregate_id)s,
         %(new_version)s, %(type)s, %(topic)s, %(headers)s, %(payload)s, %(at)s
  FROM scope, saved
  RETURNING position, recorded_on, tenant_id, aggregateid
), pending AS (
  INSERT INTO platform.outbox_pending (slot, position, recorded_on, tenant_id, aggregateid)
  SELECT %(slot)s, position, recorded_on, tenant_id, aggregateid FROM published
), audited AS (
  INSERT INTO platform.audit (tenant_id, aggregate_id, version, aggregate_type, action, at, person,
                              on_behalf_of, from_state, to_state, reason, event_id, command_scope,
                              command_key, correlation_id, details)
  SELECT scope.tenant_id, %(aggregate_id)s, %(new_version)s, %(aggregate_type)s, %(action)s, %(at)s,
         %(person)s, %(on_behalf_of)s, %(from_state)s, %(to_state)s, %(reason)s, %(event_id)s,
         %(command_scope)s, %(command_key)s, %(correlation_id)s, %(details)s::jsonb
  FROM scope, saved
)
SELECT 1 FROM saved
"""


class TwinCameFirst(Interrupted):
    """The same command is being carried out elsewhere; run again and its answer will be there."""

    outage = False


RECORD_CONSTRAINTS: dict[str, type[Exception]] = {"commands_pkey": TwinCameFirst}


def recorded(act: Act, answer: Answer, aggregate_type: str, aggregate_id: UUID, fact: Fact) -> dict[str, Any]:
    """The parameters of RECORD."""
    message = fact.message
    return {
        "tenant": str(act.tenant),
        "command_scope": act.command.scope,
        "command_key": act.command.key,
        "fingerprint": act.fingerprint,
        "answer": answer,
        "at": act.at,
        "person": act.actor.person,
        "on_behalf_of": act.actor.on_behalf_of,
        "correlation_id": act.correlation_id,
        "aggregate_type": aggregate_type,
        "aggregate_id": aggregate_id,
        "new_version": fact.version,
        "slot": slot_of(aggregate_id),
        "event_id": message.event_id,
        "type": message.type,
        "topic": message.topic,
        "headers": msgspec.json.encode(message.headers).decode(),
        "payload": message.payload,
        "action": fact.action,
        "from_state": fact.from_state,
        "to_state": fact.to_state,
        "reason": fact.reason,
        "details": msgspec.json.encode(fact.details).decode() if fact.details else None,
    }


SEEN: LiteralString = """
LEFT JOIN LATERAL (
  SELECT c.fingerprint, c.answer FROM platform.commands c
  WHERE c.tenant_id = scope.tenant_id AND c.scope = %(command_scope)s AND c.key = %(command_key)s
) seen ON true
"""
"""Joined to a scoped SELECT, it tells in the same round trip whether the command was carried out before."""


def seen(act: Act, fingerprint: bytes | None, answer: bytes | None) -> None:
    """Raise Answered when the command was carried out before, CommandReused when another one was."""
    if fingerprint is None or answer is None:
        return
    if fingerprint != act.fingerprint:
        raise CommandReused("this key named another command before; choose a new one")
    raise Answered(Answer(answer))


def named(act: Act) -> Mapping[str, Any]:
    """The parameters of SEEN."""
    return {"tenant": str(act.tenant), "command_scope": act.command.scope, "command_key": act.command.key}
