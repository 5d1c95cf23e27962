"""What the outbox hands to the broker, and what the broker says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from procurement.kernel.errors import Interrupted

_headers = msgspec.json.Decoder(list[tuple[str, str]])


class Claimed(NamedTuple):
    """A pending event on its way to the broker. A negative slot: it waits with its parked aggregate."""

    slot: int
    position: int
    key: str
    topic: str
    stored_headers: str
    payload: bytes
    parked: bool
    """Its aggregate is parked, so it may not be published before the others of its aggregate are."""

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """Decoded each time: a thousand events waiting in memory are smaller as text."""
        return [(name, value.encode()) for name, value in _headers.decode(self.stored_headers)]

    @property
    def occurred_at(self) -> float | None:
        """Seconds since the epoch, as the event itself says; None where it does not."""
        said = dict(_headers.decode(self.stored_headers)).get("ce_time")
        return None if said is None else datetime.fromisoformat(said).timestamp()

    @property
    def home(self) -> int:
        """The slot of its aggregate, wherever it stands."""
        return self.slot if self.slot >= 0 else -1 - self.slot


@dataclass(frozen=True, slots=True)
class Refused:
    """The broker will not take this event, and the event is to blame, not the broker."""

    event: Claimed
    reason: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a batch. What is in neither list stood behind a refused one of its key."""

    acknowledged: Sequence[Claimed] = ()
    refused: Sequence[Refused] = ()


class Unconfirmed(Interrupted):
    """The broker did not answer for all of it; only what `delivery` says is known."""

    code = "unconfirmed"

    def __init__(self, delivery: Delivery) -> None:
        super().__init__("the broker did not acknowledge in time")
        self.delivery = delivery


class Broker(Protocol):
    async def publish(self, events: Sequence[Claimed]) -> Delivery:
        """Events of one key in the order given, the next only behind an acknowledged one. Raise Unavailable
        when nothing was sent, Unconfirmed when it is unknown what was."""
        ...
