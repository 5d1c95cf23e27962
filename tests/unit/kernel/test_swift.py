"""What is swift is made as any other frozen dataclass is, and refuses what that one refuses."""

from dataclasses import FrozenInstanceError, dataclass, field, replace
from inspect import signature
from typing import Any

import pytest

from procurement.kernel.swift import swift


def parcel() -> type[Any]:
    @dataclass(frozen=True, slots=True)
    class Parcel:
        weight: int
        to: str = "Bonn"
        label: str = field(init=False, compare=False)
        fragile: bool = field(default=False, kw_only=True)
        sender: str = field(kw_only=True)

        def __post_init__(self) -> None:
            if self.weight < 0:
                raise ValueError("lighter than nothing")
            object.__setattr__(self, "label", f"{self.to}/{self.sender}")

    return Parcel


PLAIN, SWIFT = parcel(), swift(parcel())


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ((3,), {"sender": "ann"}),
        ((3, "Ulm"), {"sender": "ann", "fragile": True}),
        ((), {"weight": 3, "to": "Ulm", "sender": "ann"}),
    ],
)
def test_it_is_made_as_any_other(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    plain, made = PLAIN(*given, **named), SWIFT(*given, **named)
    assert repr(made) == repr(plain)
    assert repr(replace(made, to="Köln")) == repr(replace(plain, to="Köln"))
    assert made == SWIFT(*given, **named)
    assert signature(SWIFT) == signature(PLAIN)


@pytest.mark.parametrize(
    ("given", "named", "refused"),
    [
        ((), {"sender": "ann"}, TypeError),
        ((3,), {}, TypeError),
        ((3, "Ulm", "ann"), {}, TypeError),
        ((3,), {"sender": "ann", "label": "mine"}, TypeError),
        ((-1,), {"sender": "ann"}, ValueError),
    ],
)
@pytest.mark.parametrize("made", [PLAIN, SWIFT])
def test_it_refuses_the_same(
    made: type[Any], given: tuple[Any, ...], named: dict[str, Any], refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        made(*given, **named)


def test_it_stays_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        SWIFT(3, sender="ann").weight = 4


def test_a_default_that_is_made_anew_for_each_is_refused() -> None:
    with pytest.raises(TypeError, match="default_factory"):

        @swift
        @dataclass(frozen=True, slots=True)
        class Basket:
            parcels: list[str] = field(default_factory=list)


def test_what_extends_another_fills_its_slots_too() -> None:
    @dataclass(frozen=True, slots=True)
    class Parcel:
        weight: int

    @swift
    @dataclass(frozen=True, slots=True)
    class Registered(Parcel):
        number: str

    assert Registered(3, "R-1") == Registered(weight=3, number="R-1")
    assert (Registered(3, "R-1").weight, Registered(3, "R-1").number) == (3, "R-1")
