"""Freed memory goes back to the system. Left to itself, glibc keeps what lies below anything in use."""

import ctypes

_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
"""Only glibc has it, and only glibc needs it."""


def give_back_memory() -> None:
    """After work on something large. It takes a few milliseconds."""
    if _trim is not None:
        _trim(0)
