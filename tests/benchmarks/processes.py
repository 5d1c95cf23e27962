"""What processes use, as the kernel counts it."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_KB = 1024


def cpu_seconds(pid: int) -> float:
    """User and system time of the process, of its children, and of those children that are gone."""
    user, system, gone_user, gone_system = _stat(pid)
    alive = sum(sum(_stat(child)[:2]) for child in _children(pid))
    return (user + system + gone_user + gone_system + alive) / _TICKS


def resident_mb(pid: int) -> float:
    return _status_mb(pid, "VmRSS")


def peak_mb(pid: int) -> float:
    """The most that ever was resident."""
    return _status_mb(pid, "VmHWM")


def _status_mb(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / _KB for line in lines if line.startswith(name))


def _stat(pid: int) -> tuple[int, ...]:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended; its parent has the time by now
        return (0, 0, 0, 0)
    return tuple(map(int, fields[11:15]))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
