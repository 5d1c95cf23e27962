"""Frozen values as cheap to make as others.

A frozen dataclass fills itself by `object.__setattr__`, name by name. Its slots' own setters take half the
time, and an order of five lines is made of fifty values.
"""

from dataclasses import MISSING, Field, fields
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")


def swift(made: type[T]) -> type[T]:
    """Above `@dataclass(frozen=True, slots=True)`: the same `__init__`, but it fills the slots themselves.

    Raise TypeError for a field that has a default_factory: what is made often has none.
    """
    every: tuple[Field[Any], ...] = fields(made)  # type: ignore[arg-type] # a dataclass, or this raises
    if any(field.default_factory is not MISSING for field in every):
        raise TypeError(f"{made.__name__} has a default_factory")
    given = [field for field in every if field.init]
    known: dict[str, Any] = {f"default_{field.name}": field.default for field in given}
    known |= {f"fill_{field.name}": getattr(made, field.name).__set__ for field in given}
    parameters = [_parameter(field) for field in given if not field.kw_only]
    if named := [_parameter(field) for field in given if field.kw_only]:
        parameters += ["*", *named]
    steps = [f"fill_{field.name}(self, {field.name})" for field in given]
    if hasattr(made, "__post_init__"):
        steps.append("self.__post_init__()")
    source = f"def __init__(self, {', '.join(parameters)}):\n " + "\n ".join(steps)
    exec(source, known)  # noqa: S102 - of the names of fields, as dataclass itself does it
    swiftly = wraps(made.__init__)(known["__init__"])
    made.__init__ = swiftly  # type: ignore[method-assign] # which is what it is for
    return made


def _parameter(field: Field[Any]) -> str:
    return field.name if field.default is MISSING else f"{field.name}=default_{field.name}"
