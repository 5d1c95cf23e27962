"""The issuer's public keys: fetched, kept, and fetched again before a withdrawn key lives long."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Protocol, TypeAlias

import httpx
import msgspec
import structlog
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

from procurement.kernel.errors import Unavailable

Key: TypeAlias = RSAKey | ECKey

_RSA_BITS = 2048
_log = structlog.get_logger()


class Keys(Protocol):
    generation: int
    """Moves when the keys change; what was verified with older ones is verified again."""

    def keep_fresh(self) -> None:
        """Cheap, without I/O in this call; to be called for every token."""
        ...

    async def find(self, kid: str, algorithm: str) -> Key | None:
        """Raise Unavailable while no keys were ever read."""
        ...


KeySet: TypeAlias = Mapping[tuple[str, str], Key]


def usable(document: bytes) -> KeySet:
    """RS256 and ES256 signing keys of a JWKS by (kid, algorithm); anything else in it is passed over."""
    keys: dict[tuple[str, str], Key] = {}
    for jwk in msgspec.json.decode(document, type=_Jwks).keys:
        if (key := _key(jwk)) is not None:
            keys[jwk["kid"], "RS256" if isinstance(key, RSAKey) else "ES256"] = key
    return keys


class _Jwks(msgspec.Struct):
    keys: list[dict[str, Any]]


def _key(jwk: dict[str, Any]) -> Key | None:
    if not isinstance(jwk.get("kid"), str) or jwk.get("use", "sig") != "sig":
        return None
    try:
        if jwk.get("kty") == "RSA" and jwk.get("alg", "RS256") == "RS256":
            strong = len(urlsafe_b64decode(jwk["n"].encode())) * 8 >= _RSA_BITS
            return RSAKey.import_key({"kty": "RSA", "n": jwk["n"], "e": jwk["e"]}) if strong else None
        if jwk.get("kty") == "EC" and jwk.get("crv") == "P-256" and jwk.get("alg", "ES256") == "ES256":
            return ECKey.import_key({"kty": "EC", "crv": "P-256", "x": jwk["x"], "y": jwk["y"]})
    except (ValueError, KeyError, TypeError, AttributeError):
        _log.warning("jwks_key_unusable", kid=jwk["kid"][:64])
    return None


class RemoteKeys:
    """Keys behind a URL. While it does not answer, the known keys go on."""

    REFRESH = 45.0
    """Seconds after which the keys are fetched again beside the traffic: a withdrawn key lives a minute."""
    PAUSE = 30.0
    """Seconds between two fetches at least, whatever key ids strangers ask for."""

    def __init__(self, fetch: Callable[[], Awaitable[bytes]], now: Callable[[], float] = monotonic) -> None:
        self.generation = 0
        self._fetch, self._now = fetch, now
        self._keys: KeySet | None = None
        self._fetched_at = self._tried_at = -1e9
        self._fetching: asyncio.Task[None] | None = None

    def keep_fresh(self) -> None:
        if self._keys is not None and self._now() - self._fetched_at > self.REFRESH:
            self._start()

    async def find(self, kid: str, algorithm: str) -> Key | None:
        keys = self._keys
        if keys is None or (kid, algorithm) not in keys or self._idle_too_long():
            await self._refreshed()
        if self._keys is None:
            raise Unavailable("the issuer's keys cannot be read")
        return self._keys.get((kid, algorithm))

    def _idle_too_long(self) -> bool:
        """Nobody asked for a while, so nothing was fetched beside; a failed try does not hold up traffic."""
        return self._tried_at <= self._fetched_at and self._now() - self._fetched_at > 60.0  # noqa: PLR2004

    async def _refreshed(self) -> None:
        self._start()
        if self._fetching is not None:
            await asyncio.shield(self._fetching)

    def _start(self) -> None:
        if self._fetching is None and self._now() - self._tried_at >= self.PAUSE:
            self._tried_at = self._now()
            self._fetching = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        try:
            self._take(usable(await self._fetch()))
        except Exception as error:  # noqa: BLE001 - the known keys go on, whatever the URL answers
            _log.warning("jwks_fetch_failed", error=type(error).__name__)
        finally:
            self._fetching = None

    def _take(self, keys: KeySet) -> None:
        if not keys:
            _log.warning("jwks_empty")
            return
        if self._keys is None or _thumbprints(keys) != _thumbprints(self._keys):
            self.generation += 1
        self._keys, self._fetched_at = keys, self._now()
        self._tried_at = min(self._tried_at, self._fetched_at)


def _thumbprints(keys: KeySet) -> dict[tuple[str, str], str]:
    return {name: key.thumbprint() for name, key in keys.items()}


class FileKeys:
    """Keys in a local file, read again when it changes. For local use and tests."""

    CHECK = 0.5

    def __init__(self, path: Path, now: Callable[[], float] = monotonic) -> None:
        self.generation = 0
        self._path, self._now = path, now
        self._stamp: tuple[int, int] | None = None
        self._keys: KeySet = {}
        self._checked_at = -1e9

    def keep_fresh(self) -> None:
        if self._now() - self._checked_at < self.CHECK:
            return
        self._checked_at = self._now()
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if stamp != self._stamp:
                self._keys = usable(self._path.read_bytes())
                self._stamp = stamp
                self.generation += 1
        except (OSError, msgspec.DecodeError) as error:
            _log.warning("jwks_file_unreadable", error=type(error).__name__)

    async def find(self, kid: str, algorithm: str) -> Key | None:
        self.keep_fresh()
        if self._stamp is None:
            raise Unavailable("the issuer's keys cannot be read")
        return self._keys.get((kid, algorithm))


class Issuer(Protocol):
    async def keys(self) -> bytes:
        """The JWKS as it is published."""
        ...


class HttpIssuer:
    def __init__(self, url: str) -> None:
        self._url, self._http = url, httpx.AsyncClient(timeout=2.0, follow_redirects=False)

    async def keys(self) -> bytes:
        response = await self._http.get(self._url, headers={"accept": "application/json"})
        return response.raise_for_status().content


def keys_at(url: str, around: Callable[[Issuer], Issuer]) -> Keys:
    """`https://…`, `http://…` or `file:/path`. A file is nobody to be asked, so nothing is put around it."""
    if url.startswith("file:"):
        return FileKeys(Path(httpx.URL(url).path))
    return RemoteKeys(around(HttpIssuer(url)).keys)
