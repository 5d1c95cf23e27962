"""Kafka's jars: fetched once, and run only while each is byte for byte the one we know."""

import fcntl
import hashlib
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from procurement.platform.embedded.place import CannotStart

Progress: TypeAlias = Callable[[int, int], None]
"""Jars that are here, and jars in all."""

_AT_ONCE = 4
_ATTEMPTS, _PAUSE = 3, 1.0
_FAULTS = (OSError, RuntimeError)  # requests' errors are OSErrors


@dataclass(frozen=True, slots=True)
class Jar:
    sha256: str
    group: str
    artifact: str
    version: str

    def path(self, cache: Path) -> Path:
        return cache.joinpath(
            *self.group.split("."), self.artifact, self.version, f"{self.artifact}-{self.version}.jar"
        )

    def is_in(self, cache: Path) -> bool:
        try:
            content = self.path(cache).read_bytes()
        except FileNotFoundError:
            return False
        return hashlib.sha256(content).hexdigest() == self.sha256


def known_jars() -> Iterator[Jar]:
    for line in files(__package__).joinpath("kafka-jars.txt").read_text().splitlines():
        sha256, coordinates = line.split()
        yield Jar(sha256, *coordinates.split(":"))


def class_path(cache: Path, progress: Progress) -> str:
    """All jars, fetched as far as they are missing or not what they should be."""
    cache.mkdir(parents=True, exist_ok=True)
    jars = list(known_jars())
    with _only_one_at_a_time(cache):
        missing = [jar for jar in jars if not jar.is_in(cache)]
        if missing:
            _fetch(missing, cache, partial(_count, progress, len(jars) - len(missing), len(jars)))
    return ":".join(str(jar.path(cache)) for jar in jars)


def _count(progress: Progress, before: int, total: int, fetched: int) -> None:
    progress(before + fetched, total)


def _fetch(jars: list[Jar], cache: Path, fetched: Callable[[int], None]) -> None:
    fetched(0)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            for number, _ in enumerate(pool.map(partial(_fetch_one, cache), jars), start=1):
                fetched(number)
        except CannotStart:
            pool.shutdown(cancel_futures=True)
            raise


def _fetch_one(cache: Path, jar: Jar) -> None:
    again = Retrying(
        retry=retry_if_exception_type(_FAULTS),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_fixed(_PAUSE),
        reraise=True,
    )
    try:
        again(_download, cache, jar)
    except _FAULTS as error:
        raise CannotStart(_UNREACHABLE.format(jar=jar, cache=cache, error=error)) from error
    if not jar.is_in(cache):
        jar.path(cache).unlink()
        raise CannotStart(
            f"{jar.artifact}-{jar.version}.jar came with other content than expected and was thrown away; "
            "try again, and if it stays so, do not trust the network between here and Maven Central"
        )


def _download(cache: Path, jar: Jar) -> None:
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415 - slow to import, rarely needed

    jar.path(cache).unlink(missing_ok=True)  # half fetched, or not what it should be
    maven = MavenContext(repo_cache=cache, local_repos=[], resolver=PythonResolver(), timeout=30)
    maven.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()


_UNREACHABLE = """\
Apache Kafka is not on this machine yet and could not be fetched.
  wanted:  {jar.group}:{jar.artifact}:{jar.version} and its like from Maven Central, 46 jars, 45 MB, once
  into:    {cache}
  what to do, one of these:
    - connect to the internet (behind a proxy set HTTPS_PROXY) and run the same command again;
    - copy that folder from a machine where it worked;
    - use a Kafka of your own: set KAFKA_BROKERS=host:port (for tests TEST_KAFKA_BROKERS).
  reason:  {error}"""


@contextmanager
def _only_one_at_a_time(cache: Path) -> Generator[None]:
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
