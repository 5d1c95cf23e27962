"""How the values that are more than a word or a number are written. A fault says how to write it right, and
never quotes a secret."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import SplitResult, urlsplit

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?", re.ASCII)
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def seconds(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = _DURATION.fullmatch(value)
    if found is None:
        raise ValueError('is not a duration: write a number and its unit, like "100ms", "2s" or "5m"')
    return float(found[1]) * _UNITS[found[2]]


def address(value: object) -> object:
    return _address(value, anywhere="0.0.0.0") if isinstance(value, str) else value  # noqa: S104  # as asked


def brokers(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(str(_address(each.strip())) for each in value.split(","))


def _address(text: str, anywhere: str = "") -> Address:
    host, colon, port = text.rpartition(":")
    in_brackets = host.startswith("[") and host.endswith("]")
    name = host[1:-1] if in_brackets else host or anywhere
    valid = _is_ipv6(name) if in_brackets else _HOST.fullmatch(name) is not None
    if not (colon and valid and _PORT.fullmatch(port) and 1 <= int(port) <= 65535):  # noqa: PLR2004
        raise ValueError('is not an address: write "host:port" or "[ipv6]:port" with a port from 1 to 65535')
    return Address(name, int(port))


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def is_postgres_url(url: str) -> bool:
    parts = _split(url)
    schemes = {"postgres", "postgresql", "postgresql+psycopg"}
    return parts is not None and parts.scheme in schemes and parts.path not in {"", "/"}


def web_url(*schemes: str) -> Callable[[str], str]:
    def checked(url: str) -> str:
        parts = _split(url)
        if parts is None or parts.scheme not in schemes or not (parts.netloc or parts.scheme == "file"):
            raise ValueError(f"is not a URL that begins with {' or '.join(f'{s}:' for s in schemes)}")
        if "@" in parts.netloc:
            raise ValueError("must not contain a user or a password: it is shown in logs")
        return url.rstrip("/")

    return checked


def without_credentials(url: str) -> str:
    parts = _split(url)
    if parts is None or not parts.hostname:
        return "set"
    where = Address(parts.hostname, parts.port) if parts.port else parts.hostname
    who = "***@" if "@" in parts.netloc else ""
    return f"{parts.scheme}://{who}{where}{parts.path}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises for a port that is none
    except ValueError:
        return None
    return parts
