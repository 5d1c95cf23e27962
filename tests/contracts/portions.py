"""However events come: in every order, cut into portions in every way."""

from collections.abc import Iterator, Sequence
from itertools import permutations, product
from typing import TypeVar

N = TypeVar("N")


def every_way(told: Sequence[N]) -> Iterator[list[list[N]]]:
    for first, *others in permutations(told):
        for cuts in product((False, True), repeat=len(others)):
            portions = [[first]]
            for each, cut in zip(others, cuts, strict=True):
                if cut:
                    portions.append([each])
                else:
                    portions[-1].append(each)
            yield portions
