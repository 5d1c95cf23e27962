"""Records taken in together, as events, and apart by tenant: a statement is one tenant's."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from procurement.kernel.ids import TenantId
from procurement.platform.cloudevents import Envelope, incoming
from procurement.platform.kafka.consumer import Received


def by_tenant(records: Sequence[Received]) -> Mapping[TenantId, Sequence[tuple[Envelope, bytes]]]:
    """In the order in which they came. Raise Malformed where one of them is no event of ours."""
    told = defaultdict[TenantId, list[tuple[Envelope, bytes]]](list)
    for received in records:
        envelope = incoming(received.headers)
        told[envelope.tenant].append((envelope, received.value or b""))
    return told
