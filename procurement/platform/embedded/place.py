"""Where the embedded servers keep their data, and which ports they take."""

import os
import socket
from pathlib import Path

import procurement

LOOPBACK = "127.0.0.1"


class CannotStart(Exception):
    """An embedded server could not be had; the message says why and what to do."""


def home() -> Path:
    """PROCUREMENT_HOME, or `.local` in the source tree, or `.local` where the command was given."""
    given = os.environ.get("PROCUREMENT_HOME")
    if given:
        return Path(given).expanduser().resolve()
    tree = Path(procurement.__file__).parents[1]
    return (tree if (tree / "pyproject.toml").exists() else Path.cwd()) / ".local"


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


_told: set[int] = set()


def any_port() -> int:
    """Never the same twice: from being told until it is taken a port looks free to the next one who asks."""
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if port not in _told:
            _told.add(port)
            return port


def port_near(wanted: int) -> int:
    """The wanted port, or another one when somebody else has it."""
    return wanted if is_free(wanted) else any_port()
