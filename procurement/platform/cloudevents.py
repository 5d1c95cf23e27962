"""CloudEvents 1.0 over Kafka, binary mode: the one form in which events leave and enter this platform."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from procurement.kernel.act import Act
from procurement.kernel.errors import Refusal
from procurement.kernel.ids import TenantId
from procurement.platform.outbox import Fact, Message

_SOURCE = "/procurement/"
_TYPE = "procurement."


class Malformed(Refusal):
    """Not an event of ours, whatever it is."""

    code = "malformed"


class Transition(Protocol):
    """A domain event that says where it took its aggregate."""

    @property
    def action(self) -> str: ...
    @property
    def before(self) -> str | None: ...
    @property
    def after(self) -> str: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def details(self) -> Mapping[str, str]: ...


def fact_of(  # noqa: PLR0913 - an envelope has that many fields
    act: Act,
    event: Transition,
    *,
    event_id: UUID,
    topic: str,
    aggregate_type: str,
    subject: str,
    key: UUID,
    version: int,
    data: Any,
) -> Fact:
    """The event as it is audited and, under the name of `data`'s class, published."""
    return Fact(
        message=outgoing(
            act,
            event_id=event_id,
            topic=topic,
            name=type(data).__name__,
            aggregate_type=aggregate_type,
            subject=subject,
            key=key,
            version=version,
            data=data,
        ),
        version=version,
        action=event.action,
        from_state=event.before,
        to_state=event.after,
        reason=event.reason,
        details=event.details,
    )


class _PolicyDecided:
    """Of every policy: it is in force from its first version on."""

    action, before, after, reason = "decide-policy", None, "InForce", None
    details: Mapping[str, str] = {}


def policy_decided(act: Act, *, event_id: UUID, topic: str, version: int, data: Any) -> Fact:
    """The fact that the tenant decided: a policy has no state and no subject but him."""
    return fact_of(
        act,
        _PolicyDecided(),
        event_id=event_id,
        topic=topic,
        aggregate_type=f"{_context(topic)}-policy",
        subject=str(act.tenant),
        key=act.tenant,
        version=version,
        data=data,
    )


def outgoing(  # noqa: PLR0913 - an envelope has that many fields
    act: Act,
    *,
    event_id: UUID,
    topic: str,
    name: str,
    aggregate_type: str,
    subject: str,
    key: UUID,
    version: int,
    data: Any,
) -> Message:
    """Address and encode one event. `topic` begins with the context's name; `name` is the event's, without
    its schema version, which is 1 until a schema changes incompatibly."""
    context = _context(topic)
    headers = [
        ("ce_specversion", "1.0"),
        ("ce_id", str(event_id)),
        ("ce_source", f"{_SOURCE}{context}"),
        ("ce_type", f"{_TYPE}{context}.{name}.v1"),
        ("ce_subject", subject),
        ("ce_time", act.at.isoformat()),
        ("ce_dataschema", f"{_SOURCE}events/{name}.v1.json"),
        ("ce_tenant", str(act.tenant)),
        ("ce_aggregatetype", aggregate_type),
        ("ce_aggregateversion", str(version)),
        ("ce_actor", act.actor.person),
        ("ce_correlationid", act.correlation_id),
        ("content-type", "application/json"),
        *_not_always(act),
    ]
    return Message(
        event_id=event_id,
        topic=topic,
        key=str(key).encode(),
        type=f"{_TYPE}{context}.{name}.v1",
        headers=headers,
        payload=msgspec.json.encode(data),
    )


def _not_always(act: Act) -> Iterator[tuple[str, str]]:
    if act.actor.on_behalf_of:
        yield "ce_onbehalfof", act.actor.on_behalf_of
    if act.cause:
        yield "ce_causationid", str(act.cause)
    if act.traceparent:
        yield "traceparent", act.traceparent


def _context(topic: str) -> str:
    return topic.partition(".")[0]


_HEADERS = {
    "id": "ce_id",
    "type": "ce_type",
    "subject": "ce_subject",
    "tenant": "ce_tenant",
    "version": "ce_aggregateversion",
    "at": "ce_time",
    "actor": "ce_actor",
    "on_behalf_of": "ce_onbehalfof",
    "correlation_id": "ce_correlationid",
    "traceparent": "traceparent",
}


class Envelope(msgspec.Struct, frozen=True, kw_only=True, rename=_HEADERS):
    """What every event of ours says about itself."""

    id: UUID
    type: str
    subject: str
    tenant: TenantId
    version: int
    at: datetime
    actor: str
    correlation_id: str
    on_behalf_of: str | None = None
    traceparent: str | None = None


def incoming(headers: Mapping[str, bytes]) -> Envelope:
    """Read the envelope. Raise Malformed for anything that outgoing() did not write."""
    try:
        if headers["ce_specversion"] != b"1.0" or headers["content-type"] != b"application/json":
            raise Malformed("not CloudEvents 1.0 with JSON data")
        said = {name: headers[name].decode() for name in _HEADERS.values() if name in headers}
        return msgspec.convert(said, Envelope, strict=False)
    except (KeyError, ValueError) as error:
        raise Malformed(f"the envelope is broken: {error!r}") from error
