"""What an ASGI application is called with, for processes without routes: Litestar's own types bring all of
Litestar along, which is 10 MB."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

Scope: TypeAlias = Any
Receive: TypeAlias = Callable[[], Awaitable[Any]]
Send: TypeAlias = Callable[[Any], Awaitable[None]]
