"""So many requests a second for each caller: GCRA, exact in one process, in bounded memory."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic
from typing import Any

from procurement.platform.http.auth import Caller
from procurement.platform.http.problems import Problem


class Limiter:
    """A bucket holds *burst* requests and gains *per_second*. Whoever is not remembered has a full one."""

    def __init__(
        self,
        per_second: float = 100.0,
        burst: int = 200,
        *,
        remembered: int = 100_000,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._interval, self._burst = 1.0 / per_second, burst
        self._remembered, self._now = remembered, now
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()
        self._policy = f'"default";q={burst};w={ceil(burst / per_second)}'

    def take(self, key: Hashable) -> None:
        """Raise Problem 429. Nothing is awaited between look and take, so no two requests share a token."""
        now = self._now()
        full_at = max(self._full_at.get(key, now), now) + self._interval
        wait = full_at - now - self._burst * self._interval
        if wait > self._interval * 1e-6:
            raise self._refused(wait)
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._remembered:
            self._full_at.popitem(last=False)

    def _refused(self, wait: float) -> Problem:
        seconds = max(1, ceil(wait))
        return Problem(
            "too-many-requests",
            headers={
                "retry-after": str(seconds),
                "ratelimit-policy": self._policy,
                "ratelimit": f'"default";r=0;t={seconds}',
            },
        )


def by_caller(caller: Caller) -> Hashable:
    return caller.tenant, caller.client


def by_address(scope: Any) -> str:
    """The peer of the connection; what X-Forwarded-For claims is nobody's address. IPv6 counts by /64."""
    peer = (scope.get("client") or ("unknown",))[0]
    try:
        address = ip_address(peer)
    except ValueError:
        return str(peer)
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or int(address) >> 64)
