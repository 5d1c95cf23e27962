"""What a call is about: the identifiers among its arguments. Where they stand is read off the port once, when
it is wired; they are taken out and written down only for a line or a span that somebody gets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from inspect import Parameter, signature
from types import UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from procurement.kernel.ids import PREFIXES, id_text

About: TypeAlias = Callable[[Sequence[Any], Mapping[str, Any]], Iterator[tuple[str, str]]]
"""Of positional and named arguments: kinds and public ids, `("po", "po_…")`."""

Place: TypeAlias = tuple[int, str, str | None]
"""Position, name, and the field of the argument, where it is not the identifier itself."""


def about(method: Callable[..., Any]) -> About:
    places: dict[str, Place] = {}
    for kind, place in _places(method):
        places.setdefault(kind, place)

    def found(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for kind, (position, name, field) in places.items():
            given = args[position] if position < len(args) else kwargs.get(name)
            identifier = given if field is None else getattr(given, field, None)
            if isinstance(identifier, UUID):
                yield kind, id_text(kind, identifier)

    return found


def nothing(_args: Sequence[Any], _kwargs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return iter(())


def _places(method: Callable[..., Any]) -> Iterator[tuple[str, Place]]:
    """`self` is a method's first parameter and no argument. Of several at once (`*news`) none is told."""
    hints = get_type_hints(method)
    for position, parameter in enumerate(signature(method).parameters.values(), start=-1):
        hint, name = hints.get(parameter.name), parameter.name
        if hint is None or parameter.kind is Parameter.VAR_POSITIONAL:
            continue
        if (kind := _kind(hint)) is not None:
            yield kind, (position, name, None)
        elif is_dataclass(hint):
            for field, of_field in get_type_hints(hint).items():
                if (kind := _kind(of_field)) is not None:
                    yield kind, (position, name, field)


def _kind(hint: Any) -> str | None:
    """Of `OrderId` and of `OrderId | None`."""
    candidates = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    return next((PREFIXES[each] for each in candidates if each in PREFIXES), None)
