"""The tail of every statement that saves an aggregate: remember the command, publish, audit.

It follows a CTE named `saved` that returns exactly one row when the aggregate was stored and none when
another version stood there; with none, nothing at all is written and the statement returns no row.
"""

from collections.abc import Mapping, Sequence
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
  SELECT %(at)s::timestamptz::date, scope.tenant_id, e.id, %(aggregatetype)s, %(aggregateid)s, e.version,
         e.type, e.topic, e.headers, e.payload, %(at)s
  FROM scope, saved, unnest(%(event_ids)s::uuid[], %(versions)s::int[], %(types)s::text[], %(topics)s::text[],
                            %(headers)s::json[], %(payloads)s::bytea[])
                     WITH ORDINALITY AS e (id, version, type, topic, headers, payload, n)
  ORDER BY e.n
  RETURNING position, recorded_on, tenant_id, aggregateid
), pending AS (
  INSERT INTO platform.outbox_pending (slot, position, recorded_on, tenant_id, aggregateid)
  SELECT %(slot)s, position, recorded_on, tenant_id, aggregateid FROM published
), audited AS (
  INSERT INTO platform.audit (tenant_id, aggregate_id, version, aggregate_type, action, at, person,
                              on_behalf_of, from_state, to_state, reason, event_id, command_scope,
                              command_key, correlation_id)
  SELECT scope.tenant_id, %(aggregateid)s, e.version, %(aggregatetype)s, e.action, %(at)s, %(person)s,
         %(on_behalf_of)s, e.from_state, e.to_state, e.reason, e.id, %(command_scope)s, %(command_key)s,
         %(correlation_id)s
  FROM scope, saved, unnest(%(event_ids)s::uuid[], %(versions)s::int[], %(actions)s::text[],
                            %(from_states)s::text[], %(to_states)s::text[], %(reasons)s::text[])
                     AS e (id, version, action, from_state, to_state, reason)
)
SELECT 1 FROM saved
"""


class TwinCameFirst(Interrupted):
    """The same command is being carried out elsewhere; run again and its answer will be there."""

    outage = False


RECORD_CONSTRAINTS: dict[str, type[Exception]] = {"commands_pkey": TwinCameFirst}


def recorded(
    act: Act, answer: Answer, aggregate_type: str, aggregate_id: UUID, facts: Sequence[Fact]
) -> Mapping[str, Any]:
    """The parameters of RECORD."""
    messages = [fact.message for fact in facts]
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
        "aggregatetype": aggregate_type,
        "aggregateid": aggregate_id,
        "slot": slot_of(aggregate_id),
        "event_ids": [m.event_id for m in messages],
        "types": [m.type for m in messages],
        "topics": [m.topic for m in messages],
        "headers": [msgspec.json.encode([(k, v.decode()) for k, v in m.headers]).decode() for m in messages],
        "payloads": [m.payload for m in messages],
        "versions": [fact.version for fact in facts],
        "actions": [fact.action for fact in facts],
        "from_states": [fact.from_state for fact in facts],
        "to_states": [fact.to_state for fact in facts],
        "reasons": [fact.reason for fact in facts],
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
