"""Variants measured in turns, and what their figures say about each other."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple, TypeAlias

Figures: TypeAlias = Mapping[str, float]
Variant: TypeAlias = Callable[[], Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    rounds: int
    window: float
    """Seconds that one variant is measured for."""
    events: int
    """In one drain."""
    few: int
    many: int
    """Orders in the two databases that are read."""
    flat: int
    """Orders over which memory must stay flat."""


FULL = Sizes(rounds=7, window=2.0, events=60_000, few=100_000, many=1_000_000, flat=100_000)
QUICK = Sizes(rounds=3, window=1.0, events=20_000, few=10_000, many=100_000, flat=3_000)


class Spread(NamedTuple):
    """The median of all rounds, and the lowest and the highest."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(median(values), min(values), max(values))


class Row(NamedTuple):
    what: str
    value: Spread
    form: str = ".2f"
    goal: str = ""
    met: bool | None = None


@dataclass(slots=True)
class Rounds:
    """Figures by variant, one of each round."""

    figures: dict[str, list[Figures]] = field(default_factory=lambda: defaultdict(list))

    def spread(self, variant: str, figure: str) -> Spread:
        return Spread.of([one[figure] for one in self.figures[variant]])

    def ratio(self, top: tuple[str, str], bottom: tuple[str, str]) -> Spread:
        """Of (variant, figure) to (variant, figure), within each round."""
        pairs = zip(self.figures[top[0]], self.figures[bottom[0]], strict=True)
        return Spread.of([one[top[1]] / other[bottom[1]] for one, other in pairs])


@dataclass(frozen=True, slots=True)
class Suite:
    title: str
    variants: Mapping[str, Variant]
    rows: Callable[[Rounds], Sequence[Row]]
    rounds: int | None = None
    """Where it is another number than asked for."""

    def run(self, rounds: int, say: Callable[[str], None]) -> Sequence[Row]:
        """Every variant once a round, in an order of its own: none always runs after the same neighbour."""
        measured, rounds = Rounds(), self.rounds or rounds
        for number in range(1, rounds + 1):
            for name in random.sample(sorted(self.variants), len(self.variants)):
                figures = self.variants[name]()
                measured.figures[name].append(figures)
                told = ", ".join(f"{figure} {value:,.4g}" for figure, value in figures.items())
                say(f"{self.title}, round {number}/{rounds}, {name}: {told}")
        return self.rows(measured)


def at_least(what: str, value: Spread, goal: float, form: str = ".2f") -> Row:
    return Row(what, value, form, f"≥ {goal:g}", value.middle >= goal)


def at_most(what: str, value: Spread, goal: float, form: str = ".2f") -> Row:
    return Row(what, value, form, f"≤ {goal:g}", value.middle <= goal)
