"""Freed memory goes back to the system. Left to itself, glibc keeps what lies below anything in use."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
"""Only glibc has it, and only glibc needs it."""


@contextmanager
def giving_back_memory() -> Iterator[None]:
    """Around work on something large: first what others left, then what it was done with. Each time takes a
    few milliseconds."""
    _give_back()
    try:
        yield
    finally:
        _give_back()


def _give_back() -> None:
    if _trim is not None:
        _trim(0)
