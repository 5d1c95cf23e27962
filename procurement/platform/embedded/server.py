"""A server as a child of this process: it logs to a file, is asked to stop, and never outlives its parent."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from procurement.platform.embedded.place import CannotStart

_PR_SET_PDEATHSIG = 1
_LEAVE_WITHIN = 10.0


def dies_with_parent(asked: signal.Signals) -> Callable[[], None] | None:
    """To run in the child before exec: when the parent is killed, the kernel asks the child to stop.

    Linux ties this to the thread that starts the child, so only children of the main thread get it.
    """
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def bind() -> None:
        prctl(_PR_SET_PDEATHSIG, int(asked), 0, 0, 0)
        if os.getppid() != parent:  # it died before we could say so
            os._exit(1)

    return bind


class Server:
    def __init__(
        self, name: str, folder: Path, *, asked: signal.Signals, run_as: pwd.struct_passwd | None = None
    ) -> None:
        self.name = name
        self.log = folder / "log"
        self._pid_file = folder / "pid"
        self._asked = asked
        self._run_as = run_as
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: Sequence[str]) -> None:
        self.end_leftover(command[0])
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                cwd=self.log.parent,
                start_new_session=True,  # Ctrl-C is for the parent, who stops in order
                preexec_fn=dies_with_parent(self._asked),  # noqa: PLW1509 - main thread only
                **credentials(self._run_as),
            )
        self._pid_file.write_text(str(self._process.pid))

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise CannotStart(f"{self.name} ended at once; its log ends with:\n{self.last_words()}")
            if time.monotonic() > deadline:
                self.kill()
                raise CannotStart(f"{self.name} did not answer in {seconds:.0f} s; see {self.log}")
            time.sleep(0.05)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise CannotStart(f"{self.name} was never started")
        return self._process.pid

    def stop(self, seconds: float = 15.0) -> None:
        """Ask, wait, and insist. What is stored stays."""
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(self._asked)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def end_leftover(self, program: str) -> None:
        """After a kill -9 of our parent the last server may still be on its way out, or in the way."""
        pid = number_in(self._pid_file)
        deadline = time.monotonic() + _LEAVE_WITHIN
        asked = False
        while pid is not None and runs(pid, program):
            if not asked:
                os.kill(pid, self._asked)
                asked = True
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        self._pid_file.unlink(missing_ok=True)

    def last_words(self, lines: int = 8) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def credentials(user: pwd.struct_passwd | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def number_in(file: Path) -> int | None:
    try:
        return int(file.read_text().split(maxsplit=1)[0])
    except (OSError, ValueError, IndexError):
        return None


def runs(pid: int, program: str) -> bool:
    """Is this process alive, and is it that program? A number alone may belong to a stranger by now."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return words[0].decode(errors="replace") == program
