"""Wrap every operation of a port in the same layers: written once, for whatever port."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Protocol, TypeAlias, TypeVar, cast

from typing_extensions import get_protocol_members

from procurement.platform.interceptors.about import About, about, nothing

P = TypeVar("P")
Operation: TypeAlias = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Call:
    port: str
    operation: str
    about: About = field(default=nothing, compare=False)
    """Tells which order, receipt … the arguments of one call name."""

    def __str__(self) -> str:
        return f"{self.port}.{self.operation}"


class Layer(Protocol):
    """A decorator that knows what it decorates. It is asked once per operation, when the port is wired, so
    whatever can be looked up or bound is bound there and a call pays for its work only."""

    def __call__(self, call: Call, inner: Operation, /) -> Operation: ...


def stacked(port: type[P], *layers: Layer) -> Callable[[P], P]:
    """Return a wrapper for adapters of *port*; the first layer is the outermost.

    The port is inspected here, at wiring time, so a port that cannot be wrapped stops the boot.
    """
    names = sorted(get_protocol_members(port))
    for name in names:
        _require_async(port, Call(port.__name__, name))
    calls = [Call(port.__name__, name, about(getattr(port, name))) for name in names]

    def wrap(adapter: P) -> P:
        operations = {call.operation: _through(layers, call, _require_async(adapter, call)) for call in calls}
        return cast("P", SimpleNamespace(**operations))

    return wrap


def _require_async(owner: object, call: Call) -> Operation:
    found = getattr(owner, call.operation, None)
    if not inspect.iscoroutinefunction(found):
        what = "has no" if found is None else "does not make async"
        raise TypeError(f"{owner!r} {what} {call}: only async operations can be stacked")
    return cast("Operation", found)


def _through(layers: tuple[Layer, ...], call: Call, adapted: Operation) -> Operation:
    operation = adapted
    for layer in reversed(layers):
        operation = layer(call, operation)
    return operation
