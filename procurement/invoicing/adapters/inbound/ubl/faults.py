"""Why a document cannot be taken in."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with it."""

    code: str
    at: str
    """Where: `/Invoice/cac:InvoiceLine[3]/cbc:ID`."""
    detail: str
    """What to do about it, in words."""

    def __str__(self) -> str:
        return self.detail if self.at == "/" else f"{self.at}: {self.detail}"


class Unreadable(Exception):
    """No invoice that could be booked, for all of these reasons."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)
