"""What `procurement dev` runs on this machine: one at a time, and others can find it."""

import fcntl
import json
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

from procurement.entrypoints.exits import leave
from procurement.platform.embedded.place import home


@contextmanager
def only_one() -> Generator[None]:
    """The lock is the kernel's: it goes with the process, however that ends."""
    home().mkdir(parents=True, exist_ok=True)
    with (home() / "dev.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            leave(_already_running(lock.read().strip()))
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield
        finally:
            _file().unlink(missing_ok=True)


@contextmanager
def starting(say: Callable[[str], None]) -> Generator[Callable[[], None]]:
    """Of all homes of this user one at a time, until it says that it is up: from being found free until
    somebody listens there, a port looks free to the next one, too."""
    with (Path(gettempdir()) / f"procurement-{os.getuid()}-starts.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another one starts on this machine; this one waits until that is up")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lambda: fcntl.flock(lock, fcntl.LOCK_UN)


def announce(facts: Mapping[str, str]) -> None:
    """For this user only: the database's password is among them."""
    _file().unlink(missing_ok=True)
    with os.fdopen(os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(facts, file)


def of_this_machine() -> dict[str, str]:
    """Empty when nothing runs here, and when nobody was left to take its announcement back."""
    if not _is_held():
        return {}
    try:
        facts: dict[str, str] = json.loads(_file().read_text())
    except FileNotFoundError:
        return {}
    return facts


def _is_held() -> bool:
    try:
        with (home() / "dev.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _already_running(pid: str) -> str:
    api = of_this_machine().get("api")
    where = f" at {api}" if api else ", still starting"
    return (
        f"it already runs here (process {pid}){where}. "
        f"Use that one, or stop it with Ctrl-C where it runs (or: kill {pid}), then start again."
    )


def _file() -> Path:
    return home() / "dev.json"
