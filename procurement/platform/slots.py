"""Which slots of the outbox this process holds, and which of them a batch is on its way of."""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tenure:
    """What a heartbeat brought: the slots held, each under its epoch, for `lease` seconds from the asking."""

    epochs: Mapping[int, int]
    share: int
    """How many slots are a fair share among the workers alive."""
    lease: float


@dataclass(slots=True)
class Slots:
    clock: Callable[[], float] = time.monotonic
    _epochs: dict[int, int] = field(default_factory=dict)
    _share: int = 0
    _until: float = 0.0
    _busy: set[int] = field(default_factory=set)
    _turns: dict[int, int] = field(default_factory=dict)
    _turn: int = 0
    _missed: bool = False

    def renew(self, tenure: Tenure, asked_at: float) -> bool:
        """True when there are slots that were not held before."""
        news = not tenure.epochs.keys() <= self._epochs.keys()
        self._epochs, self._share = dict(tenure.epochs), tenure.share
        self._until = asked_at + tenure.lease
        return news

    def surplus(self) -> list[int]:
        """Slots beyond the fair share, from now on no longer ours; never one with a batch on its way."""
        beyond = max(0, len(self._epochs) - self._share)
        leaving = [slot for slot in self._epochs if slot not in self._busy][:beyond]
        for slot in leaving:
            del self._epochs[slot]
        return leaving

    def take(self, parts: int) -> dict[int, int]:
        """One part of the slots held, with their epochs, those first that were not taken for longest."""
        if self.clock() >= self._until:
            return {}
        free = sorted(self._epochs.keys() - self._busy, key=lambda slot: self._turns.get(slot, 0))
        self._missed = self._missed or len(free) < len(self._epochs)
        taken = {slot: self._epochs[slot] for slot in free[: math.ceil(len(self._epochs) / parts)]}
        self._turn += 1
        self._turns.update(dict.fromkeys(taken, self._turn))
        self._busy.update(taken)
        return taken

    def give_back(self, slots: Iterable[int]) -> None:
        self._busy.difference_update(slots)

    def missed(self) -> bool:
        """Did somebody look for work and find a slot busy, since this was last asked?"""
        missed, self._missed = self._missed, False
        return missed

    def holds(self, slots: Mapping[int, int]) -> bool:
        return self.clock() < self._until and slots.items() <= self._epochs.items()
