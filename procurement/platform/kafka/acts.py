"""An event as an act of ours: nobody commanded it, and its id is the name of the command."""

from datetime import datetime
from hashlib import sha256

from procurement.kernel.act import Act, Answer, CommandId
from procurement.kernel.actor import Actor
from procurement.platform.cloudevents import Envelope


def act_on(envelope: Envelope, body: bytes, *, consumer: str, by: Actor, at: datetime) -> Act:
    return Act(
        tenant=envelope.tenant,
        actor=by,
        at=at,
        command=CommandId(consumer, str(envelope.id)),
        fingerprint=sha256(body).digest(),
        answer=lambda _: Answer(b""),
        correlation_id=envelope.correlation_id,
        traceparent=envelope.traceparent,
        cause=envelope.id,
    )
